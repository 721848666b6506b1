// Follows docs.slack.dev "chat.postMessage", "chat.update", "chat.delete" and "chat.postEphemeral".
import { botProfile, type SlackApp } from '../app.ts'
import type { SlackChannel } from '../channel.ts'
import { append, change, remove } from '../conversation.ts'
import type { SlackMessage } from '../message.ts'
import { shown } from '../thread.ts'
import { directChannel, pairKey, type World } from '../world.ts'
import { flag, needed, structure, text } from './args.ts'
import { visibleChannel } from './conversation-access.ts'
import { messageContent, messageMetadata } from './message-content.ts'
import type { Call, Method } from './method.ts'
import { Refusal } from './refusal.ts'
import { demandScope } from './scopes.ts'

export const chatPostMessage: Method = (call) => {
  const { world, args } = call
  const channel = writableChannel(call)
  const message = draft(call, channel)
  message.ts = world.ids.ts()
  const metadata = messageMetadata(args)
  if (metadata !== undefined) message.metadata = metadata
  message.unfurl = { links: flag(args, 'unfurl_links'), media: flag(args, 'unfurl_media', true) }
  if (flag(args, 'reply_broadcast') && message.thread_ts !== undefined) message.subtype = 'thread_broadcast'
  append(world, channel, message)
  return { channel: channel.id, ts: message.ts, message: shown(channel, message) }
}

/** Only the app itself may change what it posted. */
export const chatUpdate: Method = (call) => {
  const { world, caller, args } = call
  const channel = writableChannel(call)
  const message = ownMessage(call, channel, 'cant_update_message')
  const said = text(args, 'text') !== undefined || text(args, 'markdown_text') !== undefined
  const content = messageContent(said ? args : { ...args, text: message.text }, world.ids.uuid())
  const metadata = messageMetadata(args)
  change(world, channel, message, { ...content, ...(metadata === undefined ? {} : { metadata }) }, caller.app.botUserId)
  return { channel: channel.id, ts: message.ts, text: message.text, message: shown(channel, message) }
}

/** Follows docs.slack.dev "chat.getPermalink". */
export const chatGetPermalink: Method = (call) => {
  const channel = visibleChannel(call)
  const ts = needed(call.args, 'message_ts', 'message_not_found')
  const message = channel.messages.find((message) => message.ts === ts)
  if (message === undefined) throw new Refusal('message_not_found')
  const link = `https://${call.world.team.domain}.slack.com/archives/${channel.id}/p${ts.replace('.', '')}`
  const inThread = message.thread_ts !== undefined && message.thread_ts !== ts
  return {
    channel: channel.id,
    permalink: inThread ? `${link}?thread_ts=${message.thread_ts}&cid=${channel.id}` : link,
  }
}

export const chatDelete: Method = (call) => {
  const channel = writableChannel(call)
  const message = ownMessage(call, channel, 'cant_delete_message')
  remove(call.world, channel, message)
  return { channel: channel.id, ts: message.ts }
}

/** Only one person sees it, and no app is told. */
export const chatPostEphemeral: Method = (call) => {
  const { world, args } = call
  const channel = writableChannel(call)
  const user = needed(args, 'user', 'user_not_found')
  if (!world.users.has(user)) throw new Refusal('user_not_found')
  if (!channel.members.has(user)) throw new Refusal('user_not_in_channel')
  const message = { ...draft(call, channel), ts: world.ids.ts(), is_ephemeral: true }
  addEphemeral(world, user, message)
  return { message_ts: message.ts }
}

export function addEphemeral(world: World, userId: string, message: SlackMessage): void {
  const key = pairKey(userId, message.channel)
  world.ephemerals.set(key, [...(world.ephemerals.get(key) ?? []), message])
}

/** How an app signs what it says; under a name of its own choice the message is a `bot_message` without a user. */
export function authorship(
  app: SlackApp,
  name: { username?: string | undefined; icons?: SlackMessage['icons'] },
): Partial<SlackMessage> {
  const bot = { bot_id: app.botId, app_id: app.appId, team: app.teamId }
  if (name.username === undefined && name.icons === undefined) {
    return { ...bot, user: app.botUserId, bot_profile: botProfile(app) }
  }
  return {
    ...bot,
    subtype: 'bot_message',
    username: name.username ?? app.name,
    ...(name.icons ? { icons: name.icons } : {}),
  }
}

function draft({ world, caller, args }: Call, channel: SlackChannel): SlackMessage {
  const content = messageContent(args, world.ids.uuid())
  const attachments = structure(args, 'attachments', 'invalid_attachments')
  const username = text(args, 'username')
  const emoji = text(args, 'icon_emoji')
  const url = text(args, 'icon_url')
  if (username !== undefined || emoji !== undefined || url !== undefined) demandScope(caller, 'chat:write.customize')
  const icons = emoji !== undefined ? { emoji } : url !== undefined ? { image_48: url } : undefined
  const thread = threadOf(channel, text(args, 'thread_ts'))
  return {
    type: 'message',
    channel: channel.id,
    ts: '',
    ...content,
    ...authorship(caller.app, { username, icons }),
    ...(Array.isArray(attachments) ? { attachments } : {}),
    ...(thread === undefined ? {} : { thread_ts: thread }),
  }
}

// An answer to an answer goes into the same thread.
function threadOf(channel: SlackChannel, ts: string | undefined): string | undefined {
  if (ts === undefined) return undefined
  const parent = channel.messages.find((message) => message.ts === ts)
  if (parent === undefined) throw new Refusal('thread_not_found')
  return parent.thread_ts ?? parent.ts
}

function writableChannel({ world, caller, args }: Call): SlackChannel {
  const named = needed(args, 'channel', 'channel_not_found')
  const person = world.users.get(named)
  if (person?.kind === 'bot') throw new Refusal('channel_not_found')
  if (person?.deactivated) throw new Refusal('user_disabled')
  if (person !== undefined) return directChannel(world, caller.app.botUserId, person.id)
  const channel =
    world.channels.get(named) ?? [...world.channels.values()].find(({ name }) => name !== '' && `#${name}` === named)
  const member = channel?.members.has(caller.app.botUserId)
  if (channel === undefined || (channel.kind !== 'public' && !member)) throw new Refusal('channel_not_found')
  if (channel.archived) throw new Refusal('is_archived')
  if (!member && !caller.app.scopes.has('chat:write.public')) throw new Refusal('not_in_channel')
  return channel
}

function ownMessage({ caller, args }: Call, channel: SlackChannel, notMine: string): SlackMessage {
  const ts = needed(args, 'ts', 'message_not_found')
  const message = channel.messages.find((message) => message.ts === ts)
  if (message === undefined || message.subtype === 'tombstone') throw new Refusal('message_not_found')
  if (message.app_id !== caller.app.appId) throw new Refusal(notMine)
  return message
}
