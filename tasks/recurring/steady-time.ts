import type { Clock } from '../../ports/clock.ts'
import type { Log } from '../../ports/log.ts'
import { createClockJumps } from '../clock-jumps.ts'

/**
 * The wall time, in ms, from a clock that may be set. What it says is taken while it goes as the monotonic clock does. Where they
 * part, the earlier of the two counts until the clock has stood by its jump for an hour: so one that jumps an hour ahead and back
 * makes nothing early, and one that slept or was wrong before is followed in the end. What was due in that hour comes late, not never.
 */
export function createSteadyTime({ clock, log }: { clock: Clock; log: Log }): () => number {
  const jumps = createClockJumps(clock)

  return () => {
    const { state, shown, expected, jumpMs, isNew } = jumps.look()
    if (isNew) {
      log.warn({ ms: Math.round(jumpMs) }, 'the clock was set; it is followed when it has stood by that for an hour')
    }
    return state === 'in doubt' ? Math.min(shown, expected) : shown
  }
}
