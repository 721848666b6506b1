import {
  AckPolicy,
  type ConsumerConfig,
  DeliverPolicy,
  DiscardPolicy,
  jetstreamManager,
  ReplayPolicy,
  RetentionPolicy,
  StorageType,
  type StreamConfig,
} from '@nats-io/jetstream'
import { type NatsConnection, nanos } from '@nats-io/transport-node'
import { BreakroomError } from '../../core/errors.ts'
import { orgSubjects } from '../../core/subject.ts'
import { leaseMs } from '../../ports/bus.ts'
import { createConnection, type NatsOptions } from './connect.ts'
import { busError } from './errors.ts'
import {
  consumerOf,
  defaultLimits,
  deskRole,
  planStreams,
  type StreamLimits,
  type StreamPlan,
  serverFloor,
  workStream,
} from './topology.ts'

/** What has to exist for a fleet. */
export interface FleetOnBus {
  org: string
  /** Names of the roles; the desk's own is added. */
  roles: string[]
  limits?: Partial<StreamLimits>
  /** How long a doorbell belongs to who took it, without a sign of work. */
  taskLeaseMs?: number
}

/**
 * Makes every stream, bucket and consumer of the fleet exist with our settings, as the `admin` user; doing it again
 * changes nothing, and brings back what was deleted by hand. Waits up to `timeoutMs` for the server. Rejects with
 * `server_missing` for a server below the floor, `denied` for a user with too few rights,
 * `unavailable` when it does not answer or has no room.
 */
export async function provision(options: NatsOptions, fleet: FleetOnBus, timeoutMs = 10_000): Promise<void> {
  const connection = createConnection(options)
  try {
    const nc = await connection.whenConnected(AbortSignal.timeout(timeoutMs))
    if (nc === null) {
      throw new BreakroomError('unavailable', `NATS at ${options.servers.join(', ')} does not answer.`, {
        cause: connection.lastError,
      })
    }
    refuseBelowFloor(nc.info?.version ?? '0.0.0')
    await ensureFleet(nc, fleet)
  } catch (error) {
    throw busError('Setting up NATS', error)
  } finally {
    await connection.close()
  }
}

/** Does what `provision` does over a connection that is up. Resolves with the names of what was missing. */
export async function ensureFleet(nc: NatsConnection, fleet: FleetOnBus): Promise<string[]> {
  const manager = await jetstreamManager(nc, { timeout: 5_000 })
  const missing: string[] = []
  const streams = new Map<string, object>()
  for await (const { config } of manager.streams.list()) streams.set(config.name, config)
  for (const wanted of planStreams(fleet.org, { ...defaultLimits, ...fleet.limits }).map(streamConfig)) {
    const existing = streams.get(wanted.name)
    if (existing === undefined) missing.push((await manager.streams.add(wanted)).config.name)
    else if (differs(existing, wanted)) await manager.streams.update(wanted.name, wanted)
  }
  const consumers = new Map<string, object>()
  for await (const { name, config } of manager.consumers.list(workStream)) consumers.set(name, config)
  for (const wanted of planConsumers(fleet)) {
    const existing = consumers.get(wanted.durable_name)
    if (existing === undefined) missing.push((await manager.consumers.add(workStream, wanted)).name)
    else if (differs(existing, wanted)) await manager.consumers.update(workStream, wanted.durable_name, wanted)
  }
  return missing
}

/** Throws `server_missing` when `version` is older than the floor. */
export function refuseBelowFloor(version: string): void {
  const [found, floor] = [version, serverFloor].map((text) => text.split(/[-+]/)[0]?.split('.').map(Number) ?? [])
  for (const [index, least] of (floor ?? []).entries()) {
    const part = found?.[index] ?? 0
    if (part > least) return
    if (!(part >= least)) {
      throw new BreakroomError(
        'server_missing',
        `nats-server ${version} is older than ${serverFloor}; install a newer one.`,
        {
          detail: { name: 'nats-server', found: version, floor: serverFloor },
        },
      )
    }
  }
}

type DurableConfig = ConsumerConfig & { durable_name: string }

/** The queues of every role, of which the desk's has no tasks. */
function planConsumers({ org, roles, taskLeaseMs = leaseMs.tasks }: FleetOnBus): DurableConfig[] {
  const subjects = orgSubjects(org)
  const base = {
    ack_policy: AckPolicy.Explicit,
    deliver_policy: DeliverPolicy.All,
    replay_policy: ReplayPolicy.Instant,
    // Without end: the seat counts, and gives an item up to the dead letters. Were the server to count, an item whose last delivery
    // ended in a crash would stay here for ever, unseen.
    max_deliver: -1,
  }
  const inbox = (role: string): DurableConfig => ({
    ...base,
    durable_name: consumerOf('inbox', role),
    filter_subject: subjects.inbox(role),
    ack_wait: nanos(leaseMs.inbox),
    // One at a time per role, however many processes share it: with more, a redelivered item comes after newer ones of the
    // same speaker.
    max_ack_pending: 1,
  })
  const tasks = (role: string): DurableConfig => ({
    ...base,
    durable_name: consumerOf('tasks', role),
    filter_subject: subjects.tasks(role),
    ack_wait: nanos(taskLeaseMs),
    // A doorbell is held for as long as its task is worked on; processes of one role work side by side.
    max_ack_pending: 64,
  })
  return [...[...new Set([...roles, deskRole])].map(inbox), ...roles.map(tasks)]
}

function streamConfig(plan: StreamPlan): StreamConfig & { name: string } {
  return {
    name: plan.name,
    subjects: plan.subjects,
    storage: StorageType.File,
    retention: plan.retention === 'workqueue' ? RetentionPolicy.Workqueue : RetentionPolicy.Limits,
    discard: plan.discard === 'new' ? DiscardPolicy.New : DiscardPolicy.Old,
    max_bytes: plan.maxBytes,
    max_age: nanos(plan.maxAgeMs),
    max_msgs_per_subject: plan.maxPerSubject,
    duplicate_window: nanos(plan.duplicateWindowMs),
    allow_direct: true,
    allow_rollup_hdrs: plan.rollup,
    deny_delete: plan.immutable || plan.rollup,
    deny_purge: plan.immutable,
  } as StreamConfig & { name: string }
}

function differs(existing: object, wanted: object): boolean {
  const found = existing as Record<string, unknown>
  return Object.entries(wanted).some(
    ([key, value]) => JSON.stringify(found[key] ?? absent(value)) !== JSON.stringify(value),
  )
}

/** The server leaves out what is false, 0 or empty. */
function absent(value: unknown): unknown {
  return value === false || value === 0 ? value : undefined
}
