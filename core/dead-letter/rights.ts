import { type Action, authorize, type Limit, type Tier } from '../authority.ts'
import { parseCommand } from '../command.ts'
import { commandWords } from '../command-options.ts'
import type { InboxEnvelope } from '../handover.ts'
import { isLinked } from '../person.ts'
import { refusal } from '../task/world.ts'

/** What somebody may do now, to be compared with what they might when they asked. */
export interface RightsNow {
  /** The tiers of the people who are known now, by actor. */
  people: ReadonlyMap<string, Tier>
  /** What each role may do for others. */
  limits: ReadonlyMap<string, Limit>
}

/** Somebody who asked for something, with the rights that they had then. */
export interface AskedThen {
  requester: string
  tier: Tier
  chain: readonly string[]
}

const rank: Record<Tier, number> = { none: 0, guest: 1, member: 2, founder: 3 }

/**
 * Throws `denied` unless whoever asked may still do it, through everybody who acted for them, and has all the rights that they had: what
 * is put back says which those were, and whoever reads it believes that.
 */
export function mustStillHold(action: Action, { requester, tier, chain }: AskedThen, now: RightsNow): void {
  // Of a stranger only the room knows what they are; that was said when they spoke.
  const tierNow = isLinked(requester) ? (now.people.get(requester) ?? 'none') : tier
  const agents = chain.map((name) => now.limits.get(name) ?? { name, allows: () => false })
  const verdict = authorize({ action, requester: { actor: requester, tier: tierNow }, chain: agents })
  if (verdict.allowed && rank[tierNow] >= rank[tier]) return
  const sentence =
    'Whoever asked for it has not the rights any more that they had then; !dlq edit says it in your name.'
  throw refusal('rights-lost', sentence, { requester, cause: verdict.allowed ? 'tier' : verdict.rule })
}

/** The right that an item needs. */
export function actionOfItem({ type, data }: InboxEnvelope): Action {
  switch (type) {
    case 'inbox.mention':
      return 'mention'
    case 'inbox.dm':
      return 'dm'
    case 'inbox.ping':
      return 'command.ping'
    case 'inbox.command': {
      const { words, options } = commandWords(data.line.data)
      const parsed = parseCommand(words, options)
      // Whoever answers that it is no command needs no more than this.
      return parsed !== null && 'action' in parsed ? parsed.action : 'command.help'
    }
    default:
      return type satisfies never
  }
}
