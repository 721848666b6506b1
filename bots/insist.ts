import { setTimeout as pause } from 'node:timers/promises'
import { isBreakroomError } from '../core/errors.ts'

const againAfterMs = 500

/**
 * What the effect comes to, tried for as long as what it needs is `unavailable`: an outage is nobody's failure. Rejects with any
 * other error at once, and with `unavailable` too when `signal` has aborted. `onRetry` hears of each further attempt.
 */
export async function insist<T>(effect: () => Promise<T>, signal: AbortSignal, onRetry: () => void): Promise<T> {
  while (true) {
    try {
      return await effect()
    } catch (error) {
      if (!isBreakroomError(error, 'unavailable') || signal.aborted) throw error
      onRetry()
      await pause(againAfterMs, undefined, { signal }).catch(() => {})
    }
  }
}
