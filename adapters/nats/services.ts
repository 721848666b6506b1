import { type ServiceMsg, Svcm } from '@nats-io/services'
import { type Msg, type NatsConnection, NoRespondersError } from '@nats-io/transport-node'
import { BreakroomError, type ErrorCode, isBreakroomError, sentenceOf } from '../../core/errors.ts'
import type { Endpoint, Services } from '../../ports/bus.ts'
import type { Connection } from './connect.ts'
import { awayError, busError } from './errors.ts'
import { inboxPrefixOf } from './permissions.ts'
import { whileUp } from './while-up.ts'

/** An error as it travels: the reply's body beside the headers that NATS tools read. */
interface ErrorReply {
  error: { code: ErrorCode; message: string; detail: Record<string, unknown> }
}

/** Whoever asks chooses where the answer goes; anywhere else it could forge what only the service may write. */
const inboxPrefix = inboxPrefixOf('')

const errorHeader = 'Nats-Service-Error'

/** Request and reply, with NATS micro services so that `nats micro list` finds them. */
export function createServices(connection: Connection): Services {
  return {
    async request(subject, data, timeoutMs) {
      const waiting = connection.neverUp ? connection.whenConnected(AbortSignal.timeout(timeoutMs)) : null
      const nc = connection.live ?? (await waiting)
      if (nc === null) throw awayError(connection)
      return readReply(await whileUp(connection, ask(nc, subject, data, timeoutMs)))
    },
    async serve(service, endpoints, signal, { shared } = { shared: true }) {
      const nc = await connection.whenConnected(signal)
      if (nc === null) return
      // Its release pulls in a core of its own, which differs in types only.
      const serving = await new Svcm(nc as unknown as ConstructorParameters<typeof Svcm>[0]).add({
        name: service,
        version: '1.0.0',
        // Without a name of those who share it everybody hears it.
        ...(shared ? {} : { queue: '' }),
      })
      const { log } = connection.options
      for (const [name, { subject, handler }] of Object.entries(endpoints)) {
        serving.addEndpoint(name, {
          subject,
          handler: (error, msg) => {
            if (error !== null) return
            if (msg.reply?.startsWith(inboxPrefix)) void answer(msg, handler)
            else log.warn({ service, subject: msg.subject }, 'nats: a request wants its answer outside of inboxes')
          },
        })
      }
      signal.addEventListener('abort', () => void serving.stop(), { once: true })
      if (signal.aborted) await serving.stop()
      else await nc.flush()
    },
  }
}

async function ask(nc: NatsConnection, subject: string, data: unknown, timeoutMs: number): Promise<Msg> {
  try {
    return await nc.request(subject, JSON.stringify(data), { timeout: timeoutMs })
  } catch (cause) {
    if (cause instanceof Error && cause.cause instanceof NoRespondersError)
      throw busError('Asking', new Error(`nobody serves ${subject}`))
    throw busError('Asking', cause)
  }
}

async function answer(msg: ServiceMsg, handler: Endpoint['handler']): Promise<void> {
  try {
    const data = msg.data.length === 0 ? null : msg.json()
    msg.respond(JSON.stringify((await handler(data, msg.subject)) ?? null))
  } catch (error) {
    const code = isBreakroomError(error) ? error.code : 'unavailable'
    const detail = isBreakroomError(error) ? error.detail : {}
    const reply: ErrorReply = { error: { code, message: sentenceOf(error), detail } }
    msg.respondError(500, `${code}: ${sentenceOf(error)}`.replaceAll(/\s+/g, ' '), JSON.stringify(reply))
  }
}

function readReply(msg: Msg): unknown {
  const body = msg.json<unknown>()
  if (!msg.headers?.has(errorHeader)) return body
  const { code, message, detail } = (body as ErrorReply).error
  throw new BreakroomError(code, message, { detail })
}
