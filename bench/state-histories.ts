import { traceOf } from '../core/envelope.ts'
import { isBreakroomError } from '../core/errors.ts'
import { limitsSchema } from '../core/fleet-limits.ts'
import { type TaskCommit, type TaskEvent, taskKey } from '../core/task/commit.ts'
import { create } from '../core/task/create.ts'
import { decide, type TaskCommand } from '../core/task/decide.ts'
import { evolve } from '../core/task/evolve.ts'
import { isOver, type Task } from '../core/task/task.ts'
import { type Doer, system, taskWorld } from '../core/task/world.ts'
import type { PlacedCommit, TaskChange } from '../ports/store.ts'
import { type Random, seededRandom } from './soak/random.ts'
import { draft, rolesOf, taskRoles } from './tasks-doors.ts'

/** One task in so many is as large as tasks get: more than one document holds. */
const hugeEvery = 997
/** Tasks that things happen to side by side. */
const atOnce = 200

const world = taskWorld(rolesOf(taskRoles), {
  checks: { true: ['true'] },
  limits: limitsSchema.parse({}),
  time_zone: 'UTC',
})

/**
 * What happened to so many tasks, decided and folded as the service does it: those of one array at the same time, each with what is new of
 * it, in the order of their places. One in five is in a private room. The same seed gives the same.
 */
export function* changesOf(tasks: number, seed: number): Generator<TaskChange[]> {
  const random = seededRandom(seed)
  let place = 0
  for (let from = 1; from <= tasks; from += atOnce) {
    const numbers = Array.from({ length: Math.min(atOnce, tasks - from + 1) }, (_, index) => from + index)
    let live = numbers.map((number) => ({ left: historyOf(number, random), task: null as Task | null }))
    while (live.length > 0) {
      yield live.map((one) => {
        const taken = one.left.splice(0, one.left.length > 30 ? 15 : random.between(1, 3))
        const commits = taken.map((commit): PlacedCommit => {
          place += 1
          return { place, commit }
        })
        const task = taken.reduce<Task | null>(evolve, one.task) as Task
        one.task = task
        return { task, commits }
      })
      live = live.filter(({ left }) => left.length > 0)
    }
  }
}

/** All commits of task `t-<number>`, oldest first. */
export function historyOf(number: number, random: Random): TaskCommit[] {
  const huge = number % hugeEvery === 3
  const id = `bench-${number}`
  const key = taskKey(id)
  const commits: TaskCommit[] = []
  let task: Task | null = null
  const keep = (events: TaskEvent[], by: string) => {
    const version = commits.length + 1
    const at = new Date(Date.UTC(2026, 0, 5) + number * 60_000 + version * 1_000).toISOString()
    const commit = { id: `${id}-${version}`, key, version, by, at, trace: traceOf(id), cause: null, events }
    task = evolve(task, commit)
    commits.push(commit)
    return task
  }
  let now = keep(begun(number, huge, random), 'human-alice')
  for (let turns = huge ? 150 : random.between(2, 10); turns > 0 && !isOver(now); turns--) {
    const [command, doer] = huge ? again(now) : next(now, random)
    const events = decided(now, command, doer)
    if (events.length > 0) now = keep(events, doer.actor)
  }
  return commits
}

function begun(number: number, huge: boolean, random: Random): TaskEvent[] {
  const authority = { requester: 'human-alice', tier: 'member', name: 'Alice 👩‍💻', chain: [] } as const
  const long = random.chance(0.05) ? 'Zeile mit ü, שלום und 🎉.\n'.repeat(random.between(10, 140)) : ''
  const checked = huge || random.chance(0.5)
  return create(
    {
      label: `t-${number}`,
      draft: draft({
        role: random.pick(['cto', 'devops', 'ceo']),
        description: long,
        verification: checked ? [{ kind: 'check', check: 'true' }] : [{ kind: 'review', by: 'cso' }],
        budget: { attempts: huge ? 100 : 3 },
      }),
      place: {
        room: random.chance(0.2)
          ? { name: random.pick(['board', 'hiring']), visibility: 'private' }
          : { name: 'breakroom', visibility: 'public' },
      },
      authority: { ...authority, chain: [] },
      dependencies: [],
      parent: null,
    },
    world,
  )
}

/** Something that whoever works on it, judges it or looks on may do next. */
function next(task: Task, random: Random): readonly [TaskCommand, Doer] {
  const seat: Doer = { actor: task.role, tier: 'none', epoch: task.claim?.epoch ?? null }
  const alice: Doer = { actor: 'human-alice', tier: 'member', epoch: null }
  if (random.chance(0.15)) return [{ type: 'note', text: `Seen so far: ${random.between(1, 99)} %.` }, alice]
  if (random.chance(0.02)) return [{ type: 'cancel', reason: 'not needed any more' }, alice]
  switch (task.status) {
    case 'open':
      return [{ type: 'claim', doorbell: `bell-${task.key}-${task.epoch}` }, seat]
    case 'claimed':
      return [{ type: 'start' }, seat]
    case 'working':
      if (random.chance(0.1)) return [{ type: 'block', reason: 'no access to the server' }, seat]
      if (random.chance(0.1)) return [{ type: 'hand_back', reason: 'crashed', counted: true }, seat]
      return [{ type: 'submit', result: `merged as ${random.between(1, 1e6)}` }, seat]
    case 'verifying':
      if (task.verification[task.passed]?.kind === 'check') return [ran(task, random.chance(0.8), ''), system]
      return random.chance(0.8)
        ? [
            { type: 'approve', comment: 'good' },
            { actor: 'cso', tier: 'none', epoch: null },
          ]
        : [
            { type: 'reject', reason: 'no test' },
            { actor: 'cso', tier: 'none', epoch: null },
          ]
    default:
      return [{ type: 'start' }, seat]
  }
}

/** Tried over and over, with as much output as a check may leave behind: six bytes a character in JSON. */
function again(task: Task): readonly [TaskCommand, Doer] {
  if (task.status === 'verifying') return [ran(task, false, '\u0001'.repeat(5_000)), system]
  const seat: Doer = { actor: task.role, tier: 'none', epoch: task.claim?.epoch ?? null }
  if (task.claim === null) return [{ type: 'claim', doorbell: `bell-${task.key}-${task.epoch}` }, seat]
  return [{ type: 'submit', result: 'tried again' }, seat]
}

function ran(task: Task, passed: boolean, output: string): TaskCommand {
  const run = {
    check: 'true',
    argv: ['true'],
    exit_code: passed ? 0 : 1,
    ended: null,
    duration_ms: 1_200,
    output_tail: output,
    output_sha256: 'e'.repeat(64),
  }
  const epoch = task.result?.epoch ?? 1
  return { type: 'record_check', evidence: { step: task.passed, epoch, passed, by: null, comment: '', run } }
}

/** Nothing where a rule forbids it. */
function decided(task: Task, command: TaskCommand, doer: Doer): TaskEvent[] {
  try {
    return decide(task, command, doer, world)
  } catch (error) {
    if (isBreakroomError(error, 'refused')) return []
    throw error
  }
}
