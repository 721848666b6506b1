import { backoffMs } from '../../../core/backoff.ts'
import type { Timing } from '../options.ts'

/** What ended a connection. */
interface Ending {
  reason: string
  /** The server has told us to stay away for a while. */
  banned: boolean
  /** Milliseconds it was registered; 0 when it never was. */
  livedMs: number
}

/** Keeps one voice connected. */
export interface Supervisor {
  /** Begins after `firstWaitMs`. */
  start(firstWaitMs: number): void
  /** The connection that `connect` opened has ended: another follows, for ever. */
  ended(ending: Ending): void
  stop(): void
}

/** A connection that lived this long was a good one: the next failure starts from a short wait again. Milliseconds. */
const goodLife = 10_000

/** `connect` opens a connection and reports its end through `ended`. */
export function createSupervisor(options: { timing: Timing; random: () => number; connect(): void }): Supervisor {
  const { timing, random, connect } = options
  let failures = 0
  let timer: NodeJS.Timeout | null = null
  let stopped = false

  const later = (ms: number) => {
    if (stopped) return
    timer = setTimeout(() => {
      timer = null
      connect()
    }, ms)
  }
  return {
    start: (firstWaitMs) => later(firstWaitMs),
    ended({ banned, livedMs }) {
      if (livedMs >= goodLife) failures = 0
      // Only a ban earns the long waits, so it also begins with one.
      const floorMs = banned ? timing.retryCap : timing.retryBase
      failures += 1
      later(backoffMs(failures, random, { floorMs, capMs: banned ? timing.bannedCap : timing.retryCap }))
    },
    stop() {
      stopped = true
      if (timer !== null) clearTimeout(timer)
    },
  }
}
