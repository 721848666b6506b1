import { setTimeout as pause } from 'node:timers/promises'
import { type Msg, type NatsConnection, nanos, nuid } from '@nats-io/transport-node'
import { sentenceOf } from '../../core/errors.ts'
import type { Connection } from './connect.ts'
import { type Delivery, parseDelivery } from './delivery.ts'
import { requestApi } from './js-api.ts'
import { createMailbox, type Mailbox } from './mailbox.ts'
import { openPull, type Pull } from './pull.ts'
import { whileUp } from './while-up.ts'

/** What to follow. */
export interface Following {
  stream: string
  /** Subjects with NATS wildcards; all when empty. */
  filters: string[]
  /** After this sequence, or from the newest entry of each filtered subject on. */
  from: { after: number } | 'latest'
  /** Called each time a consumer was made, with how many entries it has for us. */
  onStart?(waiting: number): void
  signal: AbortSignal
}

/** One stored message. */
export interface StoredEntry extends Delivery {
  msg: Msg
}

/** Larger batches did not read faster; this one is at most a few hundred KB in memory. */
const batch = 256

const heartbeatMs = 2_000

/**
 * Yields what a stream stores, in stream order, each entry once, until `signal` aborts. Whatever goes wrong (disconnect, a
 * restarted server, a lost consumer, a hole in the deliveries) ends in a new consumer after the last entry yielded.
 */
export async function* follow(connection: Connection, following: Following): AsyncGenerator<StoredEntry> {
  const { stream, signal } = following
  const { log, user } = connection.options
  let from = following.from
  let failures = 0
  while (!signal.aborted && !connection.closed) {
    const nc = await connection.whenConnected(signal)
    if (nc === null) return
    let session: Session | undefined
    try {
      session = await openSession(nc, connection, { ...following, from })
      following.onStart?.(session.waiting)
      failures = 0
      for (let entry = await session.next(); entry !== null; entry = await session.next()) {
        from = { after: entry.streamSeq }
        yield entry
        if (signal.aborted) return
      }
    } catch (error) {
      failures += 1
      if (failures === 1) log.warn({ user, stream, error: sentenceOf(error) }, 'nats: cannot read the stream yet')
    } finally {
      session?.close()
    }
    await pause(Math.min(50 * 2 ** failures, 2_000), undefined, { signal }).catch(() => {})
  }
}

interface Session {
  readonly waiting: number
  next(): Promise<StoredEntry | null>
  close(): void
}

async function openSession(nc: NatsConnection, connection: Connection, following: Following): Promise<Session> {
  const { stream, signal } = following
  const { log, user } = connection.options
  const { name, waiting } = await whileUp(connection, createConsumer(nc, following))
  const entries = createMailbox<StoredEntry>()
  const over = new AbortController()
  const end = (reason: string) => {
    if (over.signal.aborted) return
    over.abort()
    if (!signal.aborted) log.info({ user, stream, reason }, 'nats: reading the stream anew')
    entries.end()
  }
  const pull = openPull(
    nc,
    user,
    { stream, consumer: name, heartbeatMs },
    {
      message: receive(entries, end),
      expired: () => refill(pull, entries),
      over: end,
    },
  )
  connection.onChange((connected) => connected || end('connection lost'), over.signal)
  signal.addEventListener('abort', () => end('stopped'), { once: true, signal: over.signal })
  if (signal.aborted || connection.live !== nc) end('connection lost')
  refill(pull, entries)
  return {
    waiting,
    async next() {
      const entry = await entries.take()
      refill(pull, entries)
      return over.signal.aborted ? null : entry
    },
    close() {
      end('stopped')
      pull.close()
      if (connection.live === nc) nc.publish(`$JS.API.CONSUMER.DELETE.${stream}.${name}`)
    },
  }
}

function receive(entries: Mailbox<StoredEntry>, end: (reason: string) => void): (msg: Msg) => void {
  let expected = 1
  return (msg) => {
    const delivery = parseDelivery(msg.reply ?? '')
    if (delivery.consumerSeq !== expected) return end(`delivery ${delivery.consumerSeq} instead of ${expected}`)
    expected += 1
    entries.push({ ...delivery, msg })
  }
}

/** Keeps between half a batch and a batch and a half asked for or waiting: a slow reader does not fill the memory. */
function refill(pull: Pull, entries: Mailbox<StoredEntry>): void {
  if (pull.wanted + entries.size <= batch / 2) pull.request(batch)
}

async function createConsumer(nc: NatsConnection, { stream, filters, from }: Following) {
  const name = nuid.next()
  const start =
    from === 'latest'
      ? { deliver_policy: 'last_per_subject' }
      : { deliver_policy: 'by_start_sequence', opt_start_seq: from.after + 1 }
  const config = {
    ...start,
    name,
    ack_policy: 'none',
    replay_policy: 'instant',
    mem_storage: true,
    num_replicas: 1,
    inactive_threshold: nanos(60_000),
    ...(filters.length > 0 ? { filter_subjects: filters } : {}),
  }
  const info = await requestApi(nc, `CONSUMER.CREATE.${stream}.${name}`, {
    stream_name: stream,
    config,
    action: 'create',
  })
  return { name, waiting: Number(info.num_pending ?? 0) }
}
