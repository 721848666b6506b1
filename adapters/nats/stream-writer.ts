import { createInbox, headers, type Msg, type NatsConnection } from '@nats-io/transport-node'
import { BreakroomError } from '../../core/errors.ts'
import type { Connection } from './connect.ts'
import { awayError, busError } from './errors.ts'
import { JetStreamRefusal } from './js-api.ts'
import { inboxPrefixOf } from './permissions.ts'

/** How long the server may be silent before what is under way counts as lost, and how long anything may take. */
const silenceMs = 2_000
const patienceMs = 10_000

/**
 * How many may be under way. A server that syncs each message acknowledges a burst only when it has stored all of it: ten
 * thousand at once were silent for more than two seconds.
 */
const window = 512

/** Room for the subject, headers and reply in a message of the server's largest size. */
const overhead = 4_096

interface Call extends StreamMessage {
  sentAt: number
  settle(outcome: Stored | Error): void
}

/** A message for a stream, with the headers that tell the server when to take it. */
interface StreamMessage {
  subject: string
  bytes: Uint8Array
  headers: Record<string, string>
}

interface Stored {
  seq: number
  duplicate: boolean
}

/**
 * Resolves when the message is stored. Calls made without waiting are stored in call order. Rejects with `unavailable` when no
 * acknowledgement came, or when the server refused it (the cause is then a `JetStreamRefusal`); `denied` when this user may not
 * write there, `usage` when it is too large.
 */
export type StreamWriter = (message: StreamMessage) => Promise<Stored>

/**
 * Stores with acknowledgements of its own instead of the client library's: that one repeats a publish by itself when
 * nobody listened, which lets a later one overtake, and lets those under way hang when the connection goes.
 */
export function createStreamWriter(connection: Connection): StreamWriter {
  const waiting: Call[] = []
  const inFlight = new Map<string, Call>()
  let acks: { nc: NatsConnection; inbox: string } | undefined
  let count = 0
  let heardAt = 0
  let sweeping = false

  const forever = new AbortController().signal
  connection.onChange((connected) => {
    if (connected) return
    const lost = [...inFlight.values(), ...waiting.splice(0)]
    inFlight.clear()
    for (const call of lost) call.settle(awayError(connection))
  }, forever)

  connection.onDenied((violation) => {
    for (const [token, call] of inFlight) {
      if (call.subject === violation.subject) finish(token, busError('Publishing', violation))
    }
  })

  function finish(token: string, outcome: Stored | Error) {
    const call = inFlight.get(token)
    inFlight.delete(token)
    call?.settle(outcome)
  }

  /** What is under way is lost when acknowledgements stop coming, not when there are many to come. */
  function sweep() {
    const now = performance.now()
    for (const [token, { sentAt }] of inFlight) {
      if (now - Math.max(sentAt, heardAt) > silenceMs || now - sentAt > patienceMs) {
        finish(token, busError('Publishing', new Error('no acknowledgement came')))
      }
    }
    if (connection.live !== null) sendMore(connection.live)
    sweeping = inFlight.size > 0
    if (sweeping) setTimeout(sweep, silenceMs / 8)
  }

  /** One subscription hears all acknowledgements. */
  function acksOn(nc: NatsConnection): string {
    if (acks?.nc === nc) return acks.inbox
    const inbox = createInbox(inboxPrefixOf(connection.options.user))
    nc.subscribe(`${inbox}.*`, {
      callback: (error, msg) => {
        if (error !== null) return
        heardAt = performance.now()
        finish(msg.subject.slice(inbox.length + 1), readAck(msg))
        sendMore(nc)
      },
    })
    acks = { nc, inbox }
    return inbox
  }

  function sendMore(nc: NatsConnection) {
    while (inFlight.size < window) {
      const call = waiting.shift()
      if (call === undefined) return
      send(nc, call)
    }
  }

  function send(nc: NatsConnection, call: Call) {
    const token = (count++).toString(36)
    const messageHeaders = headers()
    for (const [name, value] of Object.entries(call.headers)) messageHeaders.set(name, value)
    call.sentAt = performance.now()
    inFlight.set(token, call)
    if (!sweeping) setTimeout(sweep, silenceMs / 8)
    sweeping = true
    nc.publish(call.subject, call.bytes, { reply: `${acksOn(nc)}.${token}`, headers: messageHeaders })
  }

  function enqueue(nc: NatsConnection, message: StreamMessage): Promise<Stored> {
    const { length } = message.bytes
    const limit = (nc.info?.max_payload ?? 1_048_576) - overhead
    if (length > limit) {
      throw new BreakroomError('usage', `An envelope of ${length} bytes is over the ${limit} that NATS takes.`)
    }
    return new Promise((resolve, reject) => {
      const settle = (outcome: Stored | Error) => (outcome instanceof Error ? reject(outcome) : resolve(outcome))
      waiting.push({ ...message, sentAt: 0, settle })
      sendMore(nc)
    })
  }

  return async (message) => {
    if (connection.live !== null) return enqueue(connection.live, message)
    if (!connection.neverUp) throw awayError(connection)
    const nc = await connection.whenConnected(AbortSignal.timeout(silenceMs))
    if (nc === null) throw awayError(connection)
    return enqueue(nc, message)
  }
}

function readAck(msg: Msg): Stored | Error {
  if (msg.data.length === 0) {
    return busError('Publishing', new Error(`no stream takes it (${msg.headers?.code ?? 'empty'})`))
  }
  const ack = msg.json<{ seq?: number; duplicate?: boolean; error?: { description?: string; err_code?: number } }>()
  if (ack.error !== undefined || ack.seq === undefined) {
    return busError('Publishing', new JetStreamRefusal(ack.error ?? { description: 'no sequence' }))
  }
  return { seq: ack.seq, duplicate: ack.duplicate === true }
}
