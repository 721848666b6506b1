import { setImmediate as turn } from 'node:timers/promises'
import { createMemoryTaskStorage } from '../../adapters/memory/task-store.ts'
import { BreakroomError } from '../../core/errors.ts'
import { type Fleet, fleetSchema } from '../../core/fleet.ts'
import type { Role } from '../../core/role.ts'
import type { Task } from '../../core/task/task.ts'
import { taskWorld } from '../../core/task/world.ts'
import type { KeyedState } from '../../ports/keyed-state.ts'
import type { Timers } from '../../ports/timers.ts'
import { openBook } from '../../tasks/book.ts'
import { createMilestones } from '../../tasks/milestones.ts'
import { project } from '../../tasks/projector.ts'
import { createSchedules, type Schedules } from '../../tasks/recurring/schedules.ts'
import { createTaskService, type TaskService } from '../../tasks/service.ts'
import type { NatsServer } from './nats.ts'
import { until } from './process.ts'
import { quietLog } from './quiet.ts'

/** A clock whose hands a test moves: with the time, or alone. */
export function createSetClock(start: string) {
  let wall = Date.parse(start)
  let monotonic = 0
  return {
    now: () => new Date(wall),
    monotonic: () => monotonic,
    /** Time goes by. */
    pass(ms: number) {
      wall += ms
      monotonic += ms
    },
    /** Somebody sets the clock. */
    set(ms: number) {
      wall += ms
    },
  }
}
export type SetClock = ReturnType<typeof createSetClock>

/** The task service of one term with its schedules, on a bus that outlives it. */
export interface RecurringTerm {
  service: TaskService
  schedules: Schedules
  /** Resolves when the schedules have looked once more. */
  look(): Promise<void>
  /** Every task that there is, oldest first. */
  tasks(): Promise<Task[]>
  /** What was done about recurring work, by what became of it. */
  counted(what: string): number
  end(): Promise<void>
}

export interface TermChanges {
  timers?: Pick<Timers, 'set'>
  service?: (service: TaskService) => Pick<TaskService, 'create' | 'command'>
  cursors?: (cursors: KeyedState<number>) => KeyedState<number>
  timeZone?: string
  fleet?: Fleet
}

const rooms = { breakroom: { visibility: 'public' }, board: { visibility: 'private' } }
const recurringFleet = fleetSchema.parse({
  rooms,
  platforms: [{ name: 'own', kind: 'irc', embedded: true, rooms: { breakroom: '#breakroom', board: '#board' } }],
})

/** Begins a term as a process that just became the leader: it reads the ledger, and then begins with its schedules. */
export async function beginRecurringTerm(
  nats: NatsServer,
  clock: SetClock,
  roles: Role[],
  changes: TermChanges = {},
): Promise<RecurringTerm> {
  const ending = new AbortController()
  const { signal } = ending
  const { ledger: ledgerOf, keyed, counter, bus } = nats.as({ kind: 'tasks' })
  const ledger = ledgerOf('breakroom')
  const cursors = keyed<number>('cursors')
  const store = await createMemoryTaskStorage().open()
  const book = await openBook(store)
  const milestones = createMilestones()
  const counts = new Map<string, number>()
  const metrics = {
    count: (name: string, { what = '' } = {}) => {
      if (name === 'breakroom_recurring_total') counts.set(what, (counts.get(what) ?? 0) + 1)
    },
    gauge() {},
  }
  const projecting = project({
    ledger,
    store,
    after: 0,
    onApplied({ task }) {
      book.put(task)
      book.stored(task)
      milestones.applied(task)
    },
    onReached: milestones.reached,
    log: quietLog,
    metrics,
    signal,
  })
  const service = createTaskService({
    ledger,
    book,
    labels: counter('tasks'),
    world: taskWorld(roles, changes.fleet ?? recurringFleet),
    mustLead() {
      if (signal.aborted) throw new BreakroomError('unavailable', 'Another process leads the tasks now.')
    },
    caughtUp: milestones.version,
    commits: (key) => store.commits(key),
    readUpTo: () => milestones.last,
    onLedgerLost() {},
    onChange() {},
    clock,
    metrics,
  })
  await milestones.seq(await ledger.lastSeq())

  /** The schedules are asleep between two looks while this is there. */
  let wake: (() => void) | null = null
  const schedules = createSchedules({
    roles,
    rooms: recurringFleet.rooms,
    timeZone: changes.timeZone ?? 'Europe/Berlin',
    timers: changes.timers ?? { async set() {} },
    service: changes.service?.(service) ?? service,
    book,
    cursors: changes.cursors?.(cursors) ?? cursors,
    clock,
    sleep: (_ms, until) =>
      new Promise((resolve) => {
        wake = resolve
        until?.addEventListener('abort', () => resolve(), { once: true })
      }),
    log: quietLog,
    metrics,
    signal,
  })
  schedules.begin()
  await asleep()

  return {
    service,
    schedules,
    async look() {
      await asleep()
      const goOn = wake
      wake = null
      goOn?.()
      await asleep()
    },
    async tasks() {
      await milestones.seq(await ledger.lastSeq())
      const tasks = await store.list({ limit: 10_000 })
      return tasks.sort((a, b) => Number(a.label.slice(2)) - Number(b.label.slice(2)))
    },
    counted: (what) => counts.get(what) ?? 0,
    async end() {
      ending.abort()
      await schedules.idle()
      await projecting
      await bus.close()
    },
  }

  async function asleep(): Promise<void> {
    for (let turns = 0; turns < 20 && wake === null; turns++) await turn()
    if (wake === null) await until('the schedules have looked', () => wake !== null)
  }
}
