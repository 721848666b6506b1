import type { SharedFile } from '../../../ports/chat.ts'
import type { SlackIdentity } from '../app/app.ts'
import { type Author, authorOf, isFleets } from './authors.ts'
import { type MessageEvent, type MessagePayload, messageEventShape } from './payload.ts'

/** Something that was said, or said anew. */
export interface Said {
  channel: string
  /** The message's id in its channel. */
  ts: string
  /** When it was said; for an edit when that was made. */
  moment: string
  /** The first message of the thread that it answers in, or null. */
  thread: string | null
  author: Author
  kind: 'say' | 'action'
  mrkdwn: string
  files: SharedFile[]
  /** It takes the place of what the message said before, where Slack shows that. */
  edit: { before: string | null } | null
}

/** A message that was taken away. */
export interface Deleted {
  channel: string
  ts: string
  moment: string
  author: Author
}

/** What a message event is to us. */
export type Reading =
  | { is: 'said'; said: Said }
  | { is: 'deleted'; deleted: Deleted }
  /** Ours, or nothing that anybody said: a join, a preview, an update of a thread's first message. */
  | { is: 'nothing' }
  | { is: 'malformed' }

/** Subtypes of messages in which somebody says something. */
const spoken = new Set(['me_message', 'file_share', 'thread_broadcast', 'bot_message'])
const mostFiles = 20

/** Reads a `message` or `app_mention` event. Never throws. */
export function readMessage(event: Record<string, unknown>, identities: readonly SlackIdentity[]): Reading {
  const read = messageEventShape.safeParse(event)
  if (!read.success) return { is: 'malformed' }
  const message = read.data
  switch (message.subtype) {
    case 'message_changed':
      return readChange(message, identities)
    case 'message_deleted':
      return readDeletion(message, message.deleted_ts, identities)
    default:
      // The update of a thread's first message has no subtype in the Events API, only a message inside.
      if (message.message || message.hidden) return { is: 'nothing' }
      // An edit that names an app is brought to it as a mention once more; the edit itself is told besides.
      if (event.type === 'app_mention' && message.edited) return { is: 'nothing' }
      return readSaid(message, message.channel, identities)
  }
}

/** Reads a message that was said, from an event or from a history. */
export function readSaid(message: MessagePayload, channel: string, identities: readonly SlackIdentity[]): Reading {
  if (message.subtype && !spoken.has(message.subtype)) return { is: 'nothing' }
  if (isFleets(message, identities)) return { is: 'nothing' }
  const author = authorOf(message)
  if (author === null) return { is: 'malformed' }
  const { ts, thread_ts: thread } = message
  return {
    is: 'said',
    said: {
      channel,
      ts,
      moment: ts,
      thread: thread && thread !== ts ? thread : null,
      author,
      kind: message.subtype === 'me_message' ? 'action' : 'say',
      mrkdwn: wordsOf(message),
      files: filesOf(message),
      edit: null,
    },
  }
}

function readChange(event: MessageEvent, identities: readonly SlackIdentity[]): Reading {
  const { channel, message, previous_message: before } = event
  if (!message) return { is: 'malformed' }
  // A message with answers that is taken away stays as a gravestone.
  if (message.subtype === 'tombstone') return readDeletion(event, message.ts, identities)
  // Slack changes messages itself: previews, and what a thread's first message says of its answers.
  if (!message.edited || message.edited.ts === before?.edited?.ts) return { is: 'nothing' }
  const reading = readSaid(message, channel, identities)
  if (reading.is !== 'said') return reading
  const words = before ? wordsOf(before) : null
  if (words === reading.said.mrkdwn) return { is: 'nothing' }
  return { is: 'said', said: asEdit(reading.said, message.edited.ts, words) }
}

/** What a message says now, as the edit that made it so. */
export function asEdit(said: Said, moment: string, before: string | null): Said {
  return { ...said, moment, edit: { before } }
}

function readDeletion(
  { channel, ts: moment, previous_message: before }: MessageEvent,
  ts: string | null | undefined,
  identities: readonly SlackIdentity[],
): Reading {
  if (!before || !ts) return { is: 'malformed' }
  if (isFleets(before, identities) || before.subtype === 'tombstone') return { is: 'nothing' }
  if (before.subtype && !spoken.has(before.subtype)) return { is: 'nothing' }
  const author = authorOf(before)
  return author === null ? { is: 'malformed' } : { is: 'deleted', deleted: { channel, ts, moment, author } }
}

/** Bots may say everything in attachments; people's have previews in them. */
function wordsOf({ text, bot_id, attachments }: MessagePayload): string {
  if (text || !bot_id) return text ?? ''
  return (attachments ?? []).flatMap(({ fallback, text }) => fallback || text || []).join('\n')
}

function filesOf({ files }: MessagePayload): SharedFile[] {
  return (files ?? []).slice(0, mostFiles).flatMap((file) => {
    if (file === null) return []
    const name = file.name || file.title || 'a file'
    return [{ name, type: file.mimetype ?? '', bytes: file.size ?? 0, link: file.permalink ?? '' }]
  })
}
