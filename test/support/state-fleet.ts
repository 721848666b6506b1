import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { RoleDay } from '../../core/state/role-day.ts'
import { ask, hears } from './conversation.ts'
import type { FirestoreEmulator } from './firestore-emulator.ts'
import { createTestFleet, fleetRoom, type TestFleet } from './fleet.ts'
import type { IrcPerson } from './irc-person.ts'
import { until } from './process.ts'

/** The private room of such a fleet. */
export const board = '#board'
const patience = 30_000

/** A fleet with a memory to keep: at devops sits a program that notes each of its runs, at cto nobody. */
export function memoryFleet(firestore?: Pick<FirestoreEmulator, 'host' | 'project'>): TestFleet {
  const rooms = ['breakroom', 'board']
  return createTestFleet({
    ...(firestore === undefined ? {} : { firestore }),
    roles: ['ceo', 'cto', 'devops', 'devops-director', 'knowledge', 'org-agent'],
    limits: { task_lease_seconds: 2, receipt_after_ms: 8_000 },
    checks: { work: ['sh', '-c', 'cat > /dev/null; echo "$BREAKROOM_TASK" >> runs; echo "work on $BREAKROOM_TASK"'] },
    changes: {
      devops: { brain: { kind: 'command', command: 'work', minutes: 1 }, rooms },
      knowledge: { rooms },
    },
    rooms: { board: { visibility: 'private', members: ['alice', 'bob'] } },
    people: { alice: { name: 'Alice', tier: 'member' }, bob: { name: 'Bob', tier: 'member' } },
    knowledge: {
      corpus: [{ name: 'handbook', folder: 'handbook' }],
      owners: [{ topics: ['rhododendrons', 'ferries'], person: 'bob' }],
    },
    files: { 'handbook/office.md': '# Office\n\nThe office has a courtyard, in which basalt is kept.\n' },
  })
}

export function assignment(role: string, title: string): string {
  return `!assign ${role} "${title}" accept: it is done; verify: true`
}

/** Assigns a task and resolves with its label. */
export async function assign(person: IrcPerson, role: string, title: string, room = fleetRoom): Promise<string> {
  const told = new RegExp(`^${person.nick}: t-\\d+ is with ${role}: "${title}"`)
  const { text } = await ask(person, room, assignment(role, title), told, patience)
  return /t-\d+/.exec(text)?.[0] ?? ''
}

/** Assigns a task to the program and resolves with its label when it is done. */
export async function haveDone(person: IrcPerson, title: string, room = fleetRoom): Promise<string> {
  const before = person.heard.length
  const label = await assign(person, 'devops', title, room)
  await hears(person, new RegExp(`^${label} "${title}" is done`), before, patience)
  return label
}

/** The labels of the tasks that the program worked on, once for each time. */
export function runsIn(fleet: TestFleet): string[] {
  try {
    return readFileSync(join(fleet.home, 'workspaces/devops/runs'), 'utf8').trim().split('\n')
  } catch {
    return []
  }
}

/** What `!status` says, when it says this. */
export async function statusSays(person: IrcPerson, what: RegExp, timeoutMs = patience): Promise<string> {
  return until(
    `!status says ${what}`,
    async () => {
      const { text } = await ask(person, fleetRoom, '!status', /^breakroom: \d+ of \d+ roles here/)
      if (!what.test(text)) throw new Error(text)
      return text
    },
    timeoutMs,
  )
}

/** Resolves with what `breakroom state compare` says when both stores and the ledger have the same. */
export function comparesEqual(fleet: TestFleet, timeoutMs = patience): Promise<string> {
  return until(
    'the same is everywhere',
    async () => {
      const { code, stdout, stderr } = await fleet.command(['state', 'compare'])
      if (code !== 0) throw new Error(stdout + stderr)
      return stdout
    },
    timeoutMs,
  )
}

/** What is kept of a role today. */
export async function figuresOf(fleet: TestFleet, role: string): Promise<RoleDay | undefined> {
  const { stdout, stderr } = await fleet.command(['state', 'metrics', role, '--days', '1', '--json'])
  if (stdout === '') throw new Error(stderr)
  return (JSON.parse(stdout) as RoleDay[])[0]
}

/** Exports what is kept and resolves with the lines of it: the header first, the end last. */
export async function exported(fleet: TestFleet, name: string): Promise<{ file: string; lines: string[] }> {
  const file = join(fleet.folder, name)
  const { code, stdout, stderr } = await fleet.command(['state', 'export', file])
  if (code !== 0) throw new Error(stdout + stderr)
  return { file, lines: readFileSync(file, 'utf8').trimEnd().split('\n') }
}

/** How each task stands, by its label. */
export async function tasksOf(fleet: TestFleet): Promise<Map<string, string>> {
  const { stdout, stderr } = await fleet.command(['tasks', '--all', '--json'])
  if (stdout === '') throw new Error(stderr)
  const { tasks } = JSON.parse(stdout) as { tasks: { label: string; status: string }[] }
  return new Map(tasks.map(({ label, status }) => [label, status]))
}

/** The labels of tasks that the house and its roles have told of, in public and in private, as far as it is on the record. */
export async function labelsTold(fleet: TestFleet): Promise<Set<string>> {
  const lines = [...(await fleet.lines('events')), ...(await fleet.lines('private'))]
  const told = lines.filter(({ actor }) => !actor.startsWith('human-'))
  return new Set(told.flatMap(({ data }) => data.text.match(/\bt-\d+\b/g) ?? []))
}
