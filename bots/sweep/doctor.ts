import { BreakroomError, sentenceOf } from '../../core/errors.ts'
import type { OrgSubjects } from '../../core/subject.ts'
import { type SweepReport, sweepReportSchema } from '../../core/sweep/report.ts'
import type { BusHealth, Services } from '../../ports/bus.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Leadership, Term } from '../../ports/leadership.ts'
import type { Log } from '../../ports/log.ts'
import type { Metrics } from '../../ports/metrics.ts'
import type { RevisedState } from '../../ports/revised-state.ts'
import type { Sleep } from '../../ports/sleep.ts'
import { keep } from './keep.ts'

export interface DoctorParts {
  bus: Services & BusHealth
  subjects: OrgSubjects
  leadership: Leadership
  memory: RevisedState
  everyMs: number
  /** Since when nobody's heartbeat can have been missed, in milliseconds since 1970. */
  listeningSince(): number
  /** Looks at the fleet and does what is to be done; stops when `current` turns false. */
  sweep(asked: boolean, current: () => boolean): Promise<SweepReport>
  clock: Clock
  sleep: Sleep
  log: Log
  metrics: Metrics
  signal: AbortSignal
}

export interface Doctor {
  /** Resolves after `signal` aborted and what was under way has ended. */
  ended: Promise<void>
  troubles(): string[]
}

/** The last report, by which a successor knows when the next sweep is due. */
const lastKey = 'last'
/** Nothing is worth two looks in a shorter time. */
const leastMs = 15_000
/** Three heartbeats: so long has to be listened before silence says anything. */
const listenMs = 15_000

/**
 * Sweeps every `everyMs` while this process leads, and at once when somebody asks. Whoever leads next keeps the pace: the next sweep is due as if
 * nothing had happened. Only who leads answers, and there is one sweep at a time: who asks during one is given its report.
 */
export function createDoctor(parts: DoctorParts): Doctor {
  const { bus, subjects, leadership, memory, everyMs, clock, sleep, log, metrics, signal } = parts
  let failure: string | null = null
  const ended = leadership.lead('sweep', serve, signal)
  return {
    ended,
    troubles: () => [
      ...(bus.connected ? [] : ['the bus is away']),
      ...(failure === null ? [] : [`the last sweep failed: ${failure}`]),
    ],
  }

  async function serve(term: Term): Promise<void> {
    const over = AbortSignal.any([term.signal, signal])
    const current = () => term.current && !over.aborted
    let last = await lastReport()
    let due = clock.monotonic() + untilFirst(last)
    const now: { underWay: Promise<SweepReport> | null } = { underWay: null }
    const mustLead = () => {
      if (!current()) throw new BreakroomError('unavailable', 'Another process sweeps by now.')
    }
    const at = (verb: string, handler: () => Promise<unknown>) => ({
      [verb]: { subject: subjects.service('sweep', verb), handler },
    })
    const endpoints = {
      ...at('run', () => {
        mustLead()
        return sweepNow(true)
      }),
      ...at('report', async () => {
        mustLead()
        return last
      }),
      ...at('status', async () => {
        mustLead()
        return { part: 'sweep', troubles: troublesNow() }
      }),
    }
    // A former leader that hangs has its subscriptions still, and must not swallow requests.
    await bus.serve('sweep', endpoints, over, { shared: false })
    while (!over.aborted) {
      const wait = due - clock.monotonic()
      if (wait > 0) await sleep(wait, over)
      else await sweepNow(false).catch(() => {})
    }
    failure = null
    await now.underWay?.catch(() => {})

    function sweepNow(asked: boolean): Promise<SweepReport> {
      now.underWay ??= sweepOnceMore(asked).finally(() => {
        now.underWay = null
      })
      return now.underWay
    }

    async function sweepOnceMore(asked: boolean): Promise<SweepReport> {
      const begun = clock.monotonic()
      try {
        const report = await parts.sweep(asked, current)
        mustLead()
        last = report
        failure = null
        due = begun + untilNext(report)
        metrics.count('breakroom_sweeps_total', { what: 'done' })
        metrics.gauge('breakroom_sweep_ms', report.took_ms)
        await keep(memory, lastKey, () => report).catch((error) =>
          log.warn({ cause: sentenceOf(error) }, 'sweep: the report could not be kept'),
        )
        return report
      } catch (error) {
        due = clock.monotonic() + Math.min(everyMs, listenMs)
        if (current()) {
          failure = sentenceOf(error)
          metrics.count('breakroom_sweeps_total', { what: 'failed' })
          log.error({ cause: failure }, 'sweep: the fleet could not be looked at')
        }
        throw error
      }
    }
  }

  /** Seen for the first time, something may be over in a moment, or has to be treated before the next sweep. */
  function untilNext({ at, again_at }: SweepReport): number {
    if (again_at === undefined) return everyMs
    return Math.min(everyMs, Math.max(leastMs, Date.parse(again_at) - Date.parse(at)))
  }

  function troublesNow(): string[] {
    return failure === null ? [] : [`the last sweep failed: ${failure}`]
  }

  /** When the next one is due; one that is overdue comes as soon as was listened for long enough. */
  function untilFirst(last: SweepReport | null): number {
    const listened = clock.now().getTime() - parts.listeningSince()
    const least = Math.max(0, Math.min(listenMs, everyMs) - listened)
    const passed = last === null ? everyMs : clock.now().getTime() - Date.parse(last.at)
    // Whatever was done to the wall clock, one comes within the usual time.
    return Math.max(least, everyMs - Math.min(everyMs, Math.max(0, passed)))
  }

  async function lastReport(): Promise<SweepReport | null> {
    const parsed = sweepReportSchema.safeParse((await memory.read(lastKey)).value)
    return parsed.success ? parsed.data : null
  }
}
