import type { LiveThreads } from '../../../ports/chat.ts'
import { placeOf } from '../message-ids.ts'
import { isAfter } from '../timestamp.ts'
import type { MessagePayload } from './payload.ts'

/** A thread of which the record knows. */
export interface KnownThread {
  /** Its first message. */
  ts: string
  /** When something was last said in it. */
  at: Date
  /** When somebody was last heard in it; null for never. */
  heard: Date | null
}

/** The threads of the record in a channel, those that spoke last first. */
export function threadsIn(channel: string, live: Awaited<ReturnType<LiveThreads>>): KnownThread[] {
  const known = live.flatMap(({ thread, at, heard = at }) => {
    const place = placeOf(thread)
    return place.channel === channel ? [{ ts: place.ts, at, heard }] : []
  })
  return known.sort((a, b) => b.at.getTime() - a.at.getTime())
}

/**
 * The threads of a channel that may have gone on since `end`. `history` is the channel from `from` on: those that it shows (`shown`, by their first
 * messages) tell when they were answered last, or that they were. Of those that began before, only the record knows, so each has to be asked.
 */
export function threadsToRead(
  history: readonly MessagePayload[],
  known: readonly KnownThread[],
  { from, end }: { from: string; end: string },
): { shown: string[]; older: KnownThread[] } {
  const parents = new Set(history.map(({ ts }) => ts))
  const answered = history.filter(
    ({ ts, thread_ts, reply_count, latest_reply }) =>
      (thread_ts === ts || (reply_count ?? 0) > 0) && (!latest_reply || isAfter(latest_reply, end)),
  )
  const isOlder = (ts: string) => isAfter(from, ts) && !parents.has(ts)
  // An answer that was shown in the channel too belongs to a thread that may have begun long before.
  const broadcast = history.flatMap(({ ts, thread_ts }) =>
    thread_ts && thread_ts !== ts && isOlder(thread_ts) ? [thread_ts] : [],
  )
  const shown = [...new Set([...answered.map(({ ts }) => ts), ...broadcast])]
  return { shown, older: known.filter(({ ts }) => isOlder(ts) && !shown.includes(ts)) }
}
