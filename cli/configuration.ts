import { join } from 'node:path'
import type { ErgoMembers } from '../adapters/servers/ergo.ts'
import { fleetFile } from '../adapters/yaml/load-fleet.ts'
import { configInvalid } from '../adapters/yaml/problem.ts'
import { readYaml } from '../adapters/yaml/read-yaml.ts'
import { embeddedNetwork, type Fleet, fleetSchema, publicRooms } from '../core/fleet.ts'
import type { Role } from '../core/role.ts'

/** What breakroom.yaml and roles/ say. */
export interface Configuration {
  fleet: Fleet
  roles: Role[]
}

/** What breakroom.yaml says, whatever is in roles/. Throws `config_invalid`. */
export function loadFleetAlone(folder: string): Fleet {
  const read = readYaml(join(folder, fleetFile), fleetFile, fleetSchema)
  if ('problems' in read) throw configInvalid(read.problems)
  return read.value
}

/** The first public room: where the house says what concerns everybody. */
export function homeRoomOf({ fleet }: Configuration): string | null {
  return publicRooms(fleet)[0] ?? null
}

/** Whoever sits at this machine is the first founder under `people:`; null when nobody is one. */
export function founderOf({ people }: Fleet): { id: string; name: string } | null {
  const found = Object.entries(people).find(([, { tier }]) => tier === 'founder')
  return found === undefined ? null : { id: found[0], name: found[1].name }
}

/** Who and what the embedded network has to know. */
export function ergoMembers({ fleet, roles }: Configuration): ErgoMembers {
  const embedded = embeddedNetwork(fleet)
  return {
    org: fleet.org,
    nicks: roles.map(({ nick }) => nick),
    rooms: Object.entries(embedded?.rooms ?? {}).map(([room, channel]) => ({
      channel,
      topic: fleet.rooms[room]?.topic,
    })),
  }
}

/** The names of all roles, in the order of their files. */
export function roleNames({ roles }: Configuration): string[] {
  return roles.map(({ name }) => name)
}
