// Follows docs.slack.dev "message event" (what people type), "file_share event", "bot_message event" and "Unfurling links".
import { addReaction, removeReaction } from '../api/reactions.ts'
import type { SlackChannel } from '../channel.ts'
import { append, change, remove } from '../conversation.ts'
import { addFile, fileObject } from '../file.ts'
import type { ForeignPost, SayOptions } from '../interface.ts'
import type { MessageAt, SlackMessage } from '../message.ts'
import { richTextBlocks } from '../rich-text.ts'
import { typedText } from '../typed-text.ts'
import type { SlackUser } from '../user.ts'
import { channelOf, messageAt, type World } from '../world.ts'

/** Types a message and sends it. */
export function say(
  world: World,
  user: SlackUser,
  channel: SlackChannel,
  typed: string,
  options: SayOptions = {},
): SlackMessage {
  demandPresence(user, channel)
  const text = options.raw ? typed : typedText(world, typed)
  const parent = options.thread === undefined ? undefined : messageAt(world, options.thread)
  const files = (options.files ?? []).map(({ name, bytes, mimetype }) => {
    const file = addFile(world, {
      name,
      bytes,
      user: user.id,
      awaited: null,
      ...(mimetype === undefined ? {} : { mimetype }),
    })
    file.channels.add(channel.id)
    return fileObject(world, file)
  })
  const subtype = options.broadcast ? 'thread_broadcast' : files.length > 0 ? 'file_share' : undefined
  const foreign = channel.shared || user.kind === 'stranger'
  const message: SlackMessage = {
    type: 'message',
    channel: channel.id,
    user: user.id,
    ts: world.ids.ts(),
    client_msg_id: world.ids.uuid(),
    text,
    team: user.teamId,
    ...(foreign ? { user_team: user.teamId, source_team: user.teamId } : {}),
    ...(text === '' ? {} : { blocks: richTextBlocks(text, world.ids.uuid()) }),
    ...(subtype === undefined ? {} : { subtype }),
    ...(parent === undefined ? {} : { thread_ts: parent.thread_ts ?? parent.ts }),
    ...(files.length > 0 ? { files } : {}),
  }
  return structuredClone(append(world, channel, message))
}

export function edit(world: World, at: MessageAt, typed: string): SlackMessage {
  const message = messageAt(world, at)
  const text = typedText(world, typed)
  const patch = { text, blocks: richTextBlocks(text, world.ids.uuid()) }
  return structuredClone(change(world, channelOf(world, at.channel), message, patch, message.user ?? ''))
}

export function erase(world: World, at: MessageAt): void {
  remove(world, channelOf(world, at.channel), messageAt(world, at))
}

export function react(world: World, user: SlackUser, at: MessageAt, name: string): void {
  addReaction(world, channelOf(world, at.channel), messageAt(world, at), user.id, name)
}

export function unreact(world: World, user: SlackUser, at: MessageAt, name: string): void {
  removeReaction(world, channelOf(world, at.channel), messageAt(world, at), user.id, name)
}

/** Adds a preview, unless the sender asked for none. */
export function unfurl(world: World, at: MessageAt, url: string): void {
  const message = messageAt(world, at)
  if (message.unfurl?.links === false) return
  const preview = {
    id: 1,
    from_url: url,
    original_url: url,
    title: url,
    fallback: url,
    service_name: new URL(url).hostname,
  }
  change(world, channelOf(world, at.channel), message, { attachments: [...(message.attachments ?? []), preview] })
}

export function post(world: World, channel: SlackChannel, { username, text, icon, thread }: ForeignPost): SlackMessage {
  const message: SlackMessage = {
    type: 'message',
    subtype: 'bot_message',
    channel: channel.id,
    ts: world.ids.ts(),
    text,
    username,
    bot_id: world.ids.next('B'),
    ...(icon === undefined ? {} : { icons: { emoji: icon } }),
    ...(thread === undefined ? {} : { thread_ts: thread.ts }),
  }
  return structuredClone(append(world, channel, message))
}

function demandPresence(user: SlackUser, channel: SlackChannel): void {
  if (user.deactivated) throw new Error(`${user.name} is deactivated and cannot type`)
  if (!channel.members.has(user.id)) throw new Error(`${user.name} is not in #${channel.name}`)
  if (channel.archived) throw new Error(`#${channel.name} is archived`)
}
