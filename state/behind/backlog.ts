import { spanWords } from '../../core/task/wording.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Metrics } from '../../ports/metrics.ts'
import type { PendingChanges } from '../../ports/state-file.ts'
import { recordSections } from '../../ports/store.ts'
import { askFile } from './ask-file.ts'

/** What the store behind has not got, as it was when it was last looked at. */
export interface Backlog {
  /** Looks again, and says it in the metrics. Rejects as `askFile`. */
  look(): Promise<void>
  /** Tasks and records that are late; figures are not, which are written now and then. */
  readonly waiting: number
  /** What is owed altogether, figures too. */
  readonly owed: number
  readonly since: Date | null
  readonly aside: readonly string[]
  /** How long the oldest has waited, in words, when that is too long; else null. */
  late(): string | null
}

/** Less is what a busy moment costs. */
const lateMs = 60_000

export function createBacklog(parts: { pending: PendingChanges; clock: Clock; metrics: Metrics }): Backlog {
  const { pending, clock, metrics } = parts
  let waiting = 0
  let owed = 0
  let since: Date | null = null
  let aside: string[] = []

  const lagMs = () => (since === null ? 0 : Math.max(0, clock.now().getTime() - since.getTime()))

  return {
    async look() {
      const now = await askFile(() => pending.waiting())
      aside = await askFile(() => pending.asideNow())
      const { metrics: figures, ...prompt } = now.records
      waiting = now.tasks + prompt.knowledge + prompt.configuration
      owed = waiting + figures
      since = waiting === 0 ? null : now.since
      metrics.gauge('breakroom_state_pending', now.tasks, { what: 'tasks' })
      for (const section of recordSections)
        metrics.gauge('breakroom_state_pending', now.records[section], { what: section })
      metrics.gauge('breakroom_state_lag_seconds', Math.round(lagMs() / 1_000))
    },
    get waiting() {
      return waiting
    },
    get owed() {
      return owed
    },
    get since() {
      return since
    },
    get aside() {
      return aside
    },
    late: () => (lagMs() >= lateMs ? spanWords(lagMs()) : null),
  }
}
