// Follows docs.slack.dev "conversations.list", "conversations.info", "conversations.members", "conversations.open",
// "conversations.join" and "users.conversations".
import type { SlackChannel } from '../channel.ts'
import { join } from '../membership.ts'
import type { Json } from '../message.ts'
import { addChannel, directChannel } from '../world.ts'
import { flag, list, text } from './args.ts'
import { visibleChannel } from './conversation-access.ts'
import type { Call, Method } from './method.ts'
import { page } from './paging.ts'
import { Refusal } from './refusal.ts'
import { demandConversationScope } from './scopes.ts'

const kinds: Record<string, SlackChannel['kind']> = {
  public_channel: 'public',
  private_channel: 'private',
  im: 'im',
  mpim: 'mpim',
}

export const conversationsList: Method = (call) => listed(call, () => true)

export const usersConversations: Method = (call) => {
  const user = text(call.args, 'user') ?? call.caller.app.botUserId
  return listed(call, (channel) => channel.members.has(user))
}

export const conversationsInfo: Method = (call) => {
  const channel = visibleChannel(call)
  demandConversationScope(call.caller, channel, 'read')
  const members = flag(call.args, 'include_num_members') ? { num_members: channel.members.size } : {}
  return { channel: { ...channelObject(call, channel), ...members } }
}

export const conversationsMembers: Method = (call) => {
  const channel = visibleChannel(call)
  demandConversationScope(call.caller, channel, 'read')
  const { items, next } = page([...channel.members], call.args, { unsaid: 100, most: 1000 })
  return { members: items, response_metadata: { next_cursor: next } }
}

export const conversationsOpen: Method = (call) => {
  const { world, caller, args } = call
  const users = list(args, 'users')
  if (text(args, 'channel') !== undefined) return { channel: { id: visibleChannel(call).id } }
  if (users.length === 0) throw new Refusal('users_list_not_supplied')
  for (const id of users) {
    const user = world.users.get(id)
    if (user === undefined) throw new Refusal('user_not_found')
    if (user.deactivated) throw new Refusal('user_disabled')
    if (user.kind === 'bot') throw new Refusal('cannot_dm_bot')
  }
  const [first = ''] = users
  demandConversationScope(caller, { kind: users.length === 1 ? 'im' : 'mpim' }, 'write')
  if (users.length === 1) return { channel: { id: directChannel(world, caller.app.botUserId, first).id } }
  const members = new Set([caller.app.botUserId, ...users])
  return { channel: { id: addChannel(world, { id: world.ids.next('G'), name: 'mpdm', kind: 'mpim', members }).id } }
}

export const conversationsJoin: Method = (call) => {
  const channel = visibleChannel(call)
  if (channel.kind !== 'public') throw new Refusal('method_not_supported_for_channel_type')
  if (channel.archived) throw new Refusal('is_archived')
  const already = channel.members.has(call.caller.app.botUserId)
  join(call.world, call.caller.app.botUserId, channel)
  return { channel: channelObject(call, channel), ...(already ? { warning: 'already_in_channel' } : {}) }
}

function listed(call: Call, also: (channel: SlackChannel) => boolean): Json {
  const { world, caller, args } = call
  const wanted = list(args, 'types').map((type) => {
    const kind = kinds[type]
    if (kind === undefined) throw new Refusal('invalid_types')
    demandConversationScope(caller, { kind }, 'read')
    return kind
  })
  if (wanted.length === 0) demandConversationScope(caller, { kind: 'public' }, 'read')
  const found = [...world.channels.values()].filter(
    (channel) =>
      (wanted.length === 0 ? ['public'] : wanted).includes(channel.kind) &&
      (channel.kind === 'public' || channel.members.has(caller.app.botUserId)) &&
      !(channel.archived && flag(args, 'exclude_archived')) &&
      also(channel),
  )
  const { items, next } = page(found, args, { unsaid: 100, most: 1000 })
  return { channels: items.map((channel) => channelObject(call, channel)), response_metadata: { next_cursor: next } }
}

function channelObject({ world, caller }: Call, channel: SlackChannel): Json {
  const me = caller.app.botUserId
  const common = { id: channel.id, created: 0, is_archived: channel.archived, context_team_id: world.team.id }
  if (channel.kind === 'im') {
    const other = [...channel.members].find((id) => id !== me)
    return {
      ...common,
      is_im: true,
      is_mpim: false,
      user: other,
      is_user_deleted: world.users.get(other ?? '')?.deactivated,
    }
  }
  return {
    ...common,
    name: channel.name,
    name_normalized: channel.name,
    is_channel: channel.kind === 'public',
    is_group: channel.kind === 'private',
    is_im: false,
    is_mpim: channel.kind === 'mpim',
    is_private: channel.kind !== 'public',
    is_general: false,
    is_shared: channel.shared,
    is_ext_shared: channel.shared,
    is_org_shared: false,
    is_member: channel.members.has(me),
    topic: { value: '', creator: '', last_set: 0 },
    purpose: { value: '', creator: '', last_set: 0 },
    num_members: channel.members.size,
  }
}
