import type { SessionCapture } from '../../core/sweep/session.ts'
import type { Clock } from '../../ports/clock.ts'

/** Moments that were written down by a wall clock that may have been set since. */
export interface SteadyPast {
  /** Looks whether it was; the sooner after it, the better. */
  look(): void
  /** The same moment as the clock would have it now, ms since 1970. */
  asOfNow(moment: number): number
  /** The same for all that a brain showed. */
  sessionAsOfNow(session: SessionCapture): SessionCapture
}

/** What a clock that is kept right does between two looks. */
const toleranceMs = 2_000
/** Of a clock that is set again and again nobody can tell the past. */
const mostJumps = 20

/**
 * Watches over a clock that may be set ahead, or whose machine may sleep: what happened before is then as long ago as it was, and nobody is
 * stalled because an hour is missing. A clock that was set back makes the past younger than it is, so what stands still is found later.
 */
export function createSteadyPast(clock: Clock): SteadyPast {
  let wall = clock.now().getTime()
  let monotonic = clock.monotonic()
  let jumps: { before: number; ms: number }[] = []

  const asOfNow = (moment: number) =>
    jumps.reduce((time, { before, ms }) => (time <= before ? time + ms : time), moment)
  const shifted = (time: string | null) => (time === null ? null : new Date(asOfNow(Date.parse(time))).toISOString())

  return {
    look() {
      const [shown, passed] = [clock.now().getTime(), clock.monotonic()]
      const before = wall + passed - monotonic
      if (shown - before > toleranceMs) jumps = [...jumps, { before, ms: shown - before }].slice(-mostJumps)
      wall = shown
      monotonic = passed
    },
    asOfNow,
    sessionAsOfNow(session) {
      if (jumps.length === 0) return session
      const { started_at, output_at, files_at, cpu_at, repeats_since, asks } = session
      return {
        ...session,
        started_at: shifted(started_at) ?? started_at,
        output_at: shifted(output_at),
        files_at: shifted(files_at),
        cpu_at: shifted(cpu_at),
        repeats_since: shifted(repeats_since),
        asks: asks === null ? null : { ...asks, at: shifted(asks.at) ?? asks.at },
      }
    },
  }
}
