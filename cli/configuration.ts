import type { ErgoMembers } from '../adapters/servers/ergo.ts'
import type { Fleet } from '../core/fleet.ts'
import type { Role } from '../core/role.ts'

/** What breakroom.yaml and roles/ say. */
export interface Configuration {
  fleet: Fleet
  roles: Role[]
}

/** The first public room: where the house says what concerns everybody. */
export function homeRoomOf({ fleet }: Configuration): string | null {
  return Object.keys(fleet.rooms).find((room) => fleet.rooms[room]?.visibility === 'public') ?? null
}

/** Who and what the embedded network has to know. */
export function ergoMembers({ fleet, roles }: Configuration): ErgoMembers {
  const embedded = fleet.platforms.find((platform) => platform.embedded)
  return {
    org: fleet.org,
    nicks: roles.map(({ nick }) => nick),
    rooms: Object.entries(embedded?.rooms ?? {}).map(([room, channel]) => ({
      channel,
      topic: fleet.rooms[room]?.topic,
    })),
  }
}

export function roleNames({ roles }: Configuration): string[] {
  return roles.map(({ name }) => name)
}
