import type { Presence } from '../../ports/presence.ts'
import type { Timers } from '../../ports/timers.ts'
import { createBullTimers } from '../bullmq/timers.ts'
import { createMemoryPresence } from '../memory/presence.ts'
import { createMemoryTimers } from '../memory/timers.ts'
import { createNats, type Nats } from '../nats/nats.ts'
import { createRedisPresence } from '../redis/presence.ts'
import type { PartContext } from './part-context.ts'

/** A part's connection to the bus, as the user that it is there. */
export function connectPart({ natsUrl, seed, log, metrics }: PartContext, user: string): Nats {
  return createNats({ servers: [natsUrl], seed: seed(user), user, log, metrics })
}

/** Where presence is kept: in Redis, or in memory where there is none. */
export function presenceFor({ redisUrl, fleet, clock }: PartContext): Presence {
  return redisUrl === null ? createMemoryPresence({ clock }) : createRedisPresence({ url: redisUrl, org: fleet.org })
}

/** What rings for deadlines: Redis, or this process where there is none. */
export function timersFor({ redisUrl, fleet, clock, log }: PartContext): Timers {
  return redisUrl === null ? createMemoryTimers({ clock }) : createBullTimers({ url: redisUrl, org: fleet.org, log })
}
