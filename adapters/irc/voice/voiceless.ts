import type { Clock } from '../../../ports/clock.ts'
import type { Outbox } from './outbox.ts'

/** Notices rooms in which a voice has not been able to speak for a while although the ear is there: banned, say, or kept out. */
export interface Voiceless {
  /** A line was posted to a channel. Gives back what waits there, now or once it has waited too long. */
  posted(channel: string): void
  stop(): void
}

const lookEveryMs = 500

/** `afterMs` counts from when a line first waited for the channel; it begins anew when the channel was open or the ear away. */
export function createVoiceless(options: {
  outbox: Pick<Outbox, 'isOpen' | 'giveBack' | 'closedTargets'>
  /** Whether the ear is in the channel and knows its past. */
  earIsThere(channel: string): boolean
  afterMs: number
  clock: Clock
}): Voiceless {
  const { outbox, earIsThere, afterMs, clock } = options
  const waitingSince = new Map<string, number>()
  let timer: NodeJS.Timeout | null = null

  return {
    posted(channel) {
      if (!look(channel)) timer ??= setInterval(lookAtAll, lookEveryMs)
    },
    stop() {
      if (timer !== null) clearInterval(timer)
      timer = null
    },
  }

  function lookAtAll(): void {
    const closed = outbox.closedTargets()
    for (const channel of waitingSince.keys()) if (!closed.includes(channel)) waitingSince.delete(channel)
    const settled = closed.map(look)
    if (timer === null || !settled.every(Boolean)) return
    clearInterval(timer)
    timer = null
  }

  /** True when nothing of the channel has to be looked at again. */
  function look(channel: string): boolean {
    if (outbox.isOpen(channel) || !earIsThere(channel)) {
      waitingSince.delete(channel)
      return outbox.isOpen(channel)
    }
    const since = waitingSince.get(channel) ?? clock.monotonic()
    waitingSince.set(channel, since)
    if (clock.monotonic() - since < afterMs) return false
    outbox.giveBack(channel)
    return true
  }
}
