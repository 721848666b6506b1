import type { SlackChannel } from './channel.ts'
import { channelType, publish } from './events/publish.ts'
import type { World } from './world.ts'

/** Follows docs.slack.dev "member_joined_channel event" and "channel_join event". */
export function join(world: World, userId: string, channel: SlackChannel): void {
  if (channel.members.has(userId)) return
  channel.members.add(userId)
  publish(world, 'member_joined_channel', membership(world, 'member_joined_channel', userId, channel), { channel })
}

/** Follows docs.slack.dev "member_left_channel event". */
export function leave(world: World, userId: string, channel: SlackChannel): void {
  if (!channel.members.has(userId)) return
  publish(world, 'member_left_channel', membership(world, 'member_left_channel', userId, channel), { channel })
  channel.members.delete(userId)
}

function membership(world: World, type: string, user: string, channel: SlackChannel) {
  const kind = channelType(channel).charAt(0).toUpperCase()
  return { type, user, channel: channel.id, channel_type: kind, team: world.team.id, event_ts: world.ids.ts() }
}
