import { isBreakroomError } from '../../../core/errors.ts'
import type { HeardGap } from '../../../ports/chat.ts'
import type { SlackIdentity } from '../app/app.ts'
import type { SlackTiming } from '../options.ts'
import { placeOf } from '../say/message-ids.ts'
import type { SlackWeb } from '../web/web.ts'
import { asEdit, readSaid, type Said } from './message.ts'
import type { ReadPages } from './pages.ts'
import { itemsOf, type MessagePayload, messageShape } from './payload.ts'
import { threadsToRead } from './threads.ts'
import { compareTimestamps, dateOf, isAfter, timestampOf } from './timestamp.ts'

/** Where a channel was last heard: a message, or a moment. */
export interface End {
  at: Date
  /** The last message's platform id; null when it is only a moment. */
  id: string | null
  /** True when what was said shortly before may be missing, because events come out of order. */
  loose: boolean
  /** Nothing before is ours to hear; null when all of it is. */
  notBefore: Date | null
}

/** What of a channel's past is to be read. */
export interface Span {
  channel: string
  /** The end of what was heard. */
  end: string
  /** From here on it is read. */
  from: string
  /** What is not after this is known; null when everything from `from` on is to be told again. */
  after: string | null
  /** That there is a message at the end, or there was. */
  marked: boolean
}

/** What came of reading. */
export interface Past {
  messages: MessagePayload[]
  /** What could not be read, in words for people. */
  lost: Pick<HeardGap, 'from' | 'to' | 'reason'>[]
}

/** A page of this size is what Slack recommends at most. */
const pageSize = 200

/**
 * What has to be read when a channel was heard up to `end`: a while before it too, so that what came late is not missed, unless the record
 * would not recognise any more what it has.
 */
export function spanSince(
  channel: string,
  end: End,
  now: Date,
  timing: Pick<SlackTiming, 'overlap' | 'overlapUpTo'>,
): Span {
  const at = timestampOf(end.at)
  const last = end.id === null ? null : placeOf(end.id).ts
  const marked = last !== null
  const recognised = now.getTime() - end.at.getTime() < timing.overlapUpTo
  if (end.loose && recognised) {
    const begin = new Date(Math.max(end.at.getTime() - timing.overlap, end.notBefore?.getTime() ?? 0))
    return { channel, end: last ?? at, from: timestampOf(begin), after: null, marked }
  }
  return { channel, end: last ?? at, from: at, after: recognised ? null : last, marked }
}

/**
 * Reads a channel and its threads since the end of its record, in as few calls as can be: history pages, then one call for each thread
 * that may have gone on. `lookBackMs` reads the channel further back, for threads that began before. Rejects with `closed` and `denied`.
 */
export async function readPast(
  span: Span,
  parts: {
    web: SlackWeb
    readPages: ReadPages
    /** Threads of the record that began before, as platform ids. */
    live(): Promise<string[]>
    lookBackMs: number
    now(): Date
  },
): Promise<Past> {
  const { web, readPages, live, lookBackMs, now } = parts
  const { channel } = span
  const lost: Past['lost'] = []
  const begin = timestampOf(new Date(dateOf(span.from).getTime() - lookBackMs))
  const shared = { channel, inclusive: true, include_all_metadata: true, limit: pageSize }

  async function read(method: string, args: Record<string, unknown>): Promise<MessagePayload[]> {
    try {
      const { items, limited } = await readPages(web, method, { ...shared, ...args }, 'messages')
      const messages = itemsOf(items, messageShape)
      const reached = messages.some(({ ts }) => !isAfter(ts, span.end))
      if (limited && span.marked && !reached)
        lost.push(gap("the workspace's plan shows no older messages", firstOf(messages)))
      return messages
    } catch (error) {
      if (!isBreakroomError(error, 'refused')) throw error
      const word = String(error.detail.error)
      // Its first message was taken away, and the answers with it.
      if (word !== 'thread_not_found') lost.push(gap(reasonFor(word, error.detail.needed), null))
      return []
    }
  }

  function gap(reason: string, to: string | null): Past['lost'][number] {
    return { from: dateOf(span.end), to: to === null ? now() : dateOf(to), reason }
  }

  const history = await read('conversations.history', { oldest: begin })
  if (lost.length > 0 && history.length === 0) return { messages: [], lost }
  const threads = threadsToRead(history, await live(), { channel, from: begin, end: span.end })
  const answers = await Promise.all(threads.map((ts) => read('conversations.replies', { ts, oldest: span.from })))
  const all = new Map([...history, ...answers.flat()].map((message) => [message.ts, message]))
  return { messages: [...all.values()], lost: lost.slice(0, 1) }
}

/**
 * What people and bots said within the span, and what they changed after its end, in order. A message that nobody has heard yet is told as
 * it stands now; what it said before an edit is not known.
 */
export function saidWithin(
  span: Span,
  messages: readonly MessagePayload[],
  identities: readonly SlackIdentity[],
): Said[] {
  const lines = messages.flatMap((message) => {
    const reading = readSaid(message, span.channel, identities)
    if (reading.is !== 'said') return []
    const { ts, edited } = message
    const isFresh = !isAfter(span.from, ts) && (span.after === null || isAfter(ts, span.after))
    const wasChanged = edited && isAfter(edited.ts, span.end) && !isAfter(ts, span.end)
    return [...(isFresh ? [reading.said] : []), ...(wasChanged ? [asEdit(reading.said, edited.ts, null)] : [])]
  })
  return lines.sort((a, b) => compareTimestamps(a.moment, b.moment))
}

function firstOf(messages: MessagePayload[]): string | null {
  return messages.map(({ ts }) => ts).sort(compareTimestamps)[0] ?? null
}

function reasonFor(word: string, needed: unknown): string {
  switch (word) {
    case 'not_in_channel':
      return 'the app is not in the channel'
    case 'channel_not_found':
      return 'the channel is gone, or the app is not in it'
    case 'missing_scope':
      return `the app may not read it${typeof needed === 'string' ? ` (it lacks ${needed})` : ''}`
    default:
      return `Slack refuses to show it (${word})`
  }
}
