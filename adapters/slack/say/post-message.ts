import { type BreakroomError, isBreakroomError } from '../../../core/errors.ts'
import { type MessageNote, metadataOf } from '../message-ids.ts'
import { type Place, undeliverable } from './places.ts'

/** A message as it goes out. */
export interface Message {
  text: string
  blocks?: readonly unknown[]
  /** The time stamp of the thread's first message. */
  thread: string | null
  note: MessageNote
}

/** What became of a call that posts something. */
export type Outcome =
  | { kind: 'shown'; ts: string }
  /** Nobody told whether it was done. */
  | { kind: 'unknown' }
  /** Not now: again after a while. */
  | { kind: 'later'; reason: string }
  /** This app may not speak there; another one may. */
  | { kind: 'not-there'; error: BreakroomError }
  | { kind: 'too-long'; error: BreakroomError }
  | { kind: 'no-blocks'; error: BreakroomError }
  | { kind: 'no-thread'; error: BreakroomError }
  /** What was to be changed is not there, or not ours to change. */
  | { kind: 'gone'; error: BreakroomError }
  | { kind: 'refused'; error: BreakroomError }

/** Posts a message: without previews of links, which would fetch whatever a model wrote, and in its thread. */
export function postMessage(place: Place, message: Message, signal: AbortSignal): Promise<Outcome> {
  const args = {
    ...contentOf(place, message),
    ...(message.thread === null ? {} : { thread_ts: message.thread }),
    ...(place.name ?? {}),
  }
  return outcomeOf(place, () => place.web.call('chat.postMessage', args, { channel: place.channel, signal }))
}

/** Puts the message in the place of one that this app posted. */
export function updateMessage(place: Place, ts: string, message: Message, signal: AbortSignal): Promise<Outcome> {
  const args = { ...contentOf(place, message), ts }
  return outcomeOf(place, () => place.web.call('chat.update', args, { channel: place.channel, signal }))
}

function contentOf({ channel }: Place, { text, blocks, note }: Message): Record<string, unknown> {
  return {
    channel,
    text,
    ...(blocks === undefined ? {} : { blocks }),
    unfurl_links: false,
    unfurl_media: false,
    metadata: metadataOf(note),
  }
}

/** Reads what a posting call ends with. Throws only `closed` and what is a fault of ours. */
export async function outcomeOf(place: Place, call: () => Promise<Record<string, unknown>>): Promise<Outcome> {
  try {
    const { ts } = await call()
    return typeof ts === 'string' ? { kind: 'shown', ts } : { kind: 'unknown' }
  } catch (error) {
    if (isBreakroomError(error, 'unavailable')) {
      return error.detail.maybeDone === false ? { kind: 'later', reason: error.message } : { kind: 'unknown' }
    }
    if (isBreakroomError(error, 'denied')) return { kind: 'not-there', error }
    if (isBreakroomError(error, 'refused')) return { kind: kindOf(error), error: sentenceFor(place, error) }
    throw error
  }
}

type Refusal = Extract<Outcome, { error: BreakroomError }>['kind']

const kinds: Record<string, Refusal> = {
  channel_not_found: 'not-there',
  not_in_channel: 'not-there',
  missing_scope: 'not-there',
  restricted_action: 'not-there',
  msg_too_long: 'too-long',
  msg_blocks_too_long: 'no-blocks',
  invalid_blocks: 'no-blocks',
  invalid_blocks_format: 'no-blocks',
  thread_not_found: 'no-thread',
  cannot_reply_to_message: 'no-thread',
  message_not_found: 'gone',
  cant_update_message: 'gone',
  edit_window_closed: 'gone',
}

function kindOf({ detail }: BreakroomError): Refusal {
  return kinds[String(detail.error)] ?? 'refused'
}

/** What, where, and how to mend it. */
function sentenceFor({ where, channel, web }: Place, { detail }: BreakroomError): BreakroomError {
  const word = String(detail.error)
  const what = `A line could not be posted to ${where} (${channel}) in Slack`
  if (word === 'channel_not_found' || word === 'not_in_channel') {
    return undeliverable(where, `${what}: the app is not in that channel; invite it there with /invite @${web.app}.`)
  }
  if (word === 'is_archived') {
    return undeliverable(
      where,
      `${what}: the channel is archived; unarchive it, or name another one in breakroom.yaml.`,
    )
  }
  if (word === 'missing_scope') {
    const scope = typeof detail.needed === 'string' ? detail.needed : 'a scope'
    return undeliverable(where, `${what}: the app ${web.app} lacks ${scope}; add it to the app and install it again.`)
  }
  if (word.startsWith('restricted_action')) {
    return undeliverable(
      where,
      `${what}: an administrator lets only some people post there; let the app ${web.app} post too.`,
    )
  }
  return undeliverable(where, `${what}: Slack says ${word}.`)
}
