import { jetstream } from '@nats-io/jetstream'
import { Redis } from 'ioredis'
import { ledgerStream } from '../adapters/nats/topology.ts'
import type { PartName } from '../cli/fleet-process.ts'
import type { Envelope } from '../core/envelope.ts'
import { asCommit } from '../core/task/commit.ts'
import { type NatsServer, startProvisionedNats } from '../test/support/nats.ts'
import { temporaryFolder, until } from '../test/support/process.ts'
import { type RedisServer, startRedis } from '../test/support/redis.ts'
import { startFleet } from './fleet.ts'
import type { Program } from './program.ts'
import { type Doors, draft, openDoors, org, rolesOf, taskFleet, taskRoles } from './tasks-doors.ts'

/** A task service of its own with a Redis that rings for its deadlines. */
export interface Clockwork extends AsyncDisposable {
  nats: NatsServer
  redis: RedisServer
  service: Program
  doors: Doors
  /** For what the service would never do. */
  client: Redis
  /** How many timers Redis has. */
  waiting(): Promise<number>
}

/** Starts a service with these parts beside it; `fill` may write into its ledger before. */
export async function startClockwork(
  parts: PartName[] = ['tasks'],
  fill: (nats: NatsServer) => Promise<unknown> = async () => {},
): Promise<Clockwork> {
  await using begun = new AsyncDisposableStack()
  const redis = begun.use(await startRedis())
  const nats = begun.use(await startProvisionedNats({ roles: [...taskRoles] }))
  const folder = begun.use(temporaryFolder()).path
  await fill(nats)
  const fleet = taskFleet()
  const embeddedIrc = { host: '127.0.0.1', port: 0 }
  const plan = { fleet, roles: rolesOf(taskRoles), parts, redisUrl: redis.url, embeddedIrc, folder }
  const service = begun.use(await startFleet(nats, plan))
  const client = new Redis(redis.url, { maxRetriesPerRequest: 0 })
  client.on('error', () => {})
  begun.defer(() => client.disconnect())
  const doors = openDoors(nats)
  await doors.desk('next', { role: 'cto' })
  const all = begun.move()
  const waiting = () => client.zcard(`${org}:bullmq:timers:delayed`)
  return { nats, redis, service, doors, client, waiting, [Symbol.asyncDispose]: () => all.disposeAsync() }
}

/** What alice asks for, to be acknowledged within so many seconds. */
export function dueIn(seconds: number, number = 0) {
  const ack_within_seconds = Math.max(1, Math.round(seconds))
  return draft({ role: number % 2 === 0 ? 'cto' : 'devops', sla: { ack_within_seconds } })
}

/** Asks for `count` tasks that fall due between `seconds` and `seconds + spread` from when each is asked for. */
export async function askFor(
  { desk }: Pick<Doors, 'desk'>,
  { count, seconds, spread }: { count: number; seconds: number; spread: number },
): Promise<void> {
  let asked = 0
  const one = async () => {
    while (asked < count) {
      const number = asked++
      await desk('assign', { draft: dueIn(seconds + (spread * number) / count, number) })
    }
  }
  await Promise.all(Array.from({ length: 16 }, one))
}

/** A task with its deadline to acknowledge it. */
export interface Deadline {
  key: string
  /** When the bus stored the task, ms since 1970. */
  createdAt: number
  due: number
  /** When the bus stored that it was breached, ms since 1970: once for each time. */
  rung: number[]
}

/** The deadlines of all tasks as the ledger has them, by the moments at which the bus stored its entries. */
export async function readDeadlines(nats: NatsServer): Promise<Map<string, Deadline>> {
  const consumer = await jetstream(await nats.raw({ kind: 'admin' })).consumers.get(ledgerStream)
  const found = new Map<string, Deadline>()
  if ((await consumer.info(true)).num_pending === 0) return found
  for await (const message of await consumer.consume()) {
    const at = Number(message.timestampNanos) / 1e6
    const commit = asCommit(message.json<Envelope>())
    for (const event of commit.events) {
      if (event.type === 'created') {
        const within = event.spec.sla.ack_within_seconds
        const due = within === undefined ? Number.NaN : Date.parse(commit.at) + within * 1_000
        found.set(commit.key, { key: commit.key, createdAt: at, due, rung: [] })
      }
      if (event.type === 'breached') found.get(commit.key)?.rung.push(at)
    }
    if (message.info.pending === 0) break
  }
  return found
}

/** Waits until so many deadlines were breached, by what the service tells the rooms. Call it before the first is due. */
export async function breaches(nats: NatsServer): Promise<{ reach(count: number, timeoutMs: number): Promise<void> }> {
  const watcher = await nats.raw({ kind: 'admin' })
  let told = 0
  watcher.subscribe('events.*.task.breached', { callback: () => void told++ })
  await watcher.flush()
  return {
    async reach(count, timeoutMs) {
      await until(`${count} deadlines are breached`, () => told >= count, timeoutMs)
    },
  }
}

/** What became of deadlines: how late each rang, in ms, and how many rang early or not exactly once. */
export function judge(deadlines: Iterable<Deadline>): { late: number[]; early: number; notOnce: number } {
  const all = [...deadlines]
  const late = all.flatMap(({ due, rung }) => rung.slice(0, 1).map((at) => at - due))
  return {
    late,
    early: late.filter((ms) => ms < 0).length,
    notOnce: all.filter(({ rung }) => rung.length !== 1).length,
  }
}
