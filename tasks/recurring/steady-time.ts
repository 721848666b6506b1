import type { Clock } from '../../ports/clock.ts'
import type { Log } from '../../ports/log.ts'

/** What a clock that is kept right does between two looks: a leap second, a little slewing. */
const toleranceMs = 2_000
/** How long a clock has to stand by a jump. */
const believedAfterMs = 3_600_000

/**
 * The wall time, in ms, from a clock that may be set. What it says is taken while it goes as the monotonic clock does. Where they
 * part, the earlier of the two counts until the clock has stood by its jump for an hour: so one that jumps an hour ahead and back
 * makes nothing early, and one that slept or was wrong before is followed in the end. What was due in that hour comes late, not never.
 */
export function createSteadyTime({ clock, log }: { clock: Clock; log: Log }): () => number {
  let wall = clock.now().getTime()
  let monotonic = clock.monotonic()
  let jump: { ms: number; since: number } | null = null

  return () => {
    const shown = clock.now().getTime()
    const passed = clock.monotonic()
    const expected = wall + passed - monotonic
    const ms = shown - expected
    if (Math.abs(ms) > toleranceMs) {
      if (jump === null || Math.abs(ms - jump.ms) > toleranceMs) {
        jump = { ms, since: passed }
        log.warn({ ms: Math.round(ms) }, 'the clock was set; it is followed when it has stood by that for an hour')
      }
      if (passed - jump.since < believedAfterMs) return Math.min(shown, expected)
    }
    jump = null
    wall = shown
    monotonic = passed
    return shown
  }
}
