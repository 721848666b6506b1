import type { SlackChannel } from './channel.ts'
import { publish, publishMessage } from './events/publish.ts'
import type { Json, SlackMessage } from './message.ts'
import { inChannel, repliesTo, shown } from './thread.ts'
import { appOfBot, type World } from './world.ts'

/**
 * Puts a message into its channel and tells the apps: `message`, and `app_mention` besides to each app whose bot it names.
 * Follows docs.slack.dev "message event", "app_mention event", "thread_broadcast event", "message_replied event" and "file_shared event".
 */
export function append(world: World, channel: SlackChannel, message: SlackMessage): SlackMessage {
  const parent = parentOf(channel, message)
  if (parent !== undefined) parent.thread_ts = parent.ts
  channel.messages.push(message)
  const root = message.subtype === 'thread_broadcast' && parent !== undefined ? { root: shown(channel, parent) } : {}
  const event = { ...eventOf(message), ...root }
  publishMessage(world, channel, event, message.app_id)
  publishMentions(world, channel, message)
  if (parent !== undefined) publishParent(world, channel, parent, message)
  for (const file of message.files ?? []) {
    const shared = {
      type: 'file_shared',
      file_id: file.id,
      user_id: message.user,
      file: { id: file.id },
      channel_id: channel.id,
    }
    publish(world, 'file_shared', { ...shared, event_ts: message.ts }, { channel, author: message.app_id })
  }
  return message
}

/**
 * Changes a message in place. Follows docs.slack.dev "message_changed event"; an edit by its author sets `edited`, a link
 * preview does not, and an edit that names a bot is an `app_mention` once more.
 */
export function change(
  world: World,
  channel: SlackChannel,
  message: SlackMessage,
  patch: Partial<SlackMessage>,
  editor?: string,
): SlackMessage {
  const before = shown(channel, message)
  const ts = world.ids.ts()
  Object.assign(message, patch, editor === undefined ? {} : { edited: { user: editor, ts } })
  publishChange(world, channel, message, { before, ts, author: message.app_id })
  if (editor !== undefined) publishMentions(world, channel, message)
  return message
}

/**
 * Takes a message away. A parent with answers stays as a tombstone. Follows docs.slack.dev "message_deleted event" and
 * "chat.delete".
 */
export function remove(world: World, channel: SlackChannel, message: SlackMessage): void {
  const before = shown(channel, message)
  const ts = world.ids.ts()
  const author = message.app_id
  if (repliesTo(channel, message.ts).length > 0) {
    bury(message)
    publishChange(world, channel, message, { before, ts, author })
    return
  }
  channel.messages.splice(channel.messages.indexOf(message), 1)
  publishMessage(
    world,
    channel,
    { type: 'message', subtype: 'message_deleted', previous_message: before, deleted_ts: message.ts, ts, hidden: true },
    author,
  )
  const parent = parentOf(channel, message)
  if (parent?.subtype === 'tombstone' && repliesTo(channel, parent.ts).length === 0) {
    channel.messages.splice(channel.messages.indexOf(parent), 1)
  }
}

function publishChange(
  world: World,
  channel: SlackChannel,
  message: SlackMessage,
  { before, ts, author }: { before: Json; ts: string; author: string | undefined },
): void {
  const changed = { message: shown(channel, message), previous_message: before, ts, hidden: true }
  publishMessage(world, channel, { type: 'message', subtype: 'message_changed', ...changed }, author)
}

/** A message as events carry it. */
function eventOf({ unfurl, channel, ...message }: SlackMessage): Json {
  return { ...message }
}

/** What readers of the channel itself get. */
export function channelMessages(channel: SlackChannel): SlackMessage[] {
  return channel.messages.filter(inChannel)
}

function parentOf(channel: SlackChannel, message: SlackMessage): SlackMessage | undefined {
  if (message.thread_ts === undefined || message.thread_ts === message.ts) return undefined
  return channel.messages.find((other) => other.ts === message.thread_ts)
}

function publishMentions(world: World, channel: SlackChannel, message: SlackMessage): void {
  if (channel.kind === 'im') return
  for (const app of mentioned(message.text).map((id) => appOfBot(world, id))) {
    if (app === undefined) continue
    const { subtype, ...event } = eventOf(message)
    const mention = { ...event, type: 'app_mention', channel: channel.id, event_ts: message.ts }
    publish(world, 'app_mention', mention, { channel, only: app, author: message.app_id })
  }
}

function mentioned(text: string): string[] {
  return [...new Set([...text.matchAll(/<@(U\d+)(?:\|[^>]*)?>/g)].map(([, id]) => id ?? ''))]
}

function publishParent(world: World, channel: SlackChannel, parent: SlackMessage, reply: SlackMessage): void {
  if (world.faults.parentUpdates === 'none') return
  const typed = world.faults.parentUpdates === 'typed' ? { subtype: 'message_replied' } : {}
  const replies = repliesTo(channel, parent.ts).map(({ user, ts }) => ({ user, ts }))
  const ts = world.ids.ts()
  publishMessage(
    world,
    channel,
    { type: 'message', ...typed, message: { ...shown(channel, parent), replies }, ts, hidden: true },
    reply.app_id,
  )
}

function bury(message: SlackMessage): void {
  for (const key of [
    'blocks',
    'attachments',
    'files',
    'bot_id',
    'app_id',
    'bot_profile',
    'edited',
    'reactions',
    'metadata',
  ] as const) {
    delete message[key]
  }
  Object.assign(message, { subtype: 'tombstone', text: 'This message was deleted.', user: 'USLACKBOT', hidden: true })
}
