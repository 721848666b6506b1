import { isBreakroomError } from '../../../core/errors.ts'
import type { HeardGap } from '../../../ports/chat.ts'
import type { SlackIdentity } from '../app/app.ts'
import { compareTimestamps, dateOf, isAfter, timestampOf } from '../timestamp.ts'
import type { SlackWeb } from '../web/web.ts'
import type { Said } from './message.ts'
import type { ReadPages } from './pages.ts'
import { itemsOf, type MessagePayload, messageShape } from './payload.ts'
import { inOrder, type Span, saidWithin } from './span.ts'
import { type KnownThread, threadsToRead } from './threads.ts'

/** What came of reading. */
export interface Past {
  /** In order. */
  said: Said[]
  /** What could not be read, in words for people. */
  lost: Pick<HeardGap, 'from' | 'to' | 'reason'>[]
}

interface Reading {
  web: SlackWeb
  readPages: ReadPages
  identities(): SlackIdentity[]
  now(): Date
}

/** A page of this size is what Slack recommends at most. */
const pageSize = 200

/**
 * Reads a channel and its threads since the end of its record, in as few calls as can be: history pages, then one call for each thread
 * that may have gone on. `lookBackMs` reads the channel further back, for threads that began before. Of those that only the record knows the first
 * `mostOlder` are read; the others are `left`. Rejects with `closed` and `denied`.
 */
export async function readPast(
  span: Span,
  parts: Reading & {
    /** Threads of the record, those that spoke last first. */
    live(): Promise<KnownThread[]>
    spanOf(thread: KnownThread): Span
    mostOlder: number
    lookBackMs: number
  },
): Promise<Past & { left: KnownThread[] }> {
  const { identities, live, spanOf, mostOlder, lookBackMs } = parts
  const begin = timestampOf(new Date(dateOf(span.from).getTime() - lookBackMs))
  const { messages, lost } = await read(span, parts, 'conversations.history', { oldest: begin })
  if (lost.length > 0 && messages.length === 0) return { said: [], lost, left: [] }
  const known = await live()
  const { shown, older } = threadsToRead(messages, known, { from: begin, end: span.end })
  const spans = new Map([
    ...shown.map((ts) => [ts, span] as const),
    ...known.filter(({ ts }) => shown.includes(ts)).map((thread) => [thread.ts, spanOf(thread)] as const),
    ...older.slice(0, mostOlder).map((thread) => [thread.ts, spanOf(thread)] as const),
  ])
  const threads = await Promise.all([...spans].map(([ts, its]) => readThread(its, ts, parts)))
  const said = [saidWithin(span, messages, identities()), ...threads.map((thread) => thread.said)].flat()
  const once = new Map(said.map((one) => [`${one.ts} ${one.moment}`, one]))
  const allLost = [...lost, ...threads.flatMap((thread) => thread.lost)]
  return { said: inOrder([...once.values()]), lost: allLost.slice(0, 1), left: older.slice(mostOlder) }
}

/** Reads one thread. Rejects with `closed` and `denied`. */
export async function readThread(span: Span, ts: string, reading: Reading): Promise<Past> {
  const { messages, lost } = await read(span, reading, 'conversations.replies', { ts, oldest: span.from })
  return { said: saidWithin(span, messages, reading.identities()), lost }
}

async function read(
  span: Span,
  { web, readPages, now }: Reading,
  method: string,
  args: Record<string, unknown>,
): Promise<{ messages: MessagePayload[]; lost: Past['lost'] }> {
  const gap = (reason: string, to: string | null): Past['lost'][number] => ({
    from: dateOf(span.end),
    to: to === null ? now() : dateOf(to),
    reason,
  })
  const shared = { channel: span.channel, inclusive: true, include_all_metadata: true, limit: pageSize }
  try {
    const { items, limited } = await readPages(web, method, { ...shared, ...args }, 'messages')
    const messages = itemsOf(items, messageShape)
    const reached = messages.some(({ ts }) => !isAfter(ts, span.end))
    const isHidden = limited && span.marked && !reached
    const lost = isHidden ? [gap("the workspace's plan shows no older messages", firstOf(messages))] : []
    return { messages, lost }
  } catch (error) {
    if (!isBreakroomError(error, 'refused')) throw error
    const word = String(error.detail.error)
    // Its first message was taken away, and the answers with it.
    const lost = word === 'thread_not_found' ? [] : [gap(reasonFor(word, error.detail.needed), null)]
    return { messages: [], lost }
  }
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
