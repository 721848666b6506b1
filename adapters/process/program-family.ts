import { readdir, readFile } from 'node:fs/promises'
import { setTimeout as pause } from 'node:timers/promises'
import { isRunning, type MarkedProcess, send, startMark } from '../servers/process-mark.ts'

/** The variable that every process of a run inherits; its value is the run's mark and its id. */
export const runVariable = 'BREAKROOM_RUN'

/** What the variable says of one run. */
export function runValue(mark: string, id: string): string {
  return `${mark} ${id}`
}

/** How long processes are killed again and again before we give up, in ms. Only one that waits for a broken disk lasts so long. */
const killForMs = 2_000

/**
 * By what processes are known: the mark of their run, its id, and its process group once there is one. Without an id all runs with
 * the mark are meant; whoever ends only his own must not end a newer one that has taken over.
 */
export interface Family {
  mark: string
  id: string | null
  group: number | null
}

interface Member extends MarkedProcess {
  inGroup: boolean
}

/**
 * Asks every process of a run to end (SIGTERM), and kills after `graceMs` what is left (SIGKILL); with 0 they are killed at once.
 * False when one could not even be killed. On Linux these are all that carry the mark, all in the group and all their
 * children, whatever session they made for themselves; elsewhere environments cannot be read, and only the group is ended.
 */
export async function endFamily(family: Family, graceMs: number): Promise<boolean> {
  const known = new Map<number, Member>()
  const seek = async () => {
    // One that cleaned its environment is known by a parent that may be gone by now, so nobody is forgotten before he is gone.
    for (const member of known.values()) if (!isAlive(member, family)) known.delete(member.pid)
    for (const member of await findMembers(family)) known.set(member.pid, member)
    return [...known.values()]
  }

  let members = await seek()
  if (members.length === 0) return true
  if (graceMs > 0) {
    signalAll(members, family, 'SIGTERM')
    await areGoneWithin(members, family, graceMs)
    members = await seek()
  }
  const giveUp = performance.now() + killForMs
  while (members.length > 0 && performance.now() < giveUp) {
    signalAll(members, family, 'SIGKILL')
    await areGoneWithin(members, family, 100)
    members = await seek()
  }
  return members.length === 0
}

/** The group at once, so that it cannot outrun us by forking; those outside of it one by one. */
function signalAll(members: Member[], { group }: Family, signal: NodeJS.Signals): void {
  if (group !== null && members.some(({ inGroup }) => inGroup)) signalGroup(group, signal)
  for (const member of members) if (!member.inGroup) send(member, signal)
}

async function areGoneWithin(members: Member[], family: Family, ms: number): Promise<void> {
  const end = performance.now() + ms
  while (members.some((member) => isAlive(member, family)) && performance.now() < end) await pause(5)
}

function isAlive(member: Member, { group }: Family): boolean {
  return process.platform === 'linux' ? isRunning(member) : group !== null && signalGroup(group, 0)
}

async function findMembers(family: Family): Promise<Member[]> {
  if (process.platform !== 'linux') return groupAlone(family)
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number)
  const seen = (await Promise.all(pids.map((pid) => look(pid, family)))).filter((one) => one !== null)
  const members = new Map<number, boolean>()
  let found = seen.filter(({ inGroup, isMarked }) => inGroup || isMarked)
  while (found.length > 0) {
    for (const { pid, inGroup } of found) members.set(pid, inGroup)
    found = seen.filter(({ pid, parent }) => members.has(parent) && !members.has(pid))
  }
  // A fleet may itself have been started by a run of another, with our own mark in the worst case.
  members.delete(process.pid)
  return [...members].flatMap(([pid, inGroup]) => {
    const mark = startMark(pid)
    return mark === null ? [] : [{ pid, mark, inGroup }]
  })
}

interface Seen {
  pid: number
  parent: number
  inGroup: boolean
  isMarked: boolean
}

/** Null for one that ended meanwhile. Of other people's processes the environment cannot be read; they are not ours. */
async function look(pid: number, { mark, id, group }: Family): Promise<Seen | null> {
  const read = (file: string) => readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => '')
  const [stat, environment] = await Promise.all([read('stat'), read('environ')])
  // The name in parentheses may hold anything, so count from its end: state, parent, process group.
  const [state, parent, itsGroup] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  if (state === undefined || parent === undefined || state === 'Z' || state === 'X') return null
  return {
    pid,
    parent: Number(parent),
    inGroup: Number(itsGroup) === group,
    isMarked: isOf(environment, mark, id),
  }
}

function isOf(environment: string, mark: string, id: string | null): boolean {
  const [, entry] = `\0${environment}`.split(`\0${runVariable}=`, 2)
  const value = entry?.slice(0, entry.indexOf('\0')) ?? ''
  // A mark may have spaces, an id has none.
  const space = value.lastIndexOf(' ')
  return space !== -1 && value.slice(0, space) === mark && (id === null || value.slice(space + 1) === id)
}

function groupAlone({ group }: Family): Member[] {
  return group !== null && signalGroup(group, 0) ? [{ pid: group, mark: '', inGroup: true }] : []
}

/** False when nobody is in the group any more. */
function signalGroup(group: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(-group, signal)
  } catch (error) {
    // Of a group that is only zombies some systems say that we may not.
    if (['ESRCH', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? '')) return false
    throw error
  }
}
