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
