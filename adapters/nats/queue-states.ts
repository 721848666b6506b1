import type { NatsConnection } from '@nats-io/transport-node'
import { orgSubjects } from '../../core/subject.ts'
import type { WorkQueue } from '../../ports/bus.ts'
import type { QueueState, QueueStates } from '../../ports/queue-states.ts'
import { ask } from './ask.ts'
import type { Connection } from './connect.ts'
import { requestApi } from './js-api.ts'
import { consumerOf, deskRole, workStream } from './topology.ts'

/** What the server says of a consumer, as far as it matters here. Durations in ns, moments by its own clock. */
interface ConsumerInfo {
  name: string
  ts: string
  config: { filter_subject?: string; ack_wait?: number }
  delivered: { last_active?: string }
  num_pending: number
  num_ack_pending: number
  num_waiting: number
}

type Place = Pick<QueueState, 'role' | 'queue'>

/**
 * How the queues of these roles and of the desk stand: one request for each 256 of the consumers that there are. One that hears another
 * subject than it should is as good as missing.
 */
export function createQueueStates(connection: Connection, org: string, roles: readonly string[]): QueueStates {
  const subjects = orgSubjects(org)
  const places = new Map<string, Place & { subject: string }>()
  const add = (role: string, queue: WorkQueue, subject: string) =>
    places.set(consumerOf(queue, role), { role, queue, subject })
  for (const role of new Set([...roles, deskRole])) add(role, 'inbox', subjects.inbox(role))
  for (const role of roles) add(role, 'tasks', subjects.tasks(role))

  return {
    async look() {
      const consumers = await ask(connection, 'Looking at the queues', listConsumers)
      return consumers.flatMap((info) => {
        const place = places.get(info.name)
        return place === undefined || info.config.filter_subject !== place.subject ? [] : [stateOf(place, info)]
      })
    },
  }
}

function stateOf({ role, queue }: Place, info: ConsumerInfo): QueueState {
  const lapsed = isLapsed(info) ? info.num_ack_pending : 0
  return {
    role,
    queue,
    waiting: info.num_pending + lapsed,
    inHand: info.num_ack_pending - lapsed,
    // A request lives a minute, and is gone at once with its connection. So a process that was stopped, or whose socket is half open, seems
    // to ask for up to a minute; the first item that comes is handed to it, and uses its request up.
    pulled: info.num_waiting > 0,
  }
}

/**
 * Whether what is handed out belongs to nobody any more. The server says so by itself only when somebody asks for the next: until then it
 * goes on counting it as handed out, however long ago its lease ended. `last_active` is moved on by each delivery and by each sign of work
 * (`+WPI`), of any item; after a restart of the server it is not there until the next of those, which a seat gives four times a lease.
 */
function isLapsed({ ts, config, delivered }: ConsumerInfo): boolean {
  if (delivered.last_active === undefined) return true
  return Date.parse(ts) - Date.parse(delivered.last_active) > (config.ack_wait ?? 0) / 1e6
}

async function listConsumers(nc: NatsConnection): Promise<ConsumerInfo[]> {
  const first = await page(nc, 0)
  const offsets: number[] = []
  for (let offset = first.limit; offset < first.total; offset += first.limit) offsets.push(offset)
  const others = await Promise.all(offsets.map((offset) => page(nc, offset)))
  return [first, ...others].flatMap(({ consumers }) => consumers ?? [])
}

interface Page {
  total: number
  /** How many there are on a page. */
  limit: number
  consumers: ConsumerInfo[] | null
}

async function page(nc: NatsConnection, offset: number): Promise<Page> {
  return (await requestApi(nc, `CONSUMER.LIST.${workStream}`, { offset })) as unknown as Page
}
