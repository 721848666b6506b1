import type { Clock } from '../ports/clock.ts'

/** What a clock that is kept right does between two looks: a leap second, a little slewing. */
const toleranceMs = 2_000
/** How long a clock has to stand by a jump; also one that was right, and whose machine slept. */
const believedAfterMs = 3_600_000

/** How the wall clock stands beside the monotonic one: it goes with it, has jumped, or has stood by its jump for an hour and is followed. */
interface ClockLook {
  state: 'steady' | 'in doubt' | 'believed'
  /** What it shows, and what it would if it had not jumped; in ms. */
  shown: number
  expected: number
  /** By how much it jumped, in ms, and whether that is seen for the first time. */
  jumpMs: number
  isNew: boolean
}

/** Looks whether the wall clock was set. */
export interface ClockJumps {
  look(): ClockLook
  /** What the wall clock would show if it had not jumped, in ms. */
  expected(): number
}

/** Watches over a clock that may be set, from how it stands now. */
export function createClockJumps(clock: Clock): ClockJumps {
  let wall = clock.now().getTime()
  let monotonic = clock.monotonic()
  let jump: { ms: number; since: number } | null = null

  return {
    look() {
      const shown = clock.now().getTime()
      const passed = clock.monotonic()
      const expected = wall + passed - monotonic
      const jumpMs = shown - expected
      const isOff = Math.abs(jumpMs) > toleranceMs
      const isNew = isOff && (jump === null || Math.abs(jumpMs - jump.ms) > toleranceMs)
      if (isNew) jump = { ms: jumpMs, since: passed }
      if (isOff && jump !== null && passed - jump.since < believedAfterMs) {
        return { state: 'in doubt', shown, expected, jumpMs, isNew }
      }
      jump = null
      wall = shown
      monotonic = passed
      return { state: isOff ? 'believed' : 'steady', shown, expected, jumpMs, isNew }
    },
    expected: () => wall + clock.monotonic() - monotonic,
  }
}
