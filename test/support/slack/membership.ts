import type { SlackChannel } from './channel.ts'
import { append } from './conversation.ts'
import { channelType, publish } from './events/publish.ts'
import type { World } from './world.ts'

/** Follows docs.slack.dev "member_joined_channel event" and "channel_join event". */
export function join(world: World, userId: string, channel: SlackChannel): void {
  if (channel.members.has(userId)) return
  channel.members.add(userId)
  announce(world, userId, channel, 'join', 'joined')
  publish(world, 'member_joined_channel', membership(world, 'member_joined_channel', userId, channel), { channel })
}

/** Follows docs.slack.dev "member_left_channel event" and "channel_leave event". */
export function leave(world: World, userId: string, channel: SlackChannel): void {
  if (!channel.members.has(userId)) return
  publish(world, 'member_left_channel', membership(world, 'member_left_channel', userId, channel), { channel })
  announce(world, userId, channel, 'leave', 'left')
  channel.members.delete(userId)
}

// Slack writes a line about it into the channel itself.
function announce(world: World, user: string, channel: SlackChannel, what: 'join' | 'leave', verb: string): void {
  const subtype = `${channel.kind === 'private' ? 'group' : 'channel'}_${what}`
  const text = `<@${user}> has ${verb} the channel`
  append(world, channel, { type: 'message', subtype, channel: channel.id, ts: world.ids.ts(), user, text })
}

function membership(world: World, type: string, user: string, channel: SlackChannel) {
  const kind = channelType(channel).charAt(0).toUpperCase()
  return { type, user, channel: channel.id, channel_type: kind, team: world.team.id, event_ts: world.ids.ts() }
}
