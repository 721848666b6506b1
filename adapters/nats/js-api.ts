import type { NatsConnection } from '@nats-io/transport-node'

const apiTimeoutMs = 2_000

/** What the JetStream of the server answers when it cannot do what it was asked. `code` is one of its own error codes. */
export class JetStreamRefusal extends Error {
  readonly code: number

  constructor({ description = 'no reason', err_code = 0 }: { description?: string; err_code?: number }) {
    super(`${description} (${err_code})`)
    this.name = 'JetStreamRefusal'
    this.code = err_code
  }
}

/** Error codes that we act on. */
export const refusalCodes = { noMessage: 10037, wrongLastSequence: 10071 } as const

/** True when the server refused for this reason; `error` may be the refusal or have it as its cause. */
export function isRefusal(error: unknown, code: number): boolean {
  const refusal = error instanceof Error && error.cause instanceof JetStreamRefusal ? error.cause : error
  return refusal instanceof JetStreamRefusal && refusal.code === code
}

/** Calls the JetStream API; rejects with a `JetStreamRefusal` when the server answers with an error. */
export async function requestApi(
  nc: NatsConnection,
  call: string,
  body: Record<string, unknown> = {},
): Promise<Record<string, unknown>> {
  const reply = await nc.request(`$JS.API.${call}`, JSON.stringify(body), { timeout: apiTimeoutMs })
  const answer = reply.json<Record<string, unknown> & { error?: { description?: string; err_code?: number } }>()
  if (answer.error !== undefined) throw new JetStreamRefusal(answer.error)
  return answer
}

/** The sequence of the newest message of a stream, 0 when it never had one. */
export async function lastSequence(nc: NatsConnection, stream: string): Promise<number> {
  const info = await requestApi(nc, `STREAM.INFO.${stream}`)
  return (info.state as { last_seq: number }).last_seq
}

/** The message under a sequence of a stream, or null when it is not there any more. */
export async function messageAt(
  nc: NatsConnection,
  stream: string,
  seq: number,
): Promise<{ subject: string; bytes: Uint8Array; storedAt: Date } | null> {
  try {
    const { message } = await requestApi(nc, `STREAM.MSG.GET.${stream}`, { seq })
    const { subject, data = '', time } = message as { subject: string; data?: string; time: string }
    return { subject, bytes: Buffer.from(data, 'base64'), storedAt: new Date(time) }
  } catch (error) {
    if (isRefusal(error, refusalCodes.noMessage)) return null
    throw error
  }
}

/** The newest message of one subject of a stream, with its headers as they travel, or null. */
export async function lastMessage(
  nc: NatsConnection,
  stream: string,
  subject: string,
): Promise<{ seq: number; bytes: Uint8Array; headers: string } | null> {
  try {
    const { message } = await requestApi(nc, `STREAM.MSG.GET.${stream}`, { last_by_subj: subject })
    const { seq, data = '', hdrs = '' } = message as { seq: number; data?: string; hdrs?: string }
    return { seq, bytes: Buffer.from(data, 'base64'), headers: Buffer.from(hdrs, 'base64').toString('utf8') }
  } catch (error) {
    if (isRefusal(error, refusalCodes.noMessage)) return null
    throw error
  }
}
