import { placeOf } from '../say/message-ids.ts'
import type { MessagePayload } from './payload.ts'
import { isAfter } from './timestamp.ts'

/**
 * The threads of a channel that may have gone on since `end`, by their first messages. `history` is the channel from `from` on: what is in it
 * tells when it was answered last. Of threads that began before, only the record knows (`live`, platform ids), so each has to be asked.
 */
export function threadsToRead(
  history: readonly MessagePayload[],
  live: readonly string[],
  { channel, from, end }: { channel: string; from: string; end: string },
): string[] {
  const parents = new Set(history.map(({ ts }) => ts))
  const answered = history.filter(
    ({ ts, thread_ts, reply_count, latest_reply }) =>
      (thread_ts === ts || (reply_count ?? 0) > 0) && (!latest_reply || isAfter(latest_reply, end)),
  )
  // An answer that was shown in the channel too belongs to a thread that may have begun long before.
  const broadcast = history.flatMap(({ ts, thread_ts }) => (thread_ts && thread_ts !== ts ? [thread_ts] : []))
  const older = [...broadcast, ...live.map(placeOf).flatMap((at) => (at.channel === channel ? [at.ts] : []))]
  return [...new Set([...answered.map(({ ts }) => ts), ...older.filter((ts) => isAfter(from, ts) && !parents.has(ts))])]
}
