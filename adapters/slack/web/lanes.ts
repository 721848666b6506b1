import type { Clock } from '../../../ports/clock.ts'
import type { Sleep } from '../../../ports/sleep.ts'
import { throwIfAborted } from './or-aborted.ts'
import { callsPerMinute } from './tiers.ts'
import { createTurns } from './turns.ts'
import type { CallOptions } from './web.ts'
import { type CallWindow, createCallWindow } from './window.ts'

/** One call of a method, which may turn out to be one too many: then it says how long to wait. */
type Attempt<T> = () => Promise<{ done: T } | { waitMs: number }>

/** The limits of one token. */
export interface Lanes {
  /**
   * Makes the attempt when it is its turn, and again whenever it was one too many. Calls with the same channel go one after the other, so
   * that they take effect in order; calls without one begin in order, and a slow one holds up nobody. Rejects with what the attempt
   * throws, or `closed` when the signal aborts while it waits.
   */
  run<T>(method: string, options: CallOptions, attempt: Attempt<T>): Promise<T>
}

const minute = 60_000

export function createLanes({ clock, sleep }: { clock: Clock; sleep: Sleep }): Lanes {
  const turns = createTurns()
  const windows = new Map<string, CallWindow>()
  /** Until when Slack wants to hear nothing more of a kind, on the monotonic clock. */
  const holds = new Map<string, number>()

  function windowOf(method: string): CallWindow | null {
    const most = callsPerMinute(method)
    if (most === null) return null
    const window = windows.get(method) ?? createCallWindow(most, minute, clock.monotonic)
    windows.set(method, window)
    return window
  }

  /** Waits until the hold and the window allow another call, and counts it. */
  async function allowed(kind: string, window: CallWindow | null, signal: AbortSignal | undefined) {
    for (;;) {
      const held = (holds.get(kind) ?? 0) - clock.monotonic()
      if (held <= 0) holds.delete(kind)
      const waitMs = Math.max(held, window?.waitMs() ?? 0)
      if (waitMs <= 0) return window?.begin() ?? (() => {})
      await sleep(waitMs, signal)
      throwIfAborted(signal)
    }
  }

  return {
    async run(method, { channel, signal }, attempt) {
      const window = windowOf(method)
      const lane = channel === undefined ? method : `${method} ${channel}`
      // A tier counts all channels together; without one the limit is the channel's own.
      const kind = window === null ? lane : method
      const leave = await turns.take(`lane ${lane}`, signal)
      try {
        for (;;) {
          const passed = await turns.take(`kind ${kind}`, signal)
          const ended = await allowed(kind, window, signal).finally(passed)
          if (channel === undefined) leave()
          const outcome = await attempt().finally(ended)
          if ('done' in outcome) return outcome.done
          holds.set(kind, Math.max(holds.get(kind) ?? 0, clock.monotonic() + outcome.waitMs))
        }
      } finally {
        leave()
      }
    },
  }
}
