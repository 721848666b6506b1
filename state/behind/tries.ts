import { backoffMs } from '../../core/backoff.ts'
import { BreakroomError, isBreakroomError } from '../../core/errors.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Metrics } from '../../ports/metrics.ts'
import type { Sleep } from '../../ports/sleep.ts'

/** Tries of one call while the store is there, and how long they may go on altogether. */
const most = 5
const patienceMs = 20_000
const pauses = { floorMs: 100, capMs: 5_000 }
/** One try, also where the store itself sets no limit. Whatever became of it: to do the same again does no harm. */
const limitMs = 30_000

/**
 * Does one thing with the store behind: tried again a few times, with jitter, while that may help and `until` does not abort. Rejects
 * with what the last try said, with `unavailable` (`slow`) for one that did not end in 30 s, and with `closed` at once when all is over.
 */
export type Tries = <T>(work: () => Promise<T>, options?: { once?: boolean; until?: AbortSignal }) => Promise<T>

export interface TriesParts {
  clock: Clock
  sleep: Sleep
  random(): number
  metrics: Metrics
  /** When all is over. */
  signal: AbortSignal
}

export function createTries({ clock, sleep, random, metrics, signal }: TriesParts): Tries {
  return async (work, { once = false, until = signal } = {}) => {
    const began = clock.monotonic()
    for (let tried = 1; ; tried++) {
      try {
        return await bounded(work)
      } catch (error) {
        const spent = once || tried === most || clock.monotonic() - began >= patienceMs
        if (spent || until.aborted || !mayPass(error)) throw error
        await sleep(backoffMs(tried, random, pauses), until)
        if (until.aborted) throw error
      }
      metrics.count('breakroom_retries_total', { what: 'state' })
    }
  }

  /** Whoever loses the race is listened to all the same, so that nothing is left unhandled. */
  async function bounded<T>(work: () => Promise<T>): Promise<T> {
    if (signal.aborted) throw ended()
    const over = new AbortController()
    try {
      return await Promise.race([work(), late(AbortSignal.any([signal, over.signal]))])
    } finally {
      over.abort()
    }
  }

  async function late(either: AbortSignal): Promise<never> {
    await sleep(limitMs, either)
    if (signal.aborted) throw ended()
    throw new BreakroomError('unavailable', `It did not answer within ${limitMs / 1_000} s.`, {
      detail: { reason: 'slow' },
    })
  }
}

function ended(): BreakroomError {
  return new BreakroomError('closed', 'Nothing is written any more: the part is stopping.')
}

/** An error that nobody thought of may pass, too; it says nothing about what was to be kept. */
function mayPass(error: unknown): boolean {
  return !isBreakroomError(error) || error.code === 'unavailable'
}
