// Follows docs.slack.dev "reactions.add", "reactions.remove", "reaction_added event" and "reaction_removed event".
import type { SlackChannel } from '../channel.ts'
import { publish } from '../events/publish.ts'
import type { SlackMessage } from '../message.ts'
import type { World } from '../world.ts'
import { needed } from './args.ts'
import { visibleChannel } from './conversation-access.ts'
import type { Call, Method } from './method.ts'
import { Refusal } from './refusal.ts'

export const reactionsAdd: Method = (call) => {
  const { channel, message, name } = target(call)
  const before = message.reactions?.find((reaction) => reaction.name === name)
  if (before?.users.includes(call.caller.app.botUserId)) throw new Refusal('already_reacted')
  addReaction(call.world, channel, message, call.caller.app.botUserId, name)
  return {}
}

export const reactionsRemove: Method = (call) => {
  const { channel, message, name } = target(call)
  const before = message.reactions?.find((reaction) => reaction.name === name)
  if (!before?.users.includes(call.caller.app.botUserId)) throw new Refusal('no_reaction')
  removeReaction(call.world, channel, message, call.caller.app.botUserId, name)
  return {}
}

export function addReaction(
  world: World,
  channel: SlackChannel,
  message: SlackMessage,
  user: string,
  name: string,
): void {
  const others = (message.reactions ?? []).filter((reaction) => reaction.name !== name)
  const users = [...new Set([...(message.reactions?.find((reaction) => reaction.name === name)?.users ?? []), user])]
  message.reactions = [...others, { name, users, count: users.length }]
  publishReaction(world, channel, message, user, name, 'reaction_added')
}

export function removeReaction(
  world: World,
  channel: SlackChannel,
  message: SlackMessage,
  user: string,
  name: string,
): void {
  message.reactions = (message.reactions ?? []).flatMap((reaction) => {
    const users = reaction.name === name ? reaction.users.filter((id) => id !== user) : reaction.users
    return users.length === 0 ? [] : [{ name: reaction.name, users, count: users.length }]
  })
  publishReaction(world, channel, message, user, name, 'reaction_removed')
}

function publishReaction(
  world: World,
  channel: SlackChannel,
  message: SlackMessage,
  user: string,
  reaction: string,
  type: 'reaction_added' | 'reaction_removed',
): void {
  const item = { type: 'message', channel: channel.id, ts: message.ts }
  const event = { type, user, reaction, item, item_user: message.user, event_ts: world.ids.ts() }
  const author = [...world.apps.values()].find((app) => app.botUserId === user)?.appId
  publish(world, type, event, { channel, author })
}

function target(call: Call): { channel: SlackChannel; message: SlackMessage; name: string } {
  const channel = visibleChannel(call)
  const ts = needed(call.args, 'timestamp', 'no_item_specified')
  const name = needed(call.args, 'name', 'invalid_name')
  if (!/^[a-z0-9_+':-]+$/.test(name)) throw new Refusal('invalid_name')
  const message = channel.messages.find((message) => message.ts === ts)
  if (message === undefined) throw new Refusal('message_not_found')
  return { channel, message, name }
}
