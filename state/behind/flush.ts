import { BreakroomError } from '../../core/errors.ts'
import { spanWords } from '../../core/task/wording.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Sleep } from '../../ports/sleep.ts'
import type { Backlog } from './backlog.ts'
import type { Condition } from './condition.ts'
import type { Outlets } from './outlets.ts'

const lookEveryMs = 50
/** While something moves it goes on, but not for ever: more may come all the time. */
const stillMs = 60_000
const longestMs = 600_000

/** Waits until nothing is owed any more, and has figures written at once. Rejects with `unavailable`: see `Behind`. */
export function createFlush(parts: {
  backlog: Backlog
  condition: Condition
  outlets: Outlets
  clock: Clock
  sleep: Sleep
  /** Why nothing is written just now, whatever the store is like. */
  stopped: () => string | null
  /** Has a store that is away looked at now. */
  wake: () => void
}): (signal?: AbortSignal) => Promise<void> {
  const { backlog, condition, outlets, clock, sleep, stopped, wake } = parts

  return async (signal = new AbortController().signal) => {
    const { failures } = condition
    const began = clock.monotonic()
    let moved = outlets.moved
    let movedAt = began
    const relax = outlets.hurry()
    wake()
    try {
      for (;;) {
        await backlog.look()
        if (backlog.owed === 0) return
        const now = clock.monotonic()
        if (outlets.moved !== moved) movedAt = now
        moved = outlets.moved
        const why = hindrance(now)
        if (why !== null) {
          throw new BreakroomError('unavailable', `Not everything has arrived: ${why}; ${backlog.owed} left.`)
        }
        await sleep(lookEveryMs, signal)
      }
    } finally {
      relax()
    }

    function hindrance(now: number): string | null {
      if (signal.aborted) return 'nobody waited for it'
      const still = stopped()
      if (still !== null) return still
      if (condition.failures > failures) return condition.sentence() ?? 'it was away'
      if (now - movedAt >= stillMs) return `nothing has moved for ${spanWords(stillMs)}`
      return now - began >= longestMs ? `it takes longer than ${spanWords(longestMs)}` : null
    }
  }
}
