import { sentenceOf } from '../../core/errors.ts'
import { newestOccurrence, nextOccurrence } from '../../core/recurring/occurrences.ts'
import type { RecurringWork } from '../../core/recurring/recurring-task.ts'
import { scheduleOf, scheduleText } from '../../core/recurring/schedule.ts'
import type { Role } from '../../core/role.ts'
import { roleLimit } from '../../core/role-limit.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Sleep } from '../../ports/sleep.ts'
import type { Timers } from '../../ports/timers.ts'
import { createTurns } from '../turns.ts'
import { type AskingParts, askFor, lastKey } from './ask-for.ts'
import { createSteadyTime } from './steady-time.ts'

export interface SchedulesParts extends AskingParts {
  roles: readonly Role[]
  /** The fleet's. */
  timeZone: string
  timers: Pick<Timers, 'set'>
  clock: Clock
  sleep: Sleep
  signal: AbortSignal
}

/** Work that comes back by the clock. */
export interface Schedules {
  /** Looks now, and then until `signal` aborts. The book must have caught up with the ledger. */
  begin(): void
  /** What the timers are to call with the ids that `isScheduleTimer` knows. Never rejects; the date is when to ring again. */
  ring(id: string): Promise<Date | null>
  /** Resolves when nothing is under way any more; nothing is begun after `signal` aborted. */
  idle(): Promise<void>
}

const timerPrefix = 'recurring:'
const cursorPrefix = 'tasks recurring '
/** How late something is at most when nothing rings. */
const lookEveryMs = 15_000
/** A FLUSHALL takes the timers. */
const setAgainEveryMs = 60_000
/** What is further away gets its timer later. */
const setAheadMs = 86_400_000
const leastMs = 1_000

/** Whether a timer is of work that comes back. */
export function isScheduleTimer(id: string): boolean {
  return id.startsWith(timerPrefix)
}

interface Kept extends RecurringWork {
  id: string
  cursorKey: string
  /** Everything up to here is done, in ms; null before it was read. */
  cursor: number | null
  /** The first occurrence after the cursor. */
  due: number | null
}

/**
 * Asks for every role's recurring work at its time. What was done is known from a cursor that is stored behind the work, and from
 * the ids of the tasks, so that a repeat changes nothing; timers only wake it earlier than it looks by itself. After a downtime
 * the newest occurrence is asked for, once; what was never seen before begins with its next. Roles that take no tasks are passed
 * over: their part of the house does their recurring work.
 */
export function createSchedules(parts: SchedulesParts): Schedules {
  const { timers, cursors, clock, sleep, log, signal } = parts
  const works = new Map(keptWorks(parts).map((work) => [work.id, work]))
  const time = createSteadyTime(parts)
  const turns = createTurns()
  const underWay = new Set<Promise<unknown>>()
  /** Said once until it is over. */
  const troubles = new Set<string>()

  return {
    begin() {
      if (works.size > 0) void track(run())
    },
    async ring(id) {
      const work = works.get(id)
      if (work === undefined || signal.aborted) return null
      const done = await track(lookAt(work))
      // Answering with what is past would ring at once again.
      return done ? wakeAt(work, leastMs) : new Date(clock.now().getTime() + lookEveryMs)
    },
    async idle() {
      while (underWay.size > 0) await Promise.all(underWay)
    },
  }

  async function run(): Promise<void> {
    let forgotten = false
    let setAt = Number.NEGATIVE_INFINITY
    while (!signal.aborted) {
      if (!forgotten) forgotten = await attempt('forgetting schedules that are gone', forgetOthers)
      for (const work of works.values()) if (!signal.aborted) await lookAt(work)
      if (clock.monotonic() - setAt >= setAgainEveryMs && !signal.aborted) {
        setAt = clock.monotonic()
        // Redis may take its time to say that it is away.
        void track(attempt('timers of recurring work', setTimers))
      }
      await sleep(lookEveryMs, signal)
    }
  }

  function lookAt(work: Kept): Promise<boolean> {
    return attempt(`recurring work ${work.id.slice(timerPrefix.length)}`, () => turns.of(work.id, () => look(work)))
  }

  async function look(work: Kept): Promise<void> {
    const now = time()
    work.cursor ??= await firstSeen(work, now)
    if (work.cursor > now) {
      // The clock went ahead of the time, and back. What was asked for then is not asked for again: it has its id.
      work.cursor = now
      work.due = null
    }
    work.due ??= nextOccurrence(work.schedule, new Date(work.cursor)).getTime()
    if (work.due > now || signal.aborted) return
    const newest = newestOccurrence(work.schedule, new Date(work.cursor), new Date(now)) ?? new Date(work.due)
    await askFor(parts, work, newest)
    await cursors.put(work.cursorKey, newest.getTime())
    work.cursor = newest.getTime()
    work.due = nextOccurrence(work.schedule, newest).getTime()
  }

  async function firstSeen({ cursorKey }: Kept, now: number): Promise<number> {
    const known = await cursors.get(cursorKey)
    if (known === null) await cursors.put(cursorKey, now)
    return known ?? now
  }

  /** A schedule that is taken up again later is one that was never seen. */
  async function forgetOthers(): Promise<void> {
    const ours = new Set([...works.values()].flatMap((work) => [work.cursorKey, lastKey(work)]))
    for (const key of (await cursors.entries()).keys()) {
      if (key.startsWith(cursorPrefix) && !ours.has(key)) await cursors.delete(key)
    }
  }

  async function setTimers(): Promise<void> {
    const due = [...works.values()].flatMap((work) => {
      const at = wakeAt(work, 0)
      return at === null ? [] : { id: work.id, due: at }
    })
    if (due.length > 0) await timers.set(due)
  }

  /** When the timer of a work is to ring, by the clock as it is set; null when that is not soon. */
  function wakeAt({ due }: Kept, least: number): Date | null {
    const wait = due === null ? null : due - time()
    return wait === null || wait > setAheadMs ? null : new Date(clock.now().getTime() + Math.max(wait, least))
  }

  /** Whether it worked; what failed is tried again at the next look. */
  async function attempt(what: string, work: () => Promise<void>): Promise<boolean> {
    try {
      await work()
      troubles.delete(what)
      return true
    } catch (error) {
      if (!troubles.has(what) && !signal.aborted) log.warn({ what, cause: sentenceOf(error) }, 'this has to wait')
      troubles.add(what)
      return false
    }
  }

  function track<T>(work: Promise<T>): Promise<T> {
    underWay.add(work)
    const forget = () => void underWay.delete(work)
    work.then(forget, forget)
    return work
  }
}

function keptWorks({ roles, timeZone }: SchedulesParts): Kept[] {
  return roles
    .filter((role) => roleLimit(role).allows('task.work'))
    .flatMap((role) =>
      role.recurring.map((entry) => {
        const schedule = scheduleOf(entry, timeZone)
        const name = `${role.name}/${entry.name}`
        const cursorKey = `${cursorPrefix}${name} ${scheduleText(schedule)}`
        return { role, entry, schedule, id: `${timerPrefix}${name}`, cursorKey, cursor: null, due: null }
      }),
    )
}
