import type { SlackIdentity } from '../app/app.ts'
import { placeOf } from '../message-ids.ts'
import type { SlackTiming } from '../options.ts'
import { compareTimestamps, dateOf, endOfMillisecond, isAfter, timestampOf } from '../timestamp.ts'
import { asEdit, readSaid, type Said } from './message.ts'
import type { MessagePayload } from './payload.ts'

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

type Overlap = Pick<SlackTiming, 'overlap' | 'overlapUpTo'>

/**
 * What has to be read when a channel was heard up to `end`: a while before it too, so that what came late is not missed, unless the record
 * would not recognise any more what it has.
 */
export function spanSince(channel: string, end: End, now: Date, timing: Overlap): Span {
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
 * What has to be read of a thread that was heard up to `heard` (null: never): that may be long before the end of its channel, when we were
 * killed before its past was read.
 */
export function spanOfThread(span: Span, ts: string, heard: Date | null, now: Date, timing: Overlap): Span {
  if (heard === null) return isAfter(span.from, ts) ? { ...span, from: ts, after: ts } : span
  if (heard >= dateOf(span.from)) return span
  const recognised = now.getTime() - heard.getTime() < timing.overlapUpTo
  if (!recognised) return { ...span, from: timestampOf(heard), after: endOfMillisecond(heard) }
  return { ...span, from: timestampOf(new Date(heard.getTime() - timing.overlap)), after: ts }
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
  return inOrder(lines)
}

export function inOrder(lines: Said[]): Said[] {
  return lines.sort((a, b) => compareTimestamps(a.moment, b.moment))
}
