import { z } from 'zod'
import { timestamp } from '../timestamp.ts'

const word = z.string().max(300)

const fileShape = z.object({
  name: z.string().nullish(),
  title: z.string().nullish(),
  mimetype: z.string().nullish(),
  size: z.number().min(0).nullish(),
  permalink: z.string().nullish(),
})

/**
 * A message as events and histories carry it. What says who said what has to be as documented; what else is not counts as not there.
 */
export const messageShape = z.object({
  ts: timestamp,
  subtype: word.nullish(),
  text: z.string().nullish(),
  user: word.nullish(),
  bot_id: word.nullish(),
  app_id: word.nullish(),
  team: word.nullish(),
  user_team: word.nullish(),
  source_team: word.nullish(),
  thread_ts: timestamp.nullish(),
  edited: z.object({ ts: timestamp }).nullish(),
  reply_count: z.number().nullish().catch(null),
  latest_reply: timestamp.nullish().catch(null),
  bot_profile: z.object({ name: word.nullish() }).nullish().catch(null),
  files: z.array(fileShape.nullable().catch(null)).nullish().catch(null),
  attachments: z
    .array(z.object({ fallback: z.string().nullish(), text: z.string().nullish() }))
    .nullish()
    .catch(null),
  metadata: z.object({ event_type: word }).nullish().catch(null),
})
export type MessagePayload = z.infer<typeof messageShape>

/** A `message` or `app_mention` event. */
export const messageEventShape = messageShape.extend({
  channel: word,
  hidden: z.boolean().nullish(),
  deleted_ts: timestamp.nullish(),
  message: messageShape.nullish(),
  previous_message: messageShape.nullish().catch(null),
})
export type MessageEvent = z.infer<typeof messageEventShape>

/** A `reaction_added` or `reaction_removed` event. */
export const reactionEventShape = z.object({
  type: z.enum(['reaction_added', 'reaction_removed']),
  user: word,
  reaction: word,
  item: z.object({ type: word, channel: word.nullish(), ts: timestamp.nullish() }),
  event_ts: timestamp,
})
export type ReactionEvent = z.infer<typeof reactionEventShape>

/** A user as `users.list`, `users.info` and `user_change` show them. */
export const userShape = z.object({
  id: word,
  team_id: word.nullish(),
  name: z.string().nullish(),
  real_name: z.string().nullish(),
  deleted: z.boolean().nullish(),
  is_bot: z.boolean().nullish(),
  is_workflow_bot: z.boolean().nullish(),
  is_restricted: z.boolean().nullish(),
  is_ultra_restricted: z.boolean().nullish(),
  is_stranger: z.boolean().nullish(),
  profile: z.object({ display_name: z.string().nullish(), real_name: z.string().nullish() }).nullish().catch(null),
})
export type UserPayload = z.infer<typeof userShape>

/** A conversation as lists show it. */
export const channelShape = z.object({ id: word, name: z.string().nullish() })

/** A page of a list; what of it cannot be read is left out. */
export function itemsOf<T>(list: unknown, shape: z.ZodType<T>): T[] {
  if (!Array.isArray(list)) return []
  return list.flatMap((item) => {
    const read = shape.safeParse(item)
    return read.success ? [read.data] : []
  })
}
