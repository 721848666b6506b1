import type { SlackChannel } from './channel.ts'
import type { Json, SlackMessage } from './message.ts'

/** Answers to a message, oldest first, without itself. */
export function repliesTo(channel: SlackChannel, ts: string): SlackMessage[] {
  return channel.messages.filter((message) => message.thread_ts === ts && message.ts !== ts)
}

/** Whether a message stands in the channel itself: no answer, or one that was broadcast. */
export function inChannel(message: SlackMessage): boolean {
  return message.thread_ts === undefined || message.thread_ts === message.ts || message.subtype === 'thread_broadcast'
}

/** A message as its readers get it: a parent says what its thread is. Follows docs.slack.dev "conversations.replies". */
export function shown(channel: SlackChannel, { unfurl, channel: _, ...message }: SlackMessage): Json {
  const replies = repliesTo(channel, message.ts)
  if (replies.length === 0) return { ...message }
  const users = [...new Set(replies.map((reply) => reply.user ?? reply.bot_id ?? ''))]
  return {
    ...message,
    thread_ts: message.ts,
    reply_count: replies.length,
    reply_users_count: users.length,
    reply_users: users,
    latest_reply: replies.at(-1)?.ts,
    is_locked: false,
    subscribed: false,
  }
}
