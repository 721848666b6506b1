import { setTimeout as pause } from 'node:timers/promises'
import { isRunning, type MarkedProcess, send, startMark } from '../servers/process-mark.ts'
import { type SeenProcess, seenProcesses, variableOf } from './process-table.ts'

/** The variable that every process of a run inherits; its value is the run's mark and its id. */
export const runVariable = 'BREAKROOM_RUN'

/** What the variable says of one run. */
export function runValue(mark: string, id: string): string {
  return `${mark} ${id}`
}

/** The reverse; null for what no run says. A mark may have spaces, an id has none. */
export function parseRun(value: string): { mark: string; id: string } | null {
  const space = value.lastIndexOf(' ')
  return space === -1 ? null : { mark: value.slice(0, space), id: value.slice(space + 1) }
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

/** One process of a family. */
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

/** The processes of a family that run now. Looks through all processes of the machine, which takes milliseconds. */
export async function findMembers(family: Family): Promise<Member[]> {
  if (process.platform !== 'linux') return groupAlone(family)
  return familyAmong(await seenProcesses(), family).flatMap(({ pid, group }) => {
    // A fleet may itself have been started by a run of another, with our own mark in the worst case.
    const mark = pid === process.pid ? null : startMark(pid)
    return mark === null ? [] : [{ pid, mark, inGroup: group === family.group }]
  })
}

/** Who of them belongs to a family: all that carry its mark, all in its group, and all their children. */
export function familyAmong(seen: readonly SeenProcess[], family: Family): SeenProcess[] {
  const members = new Set<SeenProcess>()
  const pids = new Set<number>()
  let found = seen.filter((one) => one.group === family.group || isMarked(one, family))
  while (found.length > 0) {
    for (const one of found) {
      members.add(one)
      pids.add(one.pid)
    }
    found = seen.filter((one) => pids.has(one.parent) && !pids.has(one.pid))
  }
  return [...members]
}

function isMarked(one: SeenProcess, { mark, id }: Family): boolean {
  const run = parseRun(variableOf(one, runVariable) ?? '')
  return run !== null && run.mark === mark && (id === null || run.id === id)
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
