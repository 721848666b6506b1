import { isBreakroomError } from '../../../core/errors.ts'
import type { Clock } from '../../../ports/clock.ts'
import type { Log } from '../../../ports/log.ts'
import type { Metrics } from '../../../ports/metrics.ts'
import { lineEvent, placeOf } from '../message-ids.ts'
import { createAfterRefusal } from './after-refusal.ts'
import { type Backoff, passing } from './backoff.ts'
import { draftWithoutFile } from './draft.ts'
import { blocksOf, type DrawActions } from './drawing.ts'
import type { KnownPosts } from './known-posts.ts'
import { nextMessage } from './merge.ts'
import { type Entry, settle } from './outbox.ts'
import type { Pace } from './pace.ts'
import type { Place, Places } from './places.ts'
import { postMessage } from './post-message.ts'
import type { Print } from './print.ts'
import { uploadText } from './upload.ts'

export interface DeliveryParts {
  network: string
  places: Places
  known: KnownPosts
  pace: Pace
  backoff: Backoff
  print: Print
  drawActions: DrawActions
  /** Where the Web API is. */
  apiUrl: string
  /** Until an address that Slack gave answers. Milliseconds. */
  callMs: number
  clock: Clock
  log: Log
  metrics: Metrics
  signal: AbortSignal
}

/** Under what may stand there already. */
const maybeTwice = '_(this may be here twice: Slack did not say whether it took it)_'

/**
 * One round for lines to a room or a person: makes sure that what waits is not there already, then posts one message with as many
 * of them as it holds. What could not be posted for now still waits afterwards.
 */
export function createDelivery(parts: DeliveryParts): (waiting: readonly Entry[]) => Promise<void> {
  const { network, places, known, pace, backoff, print, log, metrics, signal } = parts
  const afterRefusal = createAfterRefusal(parts)

  return async function deliver(waiting) {
    const [first] = waiting
    if (first === undefined) return
    const trouble = await attempt(waiting, first).catch(passing)
    const key = keyOf(first)
    if (trouble === null) return backoff.reset(key)
    metrics.count('breakroom_retries_total', { what: 'post' })
    log.warn({ network, id: first.line.id, cause: trouble }, 'a line is posted again')
    await backoff.wait(key)
  }

  /** Does what can be done; why it has to be tried again after a while, or null. */
  async function attempt(waiting: readonly Entry[], first: Entry): Promise<string | null> {
    if (first.suspect !== null) await clearUp(waiting, first.suspect, threadOfNext(first))
    if (first.settled) return null
    const place = await places.of(first.line)
    for (const entry of waiting) stayInChannel(entry, place)
    // Where nobody may read, what was posted before we came may be posted again.
    const isRead = await known.prepare({ ...place, thread: threadOfNext(first) })
    if (!isRead) for (const entry of waiting) entry.ambiguous ||= !entry.tried
    recognise(waiting, place)
    if (first.settled) return null
    const leave = await pace.turn(place.web.app, place.channel)
    try {
      // More may wait by now, and what was posted meanwhile for another voice is known.
      recognise(waiting, place)
      const message = nextMessage(waiting.filter((entry) => !entry.settled))
      return message.length === 0 ? null : await say(place, message)
    } finally {
      leave()
    }
  }

  /** After an answer that was lost: looks where the message would be, so that what is there is not posted again. */
  async function clearUp(
    waiting: readonly Entry[],
    { place, since }: NonNullable<Entry['suspect']>,
    thread: string | null,
  ): Promise<void> {
    const isAllRead = await known.look({ ...place, thread }, since)
    const message = waiting.filter((entry) => entry.suspect?.since === since && threadOfNext(entry) === thread)
    for (const entry of message) {
      const before = entry.shown.length
      recognise([entry], place)
      entry.ambiguous ||= !isAllRead && entry.shown.length === before
      entry.suspect = null
    }
  }

  /** Moves lines on past those of their parts that are shown. */
  function recognise(waiting: readonly Entry[], { channel }: Place): void {
    for (const entry of waiting) {
      const { line, shown } = entry
      while (shown.length < entry.parts.length) {
        if (entry.parts[shown.length]?.kind === 'file') {
          if (!known.hasFile(channel, line.id)) break
          shown.push(null)
        } else {
          const found = known.find(channel, lineEvent, line.id, shown.length)
          if (found === undefined) break
          shown.push(found)
        }
      }
      if (shown.length === entry.parts.length) settle(entry)
    }
  }

  async function say(place: Place, message: readonly Entry[]): Promise<string | null> {
    const [first] = message
    const part = first?.parts[first.shown.length]
    if (first === undefined || part === undefined) return null
    const since = known.newest(place.channel)
    const isFile = part.kind === 'file'
    const note = { event: lineEvent, ids: message.map(({ line }) => line.id), part: first.shown.length } as const
    const outcome = isFile
      ? await uploadText(place, { id: first.line.id, text: part.text, thread: threadOfNext(first) ?? '' }, parts)
      : await postMessage(place, { ...contentOf(message), thread: first.thread, note }, signal)
    if (outcome.kind === 'shown') {
      if (isFile) known.noteFile(place.channel, first.line.id)
      else known.note(place.channel, outcome.ts, note)
      for (const entry of message) entry.tried = true
      recognise(message, place)
      return null
    }
    if (outcome.kind === 'unknown') {
      for (const entry of message) Object.assign(entry, { tried: true, suspect: { place, since } })
      return 'its answer was lost'
    }
    if (outcome.kind === 'later') return outcome.reason
    if (isFile && isBreakroomError(outcome.error, 'undeliverable')) {
      log.warn({ network, id: first.line.id, cause: outcome.error.message }, 'a long text is posted in pieces')
      first.parts = [...first.parts.slice(0, first.shown.length), ...draftWithoutFile(first.line, print)]
      return null
    }
    return afterRefusal(outcome, place, message)
  }

  function contentOf(message: readonly Entry[]): { text: string; blocks?: readonly unknown[] } {
    const texts = message.map((entry) => entry.parts[entry.shown.length]?.text ?? '')
    // Nobody could tell whether it is there: then people are told, and not left to guess.
    const text = [...texts, ...(message.some(({ ambiguous }) => ambiguous) ? [maybeTwice] : [])].join('\n')
    const blocks = message[0] === undefined ? null : blocksOf(message[0], text, parts)
    return blocks === null ? { text } : { text, blocks }
  }
}

/** A thread is one of its channel: what is said elsewhere, because another app has to say it, or of another room, is in none. */
function stayInChannel(entry: Entry, { channel }: Place): void {
  const { thread } = entry.line
  if (thread !== undefined && placeOf(thread).channel !== channel) entry.thread = null
}

/** The thread in which the next part of a line belongs: a file stands in that of the message it completes. */
function threadOfNext({ thread, parts, shown }: Entry): string | null {
  const [head] = shown
  if (thread !== null || parts[shown.length]?.kind !== 'file' || !head) return thread
  return placeOf(head).ts
}

function keyOf({ line: { as, target } }: Entry): string {
  return JSON.stringify([as, target])
}
