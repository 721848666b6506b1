import { setImmediate as nextTurn, setTimeout as pause } from 'node:timers/promises'
import type { Msg, NatsConnection } from '@nats-io/transport-node'
import { decodeEnvelope } from '../../core/envelope.ts'
import { isBreakroomError } from '../../core/errors.ts'
import { type Inbox, leaseMs, type WorkItem, type WorkQueue } from '../../ports/bus.ts'
import type { Connection } from './connect.ts'
import { parseDelivery } from './delivery.ts'
import { awayError, busError } from './errors.ts'
import { createMailbox } from './mailbox.ts'
import { openPull } from './pull.ts'
import { consumerOf, retryOfHeader, workStream } from './topology.ts'
import { whileUp } from './while-up.ts'

/** A thousand seats wait at once, so this is slow; that a consumer was deleted the server says at once. */
const heartbeatMs = 10_000
const ackTimeoutMs = 1_000
/** A server that was killed forgets whom it gave what, and never answers. */
const ackAttempts = 3

/** Takes work from the consumers that `provision` made. */
export function createInbox(connection: Connection): Inbox {
  return {
    async *take(role, signal, queue = 'inbox') {
      const { log, user } = connection.options
      let lastReason = ''
      while (!signal.aborted && !connection.closed) {
        const nc = await connection.whenConnected(signal)
        if (nc === null) return
        // Those who waited are let in a moment before the connection counts as up; to us it would look lost again.
        await nextTurn()
        const lease = openLease(nc, connection, consumerOf(queue, role), signal)
        try {
          for (let msg = await lease.next(); msg !== null; msg = await lease.next()) {
            lastReason = ''
            yield workItem(msg, connection, queue)
            if (signal.aborted) return
          }
        } finally {
          lease.close()
        }
        if (lease.reason !== lastReason && !signal.aborted) {
          log.warn({ user, role, queue, reason: lease.reason }, 'nats: taking work anew')
          lastReason = lease.reason
        }
        await pause(250, undefined, { signal }).catch(() => {})
      }
    },
  }
}

interface Lease {
  readonly reason: string
  /** Asks for one message and waits for it; null when another lease is needed. */
  next(): Promise<Msg | null>
  close(): void
}

/**
 * One message is asked for when the reader wants one and not before: a message that waits unseen in our memory would use
 * up its lease.
 */
function openLease(nc: NatsConnection, connection: Connection, consumer: string, signal: AbortSignal): Lease {
  const arrived = createMailbox<Msg>()
  const over = new AbortController()
  let reason = ''
  const end = (why: string) => {
    if (over.signal.aborted) return
    reason = why
    over.abort()
    arrived.end()
  }
  const giveBack = (msg: Msg) => nc.isClosed() || msg.respond('-NAK')
  const pull = openPull(
    nc,
    connection.options.user,
    { stream: workStream, consumer, heartbeatMs },
    {
      message: (msg) => (over.signal.aborted ? giveBack(msg) : arrived.push(msg)),
      expired: () => pull.request(1),
      over: end,
    },
  )
  connection.onChange((connected) => connected || end('connection lost'), over.signal)
  signal.addEventListener('abort', () => end('stopped'), { once: true, signal: over.signal })
  if (signal.aborted || connection.live !== nc) end('connection lost')
  return {
    get reason() {
      return reason
    },
    async next() {
      if (!over.signal.aborted && pull.wanted === 0) pull.request(1)
      const msg = await arrived.take()
      if (msg === null || !over.signal.aborted) return msg
      giveBack(msg)
      return null
    },
    close() {
      end('stopped')
      pull.close()
    },
  }
}

function workItem(msg: Msg, connection: Connection, queue: WorkQueue): WorkItem {
  const answer = (text: string) => {
    if (connection.live !== null) msg.respond(text)
  }
  return {
    envelope: readEnvelope(msg.data),
    bytes: msg.data,
    delivery: parseDelivery(msg.reply ?? '').count,
    ...(msg.headers?.has(retryOfHeader) ? { retryOf: msg.headers.get(retryOfHeader) } : {}),
    ack: () => confirm(msg, connection, leaseMs[queue]),
    later: (delayMs) => answer(`-NAK ${JSON.stringify({ delay: Math.round(delayMs * 1e6) })}`),
    working: () => answer('+WPI'),
    giveUp: (reason) => answer(`+TERM ${reason.replaceAll(/\s+/g, ' ')}`),
  }
}

/**
 * Acknowledges until the server has confirmed it: an acknowledgement that is lost with the connection would let the work be
 * done again. Doing it twice is harmless. Gives up with `unavailable` when the lease may be over.
 */
async function confirm(msg: Msg, connection: Connection, leaseMs: number): Promise<void> {
  const giveUpAt = AbortSignal.timeout(leaseMs)
  for (let attempt = 1; ; attempt++) {
    const nc = connection.live ?? (await connection.whenConnected(giveUpAt))
    if (nc === null) throw awayError(connection)
    try {
      await whileUp(connection, nc.request(msg.reply ?? '', '+ACK', { timeout: ackTimeoutMs }))
      return
    } catch (cause) {
      const error = busError('Acknowledging work', cause)
      if (error.code === 'denied' || giveUpAt.aborted || attempt >= ackAttempts) throw error
    }
  }
}

/** The envelope, or the error that says why it cannot be read. */
export function readEnvelope(bytes: Uint8Array) {
  try {
    return decodeEnvelope(bytes)
  } catch (error) {
    if (isBreakroomError(error)) return error
    throw error
  }
}
