import type { Clock } from '../../../ports/clock.ts'

/** Notices a server that has gone without a word. */
export interface SilenceWatch {
  /** When anything last came, by the wall clock. */
  readonly lastHeard: Date
  /** Something came. */
  heard(): void
  stop(): void
}

/** Calls `ask` after `pingAfter` ms of silence, and `giveUp` when `pingTimeout` ms more bring nothing. */
export function watchSilence(options: {
  clock: Clock
  pingAfter: number
  pingTimeout: number
  ask(): void
  giveUp(): void
}): SilenceWatch {
  const { clock, pingAfter, pingTimeout } = options
  let at = clock.monotonic()
  let lastHeard = clock.now()
  const timer = setInterval(
    () => {
      const silence = clock.monotonic() - at
      if (silence >= pingAfter + pingTimeout) options.giveUp()
      else if (silence >= pingAfter) options.ask()
    },
    Math.max(20, Math.min(pingAfter, pingTimeout) / 2),
  )
  return {
    get lastHeard() {
      return lastHeard
    },
    heard() {
      at = clock.monotonic()
      lastHeard = clock.now()
    },
    stop: () => clearInterval(timer),
  }
}
