import type { SlackIdentity } from '../app/app.ts'
import { cardEvent, isOurs, lineEvent } from '../message-ids.ts'
import type { MessagePayload } from './payload.ts'

/** Whose message it is, by what Slack proves. Names that a message gives itself are not in here. */
export interface Author {
  /** A person; null for bots, whoever they say they are. */
  user: string | null
  bot: string | null
  /** What the bot's app is called, where the message shows it. */
  botName: string | null
  /** The workspace they belong to, where the message shows it. */
  team: string | null
}

/** Null when a message does not say whose it is. */
export function authorOf(message: MessagePayload): Author | null {
  const { user, bot_id: bot, bot_profile, user_team, source_team, team } = message
  const theirs = user_team ?? source_team ?? team ?? null
  if (bot) return { user: null, bot, botName: bot_profile?.name ?? null, team: theirs }
  return user ? { user, bot: null, botName: null, team: theirs } : null
}

/**
 * Whether an app of the fleet said it. A role whose token was not proved since the start is none that we know yet: what it said carries
 * our note. Another bot that forges one hides from the record and gains nothing.
 */
export function isFleets(message: MessagePayload, identities: readonly SlackIdentity[]): boolean {
  if (isOurs(message, identities)) return true
  const note = message.metadata?.event_type
  return Boolean(message.bot_id) && (note === lineEvent || note === cardEvent)
}
