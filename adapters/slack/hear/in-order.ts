import { setImmediate as turnOfLoop } from 'node:timers/promises'
import type { Sleep } from '../../../ports/sleep.ts'
import { compareTimestamps } from '../timestamp.ts'

/** Puts what came over several sockets back into the order in which it happened. */
export interface InOrder {
  /** Resolves when it is this one's turn: after everything of its channel that happened before it and came within the wait. */
  turn(channel: string, moment: string): Promise<void>
}

interface Waiting {
  moment: string
  go: () => void
}

/** Two sockets swap neighbours. Each event waits for `ms` at most, so that an earlier one which is on its way still goes first. */
export function createInOrder({ ms, sleep, signal }: { ms: number; sleep: Sleep; signal: AbortSignal }): InOrder {
  const channels = new Map<string, Waiting[]>()

  return {
    async turn(channel, moment) {
      if (ms === 0) return
      const waiting = channels.get(channel) ?? []
      channels.set(channel, waiting)
      const { promise, resolve } = Promise.withResolvers<void>()
      const mine = { moment, go: resolve }
      waiting.push(mine)
      void sleep(ms, signal)
        .then(allIsRead)
        .then(() => release(channel, mine))
      await promise
    },
  }

  /** Lets this one go, and all that happened before it. */
  function release(channel: string, upTo: Waiting): void {
    const waiting = channels.get(channel) ?? []
    if (!waiting.includes(upTo)) return
    const isLater = ({ moment }: Waiting) => compareTimestamps(moment, upTo.moment) > 0
    const left = waiting.filter(isLater)
    if (left.length === 0) channels.delete(channel)
    else channels.set(channel, left)
    const going = waiting.filter((one) => !isLater(one)).sort((a, b) => compareTimestamps(a.moment, b.moment))
    for (const { go } of going) go()
  }
}

/** A busy process comes to its timers before its sockets: an earlier event may have come in long ago, and nobody has looked. */
async function allIsRead(): Promise<void> {
  await turnOfLoop()
  await turnOfLoop()
}
