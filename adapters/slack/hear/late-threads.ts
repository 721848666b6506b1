import { isBreakroomError, sentenceOf } from '../../../core/errors.ts'
import type { Log } from '../../../ports/log.ts'
import type { ChannelQueue } from './channel-queue.ts'
import type { Past } from './past.ts'
import type { Place } from './place.ts'
import type { Unhurried } from './unhurried.ts'

/** A thread whose past is read behind what is said now. */
interface LateThread {
  /** Its first message. */
  ts: string
  /** When something was last said in it, milliseconds. */
  spoke: number
  read(): Promise<Past>
}

/** The older threads of a room: there may be hundreds, and each costs a call, so nothing waits for them but what is said in them. */
export interface LateThreads {
  /** Reads them in the background, those that spoke last first; one that could not be read before is tried again. */
  add(place: Place, threads: readonly LateThread[]): void
  /**
   * Null when the past of a thread is read. Else it is read next, and `tell` is called behind it: resolves and rejects as that does. `pastIsRead` is
   * false when our app is shut out.
   */
  behind(channel: string, ts: string, tell: (pastIsRead: boolean) => Promise<void>): Promise<void> | null
}

interface Waiting {
  place: Place
  thread: LateThread
  /** Asked for while it is being read already: something may have been missed since. */
  again: LateThread | null
  behind: { tell(pastIsRead: boolean): Promise<void>; giveUp(error: unknown): void }[]
  state: 'idle' | 'queued' | 'reading'
}

export function createLateThreads(parts: {
  network: string
  queue: ChannelQueue
  unhurried: Unhurried
  /** Hands up what was read. */
  tell(place: Place, past: Past): Promise<void>
  log: Log
}): LateThreads {
  const { network, queue, unhurried, tell, log } = parts
  const waiting = new Map<string, Waiting>()
  const keyOf = (channel: string, ts: string) => `${channel} ${ts}`

  /** Never rejects. */
  async function read(key: string, one: Waiting): Promise<void> {
    const { place, thread, behind } = one
    const { channel } = place
    one.state = 'reading'
    try {
      const past = await thread.read()
      await queue.run(channel, async () => {
        await tell(place, past)
        if (one.again !== null) return
        await tellBehind(one, true)
        if (one.again === null) waiting.delete(key)
      })
      one.state = 'idle'
      if (one.again === null) return
      one.thread = one.again
      one.again = null
      begin(key, one)
    } catch (error) {
      one.state = 'idle'
      const isOver = isBreakroomError(error, 'closed')
      if (!isOver) log.warn({ network, channel, cause: sentenceOf(error) }, 'the past of a thread is not read for now')
      await queue
        .run(channel, () => tellBehind(one, false))
        .catch((error: unknown) => {
          for (const { giveUp } of behind) giveUp(error)
        })
    }
  }

  async function tellBehind({ behind }: Waiting, pastIsRead: boolean): Promise<void> {
    for (let next = behind.shift(); next !== undefined; next = behind.shift()) await next.tell(pastIsRead)
  }

  function begin(key: string, one: Waiting): void {
    if (one.state !== 'idle') return
    one.state = 'queued'
    void unhurried.add(key, one.thread.spoke, () => read(key, one))
    if (one.behind.length > 0) unhurried.hurry(key)
  }

  return {
    add(place, threads) {
      for (const thread of threads) {
        const key = keyOf(place.channel, thread.ts)
        const before = waiting.get(key)
        if (before === undefined) waiting.set(key, { place, thread, again: null, behind: [], state: 'idle' })
        else if (before.state === 'reading') before.again = thread
      }
      for (const [key, one] of waiting) begin(key, one)
    },
    behind(channel, ts, tellIt) {
      const key = keyOf(channel, ts)
      const one = waiting.get(key)
      if (one === undefined) return null
      const { promise, resolve, reject } = Promise.withResolvers<void>()
      one.behind.push({ tell: (pastIsRead) => tellIt(pastIsRead).then(resolve, reject), giveUp: reject })
      begin(key, one)
      unhurried.hurry(key)
      return promise
    },
  }
}
