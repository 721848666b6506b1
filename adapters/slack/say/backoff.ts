import { isBreakroomError, sentenceOf } from '../../../core/errors.ts'
import type { Sleep } from '../../../ports/sleep.ts'

/** Waits that double for as long as it does not go well, for each thing that is tried. */
export interface Backoff {
  /** Resolves after the next wait, or when the signal aborts. */
  wait(key: string): Promise<void>
  /** It went well: the next wait is short again. */
  reset(key: string): void
}

/** First `baseMs`, at most `capMs`. */
export function createBackoff(options: { baseMs: number; capMs: number; sleep: Sleep; signal: AbortSignal }): Backoff {
  const { baseMs, capMs, sleep, signal } = options
  const failures = new Map<string, number>()
  return {
    async wait(key) {
      const before = failures.get(key) ?? 0
      failures.set(key, before + 1)
      await sleep(Math.min(capMs, baseMs * 2 ** Math.min(before, 30)), signal)
    },
    reset: (key) => void failures.delete(key),
  }
}

/** The sentence of a failure that passes; throws any other. */
export function passing(error: unknown): string {
  if (isBreakroomError(error, 'unavailable') || isBreakroomError(error, 'denied')) return sentenceOf(error)
  throw error
}
