import { isBreakroomError } from '../../../core/errors.ts'
import { LruMap } from '../../lru-map.ts'
import type { SlackIdentity } from '../app/app.ts'
import { fileTitle, isOurs, type MessageNote, noteOf, platformId } from '../message-ids.ts'
import { asObject, nextCursorOf } from '../web/json-object.ts'
import type { SlackWeb } from '../web/web.ts'

/** A conversation, who may read it (asked in this order), and the thread in question. */
interface Readable {
  channel: string
  readers: readonly SlackWeb[]
  thread: string | null
}

/** What of ours is in Slack already. */
export interface KnownPosts {
  /** The platform id under which a part of a line, or a card, is shown; undefined when it is not known to be. */
  find(channel: string, event: MessageNote['event'], id: string, part?: number): string | undefined
  /** Whether the file of a line is there. */
  hasFile(channel: string, id: string): boolean
  /** A message of ours is shown; gives the platform ids of what is in it. */
  note(channel: string, ts: string, note: MessageNote): string[]
  noteFile(channel: string, id: string): void
  /** The newest message we know of in a channel; `0` when we know none. */
  newest(channel: string): string
  /**
   * Reads, once for each channel and thread, what was posted before we came: the channel's newest page and its last two hours, and of a thread
   * older than us the last 26 hours. False when nobody may read it, which is told once. Rejects with `unavailable`.
   */
  prepare(place: Readable): Promise<boolean>
  /** Reads everything after `since`. False when nobody may read it, or it was too much to read all. Rejects with `unavailable`. */
  look(place: Readable, since: string): Promise<boolean>
}

const pageSize = 200
/** Of one look: ten pages are 2,000 messages. */
const mostPages = 10
/** A record's own memory for what it has: nothing older is posted again. Seconds. */
const memory = 26 * 3_600
/** What a kill left unmarked was posted right before it, and we are back sooner than that. Seconds. */
const restart = 2 * 3_600

/** Remembers the last 50,000 parts. `identities` are those of all our apps that are known so far. */
export function createKnownPosts(options: {
  identities(): SlackIdentity[]
  team(): string
  now(): Date
  signal: AbortSignal
}): KnownPosts {
  const { identities, team, now, signal } = options
  const posts = new LruMap<string, string>(50_000)
  const files = new LruMap<string, true>(10_000)
  const newest = new LruMap<string, string>(10_000)
  /** First looks, done or under way: for a channel with what was newest then, for a thread under both ids. */
  const looked = new LruMap<string, Promise<{ told: boolean; newest: string }>>(10_000)

  const keyOf = (channel: string, event: string, id: string, part: number) => `${channel} ${event} ${part} ${id}`
  const fileKey = (channel: string, title: string) => `${channel} file ${title}`

  function saw(channel: string, ts: string): void {
    if (ts > (newest.get(channel) ?? '0')) newest.set(channel, ts)
  }

  function note(channel: string, ts: string, { event, ids, part }: MessageNote): string[] {
    saw(channel, ts)
    return ids.map((id, index) => {
      const shown = platformId(team(), channel, ts, index)
      posts.set(keyOf(channel, event, id, part), shown)
      return shown
    })
  }

  function learn(channel: string, message: Record<string, unknown>): void {
    const { ts, files: shared } = message
    if (typeof ts !== 'string') return
    saw(channel, ts)
    const found = noteOf(message, identities())
    if (found !== null) note(channel, ts, found)
    if (!Array.isArray(shared) || !isOurs(message, identities())) return
    for (const file of shared) files.set(fileKey(channel, String(asObject(file).title)), true)
  }

  /** Reads pages and learns from them: all there is, only some of it, or nothing because nobody may. */
  async function read(
    { channel, readers, thread }: Readable,
    oldest: string | null,
    /** Pages that begin before this are read no further. */
    enough = '0',
  ): Promise<'all' | 'some' | 'nothing'> {
    const method = thread === null ? 'conversations.history' : 'conversations.replies'
    const args = {
      channel,
      ...(thread === null ? {} : { ts: thread }),
      ...(oldest === null ? {} : { oldest }),
      include_all_metadata: true,
      limit: pageSize,
    }
    for (const reader of readers) {
      try {
        let cursor = ''
        for (let page = 0; page < mostPages; page++) {
          const answer = await reader.call(method, cursor === '' ? args : { ...args, cursor }, { signal })
          const messages = Array.isArray(answer.messages) ? answer.messages : []
          for (const message of messages) learn(channel, asObject(message))
          const next = nextCursorOf(answer)
          if (next === null) return 'all'
          if (String(asObject(messages.at(-1)).ts) < enough) return 'some'
          cursor = next
        }
        return 'some'
      } catch (error) {
        // A thread whose first message is gone has nothing in it.
        if (isBreakroomError(error, 'refused') && error.detail.error === 'thread_not_found') return 'all'
        if (!isBreakroomError(error, 'refused') && !isBreakroomError(error, 'denied')) throw error
      }
    }
    return 'nothing'
  }

  /** Does it once; again only when it failed for now. */
  function once(key: string, place: Readable, oldest: string | null, enough?: string) {
    const before = looked.get(key)
    if (before !== undefined) return before
    const look = read(place, oldest, enough).then((found) => ({
      told: found !== 'nothing',
      newest: newest.get(place.channel) ?? '0',
    }))
    looked.set(key, look)
    look.catch(() => looked.delete(key))
    return look
  }

  function secondsAgo(seconds: number): string {
    return (now().getTime() / 1000 - seconds).toFixed(6)
  }

  function tell(look: { told: boolean }): boolean {
    const { told } = look
    look.told = true
    return told
  }

  return {
    find: (channel, event, id, part = 0) => posts.get(keyOf(channel, event, id, part)),
    hasFile: (channel, id) => files.has(fileKey(channel, fileTitle(id))),
    note,
    noteFile: (channel, id) => files.set(fileKey(channel, fileTitle(id)), true),
    newest: (channel) => newest.get(channel) ?? '0',
    async prepare(place) {
      const { channel, thread } = place
      // What an app posted that is known only now was nobody's at the looks before.
      const known = identities().length
      const first = await once(`${channel} of ${known}`, { ...place, thread: null }, null, secondsAgo(restart))
      // A thread that began after our first look has nothing in it that we do not know.
      if (thread === null || thread > first.newest) return tell(first)
      return tell(await once(`${channel} ${thread} of ${known}`, place, secondsAgo(memory)))
    },
    look: async (place, since) => (await read(place, since)) === 'all',
  }
}
