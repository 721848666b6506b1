// Follows the errors of docs.slack.dev "conversations.info" and "conversations.history".
import type { SlackChannel } from '../channel.ts'
import { needed } from './args.ts'
import type { Call } from './method.ts'
import { Refusal } from './refusal.ts'
import { demandConversationScope } from './scopes.ts'

/** The conversation that a call names, if its app may know of it. A private one without the app does not exist for it. */
export function visibleChannel({ world, caller, args }: Call): SlackChannel {
  const channel = world.channels.get(needed(args, 'channel', 'channel_not_found'))
  if (channel === undefined) throw new Refusal('channel_not_found')
  const member = channel.members.has(caller.app.botUserId)
  if (channel.kind !== 'public' && !member) throw new Refusal('channel_not_found')
  return channel
}

/** The conversation whose messages a call wants to read. */
export function readableChannel(call: Call): SlackChannel {
  const channel = visibleChannel(call)
  demandConversationScope(call.caller, channel, 'history')
  if (!channel.members.has(call.caller.app.botUserId)) throw new Refusal('not_in_channel')
  return channel
}
