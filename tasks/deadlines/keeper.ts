import { setImmediate as turn } from 'node:timers/promises'
import { BreakroomError, isBreakroomError, sentenceOf } from '../../core/errors.ts'
import type { Task } from '../../core/task/task.ts'
import type { TaskTimer } from '../../core/task/task-timer.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Log } from '../../ports/log.ts'
import type { Metrics } from '../../ports/metrics.ts'
import type { Timers } from '../../ports/timers.ts'
import type { Moments } from './moments.ts'
import { createRings } from './rings.ts'
import { createWaitingTimers, type WaitingTimer } from './waiting-timers.ts'

export interface DeadlineKeeperParts {
  timers: Timers
  /** The tasks that are not over. */
  tasks: () => Iterable<Task>
  /** One of them, or null. */
  task: (key: string) => Task | null
  /** What is to happen to a task as it stands. The same id with another moment is another timer. */
  timersOf: (task: Task) => TaskTimer[]
  /** Those of this process, whoever led in it before. */
  moments: Moments
  /** Gives the ledger the command. Rejects while it cannot, or when it failed: then it is called again. */
  ring: (task: Task, timer: TaskTimer) => Promise<void>
  clock: Clock
  /** How often what waits is compared with what Redis has, and rung for when it is overdue. */
  everyMs?: number
  /** Called when Redis has gone, with a sentence, and with null when it is back. */
  onDegraded: (why: string | null) => void
  log: Log
  metrics: Metrics
  signal: AbortSignal
}

export interface DeadlineKeeper {
  /** A task has changed. Returns at once and never throws. */
  look(task: Task): void
  /** Takes in all tasks, and rings from now on; what is overdue at once. Rejects only when the tasks cannot be read. */
  begin(): Promise<void>
  /** Resolves when nothing is under way: all that was looked at is in Redis, or has been rung for. */
  idle(): Promise<void>
  /** Why it rings by looking at the clock alone; null when Redis rings. */
  readonly degraded: string | null
}

/** Commands on their way to the ledger at a time. */
const most = 16
/** After a failure: doubled from here, up to there. */
const retryMs = 1_000
const retryAtMostMs = 15_000
/** Tasks that are taken in before others have a turn. */
const slice = 500
/** What rang later than that after its moment was late. */
const lateMs = 60_000

/**
 * Rings for the deadlines of the live tasks, each once. The tasks in memory are the truth and Redis only rings: what it lost is set
 * again, what it should not have is taken away, and what it did not ring for in time is rung for from here. Moments are kept on the
 * monotonic clock, so when wall time jumps nothing rings early, twice, or late by more than `everyMs`, also when somebody else in this
 * process led before.
 */
export function createDeadlineKeeper(parts: DeadlineKeeperParts): DeadlineKeeper {
  const { timers, tasks, moments, clock, everyMs = 15_000, log, metrics, signal } = parts
  const waiting = createWaitingTimers(parts)
  const rings = createRings(most)
  /** What Redis rings for at this moment: it cannot be moved or removed there, and the answer will say what becomes of it. */
  const held = new Set<string>()
  const toSet = new Set<string>()
  const toRemove = new Set<string>()
  /** What is asked of Redis, one after the other. */
  let tail = Promise.resolve()
  let underWay = 0
  let flushing = false
  let next: NodeJS.Timeout | undefined
  /** Times in a row that Redis did not answer. One alone is not worth a word. */
  let missed = 0
  let degraded: string | null = null
  let begun = false
  let compared = false

  return {
    look: (task) => takeIn(task, true),
    async begin() {
      await takeInAll()
      if (signal.aborted) return
      moments.keepOnly((id) => waiting.get(id) !== undefined)
      begun = true
      metrics.gauge('breakroom_timers_degraded', 0)
      ringOverdue()
      timers.ring(answerBell, signal)
      signal.addEventListener('abort', () => clearTimeout(next), { once: true })
      compareIn(0)
    },
    async idle() {
      while (underWay > 0 || rings.size > 0) {
        await tail
        await rings.idle()
      }
    },
    get degraded() {
      return degraded
    },
  }

  function takeIn(task: Task, isNews: boolean): void {
    if (signal.aborted) return
    try {
      const { set, gone } = waiting.learn(task, isNews)
      for (const { timer } of set) note(timer.id, toSet, toRemove)
      for (const id of gone) note(id, toRemove, toSet)
    } catch (error) {
      log.error({ task: task.key, cause: sentenceOf(error) }, 'the deadlines of a task could not be worked out')
    }
  }

  function note(id: string, into: Set<string>, outOf: Set<string>): void {
    // The first comparison tells Redis all that it does not have.
    if (!begun) return
    outOf.delete(id)
    into.add(id)
    if (flushing) return
    flushing = true
    // All that happens in this turn and the next is one batch.
    ask(async () => {
      await turn()
      flushing = false
      await flush()
    })
  }

  /** Runs `work` on Redis after what was asked before. */
  function ask(work: () => Promise<void>): void {
    underWay++
    tail = tail
      .then(work)
      .catch((error) => log.error({ cause: sentenceOf(error) }, 'the deadlines could not be kept'))
      .finally(() => {
        underWay--
      })
  }

  /** Tells Redis what has changed. While it is away nothing is told: it is compared when it is back. */
  async function flush(): Promise<void> {
    if (signal.aborted) return
    ringOverdue(toSet)
    const removed = [...toRemove].filter((id) => !held.has(id))
    const set = [...toSet].flatMap((id) => forRedis(waiting.get(id)))
    toSet.clear()
    toRemove.clear()
    if (degraded !== null) return
    try {
      if (removed.length > 0) await timers.remove(removed)
      if (set.length > 0) await timers.set(set)
    } catch (error) {
      // The comparison says what it comes to.
      if (isConflict(error) || missed > 0) return
      missed = 1
      compareIn(Math.min(retryMs, everyMs))
    }
  }

  /** What Redis has to be told of it: nothing when it is being rung for. */
  function forRedis(one: WaitingTimer | undefined) {
    if (one === undefined || held.has(one.timer.id) || rings.has(one.timer.id)) return []
    return [{ id: one.timer.id, due: dateOf(one) }]
  }

  function compareIn(ms: number): void {
    clearTimeout(next)
    if (signal.aborted) return
    next = setTimeout(() => {
      ask(async () => {
        if (signal.aborted) return
        try {
          await compare()
        } finally {
          compareIn(missed === 1 ? Math.min(retryMs, everyMs) : everyMs)
        }
      })
    }, ms)
  }

  /** Looks whether all is as the tasks say, here and in Redis. */
  async function compare(): Promise<void> {
    await takeInAll()
    ringOverdue()
    metrics.gauge('breakroom_timers_pending', waiting.size)
    try {
      const there = await timers.pending()
      const stray = [...there].filter((id) => waiting.get(id) === undefined && !held.has(id))
      const missing = [...waiting.all()].flatMap((one) => (there.has(one.timer.id) ? [] : forRedis(one)))
      if (stray.length > 0) await timers.remove(stray)
      if (missing.length > 0) await timers.set(missing)
      if (compared && missing.length > 0) metrics.count('breakroom_timers_restored_total', {}, missing.length)
      compared = true
    } catch (error) {
      if (isConflict(error) || signal.aborted) return
      missed++
      if (missed > 1) setDegraded(sentenceOf(error))
      return
    }
    missed = 0
    setDegraded(null)
  }

  async function takeInAll(): Promise<void> {
    let seen = 0
    moments.look()
    for (const task of tasks()) {
      takeIn(task, false)
      if (++seen % slice === 0) await turn()
    }
    for (const key of waiting.keys()) {
      if (parts.task(key) === null) for (const id of waiting.forget(key)) note(id, toRemove, toSet)
    }
  }

  function setDegraded(why: string | null): void {
    if ((why === null) === (degraded === null)) return
    degraded = why
    metrics.gauge('breakroom_timers_degraded', why === null ? 0 : 1)
    if (why === null) log.info({}, 'Redis rings for deadlines again')
    else log.warn({ cause: why }, 'Redis does not ring for deadlines; they are looked at from here')
    parts.onDegraded(why)
  }

  /** Redis says that a moment has come: rings, or says when it will have. */
  async function answerBell(id: string): Promise<Date | null> {
    // Whoever comes after us hears it again.
    if (signal.aborted) throw new BreakroomError('closed', 'The deadlines are kept by another now.')
    held.add(id)
    try {
      const one = waiting.get(id)
      if (one !== undefined && isDue(one)) await ringFor(one)
      const left = waiting.get(id)
      return left === undefined ? null : dateOf(left)
    } finally {
      held.delete(id)
    }
  }

  function ringOverdue(ids?: Iterable<string>): void {
    if (ids === undefined) {
      for (const one of waiting.all()) if (isDue(one)) void ringFor(one)
      return
    }
    for (const id of ids) {
      const one = waiting.get(id)
      if (one !== undefined && isDue(one)) void ringFor(one)
    }
  }

  function ringFor({ timer: { id } }: WaitingTimer): Promise<void> {
    return rings.ring(id, async () => {
      const one = stillDue(id)
      if (one === null || signal.aborted) return
      const task = parts.task(one.timer.key)
      if (task === null) return
      try {
        await parts.ring(task, one.timer)
        waiting.rang(one)
        if (waiting.get(id) === undefined) note(id, toRemove, toSet)
        const isLate = one.moment.lateBy + clock.monotonic() - one.moment.at > lateMs
        metrics.count('breakroom_timers_rung_total', { what: isLate ? 'late' : 'in time' })
      } catch (error) {
        postpone(one, error)
      }
    })
  }

  /** The timer as it stands when its turn has come: the task may have changed while it waited for it. */
  function stillDue(id: string): WaitingTimer | null {
    const before = waiting.get(id)
    if (before === undefined) return null
    const task = parts.task(before.timer.key)
    if (task === null) for (const gone of waiting.forget(before.timer.key)) note(gone, toRemove, toSet)
    else takeIn(task, true)
    const one = waiting.get(id)
    return one !== undefined && isDue(one) ? one : null
  }

  function postpone(one: WaitingTimer, error: unknown): void {
    const { id, key, kind } = one.timer
    if (one.failures === 0 && !signal.aborted) {
      log.warn({ task: key, kind, cause: sentenceOf(error) }, 'a deadline could not be acted on; it is tried again')
    }
    one.notBefore = clock.monotonic() + Math.min(retryMs * 2 ** one.failures, retryAtMostMs)
    one.failures++
    if (waiting.get(id) === one) note(id, toSet, toRemove)
  }

  function isDue(one: WaitingTimer): boolean {
    return whenOf(one) <= clock.monotonic()
  }

  /** Its moment by wall time, as that stands now; rounded up, so that it has come when Redis says so. */
  function dateOf(one: WaitingTimer): Date {
    return new Date(clock.now().getTime() + Math.max(0, Math.ceil(whenOf(one) - clock.monotonic())))
  }
}

function whenOf({ moment, notBefore }: WaitingTimer): number {
  return Math.max(moment.at, notBefore)
}

/** It answers, but something was being rung for: the next comparison sees to it. */
function isConflict(error: unknown): boolean {
  return isBreakroomError(error, 'conflict')
}
