import { type Action, authorize, type Limit, type Tier } from '../core/authority.ts'
import { oneLine } from '../core/clean-text.ts'
import { BreakroomError } from '../core/errors.ts'
import type { Fleet } from '../core/fleet.ts'
import type { Reader } from '../core/knowledge/access.ts'
import { type RoomsOfRoles, readerOf } from '../core/knowledge/reader.ts'
import type { KnowledgeRequest } from '../core/knowledge/request.ts'

/** Who asks, as the bus proved it, and what an answer to them may be made of. */
export interface Asker {
  actor: string
  tier: Tier
  name: string
  /** Agents between them and us, each of which narrows what may be done and read. */
  chain: readonly string[]
  reader: Reader
}

/** What has to be known to tell who asks. */
export interface Askers {
  fleet: Pick<Fleet, 'rooms'>
  /** Roles by their subject tokens. */
  roleOfToken: ReadonlyMap<string, string>
  /** Roles that answer questions: they say for whom they ask. */
  seats: ReadonlySet<string>
  roomsOfRoles: RoomsOfRoles
}

/** Doors that say for whom they ask. */
const doors: readonly string[] = ['breakroom', 'gateway']

/**
 * Who asks, from the token that the bus let them call with. A role is itself, whatever it writes, unless it is a seat that answers
 * questions: that says for whom. The command line belongs to whoever has the house's files, who may read them all. Throws `denied` for a
 * caller that is none of these, `usage` for one that does not say for whom it asks.
 */
export function askerOf(caller: string, request: KnowledgeRequest, askers: Askers): Asker {
  const { fleet, roleOfToken, seats, roomsOfRoles } = askers
  const { by, chain, place } = request
  const role = roleOfToken.get(caller)
  if (role !== undefined && !seats.has(role)) {
    const alone = { requester: role, tier: 'none' as const, chain: [], room: null }
    return { actor: role, tier: 'none', name: role, chain: [], reader: readerOf(alone, fleet, roomsOfRoles) }
  }
  if (role === undefined && caller !== 'cli' && !doors.includes(caller)) {
    throw new BreakroomError('denied', 'Nobody may ask the knowledge proxy through that door (rule: door).', {
      detail: { rule: 'door', requester: caller },
    })
  }
  if (by === null) throw new BreakroomError('usage', 'Say for whom you ask.')
  // It ends up in sentences of ours.
  const who = { actor: by.actor, tier: by.tier, name: oneLine(by.name, 64) }
  if (caller === 'cli') return { ...who, chain: [], reader: { rooms: new Set(Object.keys(fleet.rooms)) } }
  const through = role === undefined ? chain : [...chain, role]
  const room = place === null || place.alone ? null : place.room.name
  const audience = { requester: by.actor, tier: by.tier, chain: through, room }
  return { ...who, chain: through, reader: readerOf(audience, fleet, roomsOfRoles) }
}

/**
 * The request as it is kept: what a role asks for itself has names of its own and stands in no room, so that it can neither be given somebody
 * else's answer by naming their request, nor have its question understood from somebody else's conversation, nor have it shown, or
 * taken for one of theirs, where others talk.
 */
export function ownRequest(request: KnowledgeRequest, asker: Asker, { roleOfToken, seats }: Askers): KnowledgeRequest {
  const isRole = [...roleOfToken.values()].includes(asker.actor)
  if (!isRole || asker.chain.some((agent) => seats.has(agent))) return request
  const its = (name: string) => `role:${asker.actor}:${name}`
  return {
    ...request,
    id: its(request.id),
    trace: its(request.trace),
    place: null,
    conversation: its(request.conversation),
  }
}

/** Checks rights at the last door; throws `denied` with the rule. Every agent on the way narrows them. */
export function mayOrThrow(action: Action, asker: Asker, limits: ReadonlyMap<string, Limit>): void {
  const isRole = limits.has(asker.actor)
  const agents = [...asker.chain, ...(isRole ? [asker.actor] : [])]
  const chain = agents.map((name) => limits.get(name) ?? { name, allows: () => false })
  const verdict = authorize({ action, requester: asker, chain })
  if (verdict.allowed) return
  const detail = { rule: verdict.rule, requester: asker.actor }
  throw new BreakroomError('denied', verdict.sentence, { detail })
}
