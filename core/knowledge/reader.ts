import type { Tier } from '../authority.ts'
import type { Fleet } from '../fleet.ts'
import { publicRooms } from '../fleet.ts'
import { isLinked } from '../person.ts'
import type { Reader } from './access.ts'

/** Who asks, and who will see the answer. */
export interface Audience {
  /** `human-<id>`, or a role. */
  requester: string
  tier: Tier
  /** Agents that ask for them, and the seat that answers; each narrows what may be used. */
  chain: readonly string[]
  /** The room where everybody reads the answer; null when the requester alone does. */
  room: string | null
}

/** Which rooms the roles sit in, by role. */
export type RoomsOfRoles = ReadonlyMap<string, readonly string[]>

/**
 * What an answer may be made of: what everybody who will read it may read, and every agent on the way. A room's name counts only when it
 * is a room of the fleet; a person's rooms are those that list them as a member, and only for people whom we know.
 */
export function readerOf(audience: Audience, { rooms }: Pick<Fleet, 'rooms'>, roles: RoomsOfRoles): Reader {
  const open = publicRooms({ rooms })
  const all = Object.keys(rooms)
  const whole = audience.room === null ? roomsOf(audience, rooms, roles) : new Set([audience.room])
  const allowed = all.filter(
    (room) => whole.has(room) && audience.chain.every((agent) => roles.get(agent)?.includes(room) ?? false),
  )
  return { rooms: new Set([...open, ...allowed]) }
}

function roomsOf({ requester, tier }: Audience, rooms: Fleet['rooms'], roles: RoomsOfRoles): ReadonlySet<string> {
  const own = roles.get(requester)
  if (own !== undefined) return new Set(own)
  if (!isLinked(requester) || (tier !== 'member' && tier !== 'founder')) return new Set()
  const id = requester.slice('human-'.length)
  return new Set(Object.keys(rooms).filter((room) => rooms[room]?.members?.includes(id)))
}
