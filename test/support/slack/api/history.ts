// Follows docs.slack.dev "conversations.history" and "conversations.replies".
import type { SlackChannel } from '../channel.ts'
import { channelMessages } from '../conversation.ts'
import type { Json, SlackMessage } from '../message.ts'
import { repliesTo, shown } from '../thread.ts'
import { flag, needed, text } from './args.ts'
import { readableChannel } from './conversation-access.ts'
import type { Method } from './method.ts'
import { page } from './paging.ts'
import { Refusal } from './refusal.ts'

/** Newest first; answers in threads are not in it. */
export const conversationsHistory: Method = (call) => {
  const channel = readableChannel(call)
  const within = channelMessages(channel).filter((message) => inRange(message, call.args))
  const { items, next } = page(within.reverse(), call.args, { unsaid: 100, most: 999 })
  return {
    messages: items.map((message) => readable(channel, message, call.args)),
    has_more: next !== '',
    pin_count: 0,
    ...(next === '' ? {} : { response_metadata: { next_cursor: next } }),
  }
}

/** Oldest first; every page begins with the parent, whatever the range. */
export const conversationsReplies: Method = (call) => {
  const channel = readableChannel(call)
  const ts = needed(call.args, 'ts')
  const parent = channel.messages.find((message) => message.ts === ts)
  if (parent === undefined) throw new Refusal('thread_not_found')
  const within = repliesTo(channel, ts).filter((message) => inRange(message, call.args))
  const { items, next } = page(within, call.args, { unsaid: 999, most: 1000 })
  return {
    messages: [parent, ...items].map((message) => readable(channel, message, call.args)),
    has_more: next !== '',
    ...(next === '' ? {} : { response_metadata: { next_cursor: next } }),
  }
}

function inRange({ ts }: SlackMessage, args: Json): boolean {
  const at = Number(ts)
  const oldest = Number(text(args, 'oldest') ?? 0)
  const latest = Number(text(args, 'latest') ?? Number.POSITIVE_INFINITY)
  return flag(args, 'inclusive') ? at >= oldest && at <= latest : at > oldest && at < latest
}

function readable(channel: SlackChannel, message: SlackMessage, args: Json): Json {
  const { metadata, ...rest } = shown(channel, message)
  return metadata !== undefined && flag(args, 'include_all_metadata') ? { ...rest, metadata } : rest
}
