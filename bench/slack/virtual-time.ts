import { setTimeout as pause } from 'node:timers/promises'
import type { VirtualClock } from '../../test/support/virtual-clock.ts'

const stepMs = 100
/** Of real time. */
const patienceMs = 30_000

/**
 * Lets virtual time pass until it is done; resolves with how much that was, in seconds, and rejects after half a minute of real time.
 * Requests over loopback take real time, so virtual time passes a little too fast beside them.
 */
export async function passing(clock: VirtualClock, what: string, isDone: () => boolean): Promise<number> {
  const begun = clock.monotonic()
  const end = performance.now() + patienceMs
  while (!isDone()) {
    if (performance.now() > end) throw new Error(`Still waiting until ${what}`)
    await pause(1)
    if (clock.pending > 0) await clock.advance(stepMs)
  }
  return (clock.monotonic() - begun) / 1_000
}
