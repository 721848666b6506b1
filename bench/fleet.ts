import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type BusUser, busUserName, busUsers } from '../adapters/nats/permissions.ts'
import type { PartName } from '../cli/fleet-process.ts'
import { type Fleet, fleetSchema } from '../core/fleet.ts'
import type { Role } from '../core/role.ts'
import type { NatsServer } from '../test/support/nats.ts'
import { type Program, startProgram } from './program.ts'

/** What runs in a fleet process, and with which servers. */
export interface FleetPlan {
  fleet: Fleet
  roles: Role[]
  parts: PartName[]
  natsUrl: string
  redisUrl: string | null
  embeddedIrc: { host: string; port: number }
  /** Where its Slack is, and the secrets by the names that its platform gives them. */
  slack?: { apiUrl: string; secrets: Record<string, string> }
  /** For the log and the spool; what runs again in the same folder goes on where it was. */
  folder: string
}

/** A fleet of public rooms, whose strangers are members, on these networks. */
export function fleetOn(platforms: object[], rooms = ['breakroom']): Fleet {
  return fleetSchema.parse({
    rooms: Object.fromEntries(rooms.map((room) => [room, { guests: 'member' }])),
    platforms,
  })
}

/** Starts parts in a process of their own; resolves when everybody is in the room. */
export function startFleet(nats: NatsServer, plan: Omit<FleetPlan, 'natsUrl'>): Promise<Program> {
  const users: BusUser[] = busUsers(plan.roles.map(({ name }) => name))
  const seeds = Object.fromEntries(users.map((user) => [busUserName(user), nats.options(user).seed]))
  const file = join(plan.folder, 'plan.json')
  writeFileSync(file, JSON.stringify({ ...plan, natsUrl: nats.url, seeds }), { mode: 0o600 })
  return startProgram('fleet-process.ts', [file])
}
