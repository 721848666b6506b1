import type { SlackIdentity } from '../app/app.ts'
import { type ReactionEvent, reactionEventShape } from './payload.ts'

/** What a reaction event is to us: `nothing` when we reacted ourselves, or to something that nobody said. */
export type ReactionReading =
  | { is: 'reaction'; event: ReactionEvent; channel: string; ts: string }
  | { is: 'nothing' }
  | { is: 'malformed' }

/** Reads a `reaction_added` or `reaction_removed` event. Never throws. */
export function readReaction(event: Record<string, unknown>, identities: readonly SlackIdentity[]): ReactionReading {
  const read = reactionEventShape.safeParse(event)
  if (!read.success) return { is: 'malformed' }
  const { user, item } = read.data
  if (item.type !== 'message' || identities.some((ours) => ours.user === user)) return { is: 'nothing' }
  if (!item.channel || !item.ts) return { is: 'malformed' }
  return { is: 'reaction', event: read.data, channel: item.channel, ts: item.ts }
}
