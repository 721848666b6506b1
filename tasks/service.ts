import { BreakroomError, isBreakroomError } from '../core/errors.ts'
import type { Fleet } from '../core/fleet.ts'
import { limitsSchema } from '../core/fleet-limits.ts'
import { type TaskCommit, type TaskEvent, taskKey } from '../core/task/commit.ts'
import { type Creation, create } from '../core/task/create.ts'
import { decide, type TaskCommand } from '../core/task/decide.ts'
import { evolve } from '../core/task/evolve.ts'
import type { Task } from '../core/task/task.ts'
import { type Doer, refusal, type TaskWorld } from '../core/task/world.ts'
import type { Clock } from '../ports/clock.ts'
import type { Counter } from '../ports/counter.ts'
import type { Ledger } from '../ports/ledger.ts'
import type { Metrics } from '../ports/metrics.ts'
import type { Book } from './book.ts'
import { createLabels } from './labels.ts'
import { createPlaces } from './places.ts'
import { createTurns } from './turns.ts'

/** What made a command: the same id is the same command. */
interface Origin {
  id: string
  trace: string
  /** Another task, by label, and how: `t-12 done`. */
  cause: string | null
}

/** What a command did. */
export interface Outcome {
  task: Task
  /** Empty when it was so already; what its first try did when a command is repeated. */
  events: TaskEvent['type'][]
}

/** Applies decisions to the ledger. One command at a time for each task; different tasks side by side. */
export interface TaskService {
  /** Creates a task; the same origin again is the same task. Rejects with `refused` or `unavailable`. */
  create(asked: Omit<Creation, 'label'>, origin: Origin, by: string): Promise<Outcome>
  /** Rejects with `refused`, or with `unavailable` when it may or may not have been stored; repeating it is safe. */
  command(key: string, command: TaskCommand, doer: Doer, origin: Origin): Promise<Outcome>
}

export interface TaskServiceParts {
  ledger: Ledger
  book: Book
  labels: Counter
  world: TaskWorld
  /** Says how many tasks may wait for one role; what ships when it is left out. */
  fleet?: { limits: Pick<Fleet['limits'], 'tasks_waiting'> }
  /** Throws while another may be the active service. */
  mustLead: () => void
  /** Resolves when the book has this version of a task, or after a moment. */
  caughtUp: (key: string, version: number) => Promise<void>
  /** What happened to a task, as far as it is kept. */
  commits: (key: string) => Promise<TaskCommit[]>
  /** The sequence up to which the ledger was read. */
  readUpTo: () => number
  /** Called when the ledger turns out not to have any more what was read from it. */
  onLedgerLost: () => void
  /** Called with every task that a command changed. */
  onChange: (task: Task) => void
  clock: Clock
  metrics: Metrics
}

const attempts = 5
const shipped = { limits: limitsSchema.parse({}) }

export function createTaskService(parts: TaskServiceParts): TaskService {
  const { ledger, book, world, clock, metrics } = parts
  const labels = createLabels(parts.labels)
  const turns = createTurns()
  const places = createPlaces(book, world, (parts.fleet ?? shipped).limits.tasks_waiting)

  return {
    create(asked, origin, by) {
      const key = taskKey(origin.id)
      return turns.of(key, () =>
        insist(key, async () => {
          const known = await book.task(key)
          if (known !== null) return { task: known, events: [] }
          // Refused before a number is used up, so that labels have few holes.
          create({ ...asked, label: 'this one' }, world)
          const { draft, authority } = asked
          using _place = places.amongWaiting({ key, role: draft.prep ?? draft.role, authority }, by)
          const label = await labels.of(key)
          const outcome = await store(null, key, create({ ...asked, label }, world), origin, by)
          labels.used(key)
          return outcome
        }),
      )
    },
    command(key, command, doer, origin) {
      return turns.of(key, () =>
        insist(key, async () => {
          const task = await book.task(key)
          if (task === null) throw refusal('unknown-task', 'There is no such task.', { key })
          if (task.applied.includes(origin.id)) return { task, events: await eventsOf(key, origin.id) }
          return store(task, key, decide(task, command, doer, world), origin, doer.actor)
        }),
      )
    },
  }

  /** Decides again from what another has stored meanwhile. */
  async function insist(key: string, attempt: () => Promise<Outcome>): Promise<Outcome> {
    for (let tried = 1; ; tried++) {
      parts.mustLead()
      try {
        return await attempt()
      } catch (error) {
        if (isBreakroomError(error, 'refused'))
          metrics.count('breakroom_task_refused_total', { rule: String(error.detail.rule) })
        if (!isBreakroomError(error, 'conflict') || tried >= attempts) throw error
        metrics.count('breakroom_retries_total', { what: 'ledger' })
        await parts.caughtUp(key, Number(error.detail.version))
      }
    }
  }

  async function store(
    before: Task | null,
    key: string,
    events: TaskEvent[],
    origin: Origin,
    by: string,
  ): Promise<Outcome> {
    if (before !== null && events.length === 0) return { task: before, events: [] }
    const { id, trace, cause } = origin
    const at = clock.now().toISOString()
    const commit: TaskCommit = { id, key, version: (before?.version ?? 0) + 1, by, at, trace, cause, events }
    const task = evolve(before, commit)
    using _place = places.after(before, task, commit)
    if ((await append(commit)).repeated) return await stored(commit)
    book.put(task)
    places.settled(key)
    parts.onChange(task)
    for (const { type } of events) metrics.count('breakroom_task_changes_total', { what: type })
    return { task, events: events.map(({ type }) => type) }
  }

  async function eventsOf(key: string, id: string): Promise<Outcome['events']> {
    const commit = (await parts.commits(key)).find((one) => one.id === id)
    return commit?.events.map(({ type }) => type) ?? []
  }

  /** Sees from where the commit comes to stand, or cannot, whether the ledger is still the one that was read. */
  async function append(commit: TaskCommit): Promise<{ repeated: boolean }> {
    const read = parts.readUpTo()
    try {
      const { seq, repeated } = await ledger.append(commit)
      if (!repeated && seq <= read) parts.onLedgerLost()
      return { repeated }
    } catch (error) {
      places.inDoubt(commit.key)
      if (!isBreakroomError(error, 'conflict') || Number(error.detail.version) >= commit.version - 1) throw error
      parts.onLedgerLost()
      throw new BreakroomError('unavailable', 'The ledger was lost; it is being filled again.', { cause: error })
    }
  }

  /** What the first try stored, whose answer was lost: this one would have another time, and a creation another label. */
  async function stored({ id, key, version }: TaskCommit): Promise<Outcome> {
    const known = await book.task(key)
    if (known === null || known.version < version) await parts.caughtUp(key, version)
    const task = await book.task(key)
    if (task !== null && task.version >= version) return { task, events: await eventsOf(key, id) }
    throw new BreakroomError('unavailable', 'It is stored, and was not read back yet.')
  }
}
