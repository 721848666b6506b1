import type { Clock } from '../../../ports/clock.ts'
import type { Sleep } from '../../../ports/sleep.ts'
import { throwIfAborted } from '../web/or-aborted.ts'
import { createTurns } from '../web/turns.ts'

/** How often one app posts to one channel. */
export interface Pace {
  /**
   * Resolves when it is the app's turn in the channel, in the order of asking, with what ends the turn. Rejects with `closed` when the
   * signal aborts.
   */
  turn(app: string, channel: string): Promise<() => void>
}

/** `everyMs` lie between the end of one turn and the beginning of the next, so that no two arrive closer together than that. */
export function createPace(options: { everyMs: number; clock: Clock; sleep: Sleep; signal: AbortSignal }): Pace {
  const { everyMs, clock, sleep, signal } = options
  const turns = createTurns()
  const free = new Map<string, number>()
  return {
    async turn(app, channel) {
      const key = `${app} ${channel}`
      const leave = await turns.take(key, signal)
      try {
        const waitMs = (free.get(key) ?? 0) - clock.monotonic()
        if (waitMs > 0) await sleep(waitMs, signal)
        throwIfAborted(signal)
      } catch (error) {
        leave()
        throw error
      }
      return () => {
        free.set(key, clock.monotonic() + everyMs)
        leave()
      }
    },
  }
}
