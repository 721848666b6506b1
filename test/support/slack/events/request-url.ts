import { request as httpRequest } from 'node:http'
import type { SlackApp } from '../app.ts'
import type { ForgedRequest } from '../interface.ts'
import type { Json } from '../message.ts'
import type { World } from '../world.ts'
import { type Ack, type Attempt, type Carrier, withinThreeSeconds } from './deliver.ts'
import { signature } from './signature.ts'

/** Follows docs.slack.dev "Using HTTP Request URLs" and "Verifying requests from Slack". */
export function createRequestUrlCarrier(world: () => World): Carrier {
  return (app, attempt) => {
    const abort = new AbortController()
    const answer = send(world(), app, signed(attempt), retryHeaders(attempt), abort.signal).then(readAck, failedAck)
    return withinThreeSeconds(world(), answer, () => abort.abort())
  }
}

/** Sends a request as Slack, or as somebody who pretends to be. */
export async function send(
  world: World,
  app: SlackApp,
  forged: ForgedRequest,
  headers: Record<string, string> = {},
  signal: AbortSignal = world.ended,
): Promise<{ status: number; body: string; noRetry: boolean }> {
  if (app.mode === 'socket') throw new Error(`${app.name} has no request URL`)
  const timestamp = forged.timestamp ?? Math.floor(world.clock.now().getTime() / 1000)
  const proof =
    forged.signature === undefined
      ? signature(forged.secret ?? app.signingSecret, timestamp, forged.body)
      : forged.signature
  return post(
    app.mode.requestUrl,
    forged.body,
    {
      'content-type': forged.contentType ?? 'application/json',
      'x-slack-request-timestamp': String(timestamp),
      ...(proof === null ? {} : { 'x-slack-signature': proof }),
      ...headers,
    },
    signal,
  )
}

/** Follows docs.slack.dev "url_verification event". */
export async function verifyUrl(world: World, app: SlackApp): Promise<boolean> {
  const challenge = world.ids.uuid()
  const body = JSON.stringify({ token: app.verificationToken, challenge, type: 'url_verification' })
  const answer = await send(world, app, { body })
  return answer.status === 200 && answer.body.includes(challenge)
}

function signed({ type, payload }: Attempt): ForgedRequest {
  if (type === 'events_api') return { body: JSON.stringify(payload) }
  const contentType = 'application/x-www-form-urlencoded'
  if (type === 'interactive')
    return { contentType, body: new URLSearchParams({ payload: JSON.stringify(payload) }).toString() }
  return {
    contentType,
    body: new URLSearchParams(
      Object.entries(payload).map(([key, value]): [string, string] => [key, String(value)]),
    ).toString(),
  }
}

function retryHeaders({ retry }: Attempt): Record<string, string> {
  if (retry.number === 0) return {}
  const reason = retry.reason === 'timeout' ? 'http_timeout' : retry.reason
  return { 'x-slack-retry-num': String(retry.number), 'x-slack-retry-reason': reason }
}

function readAck(answer: { status: number; body: string; noRetry: boolean }): Ack {
  if (answer.status < 200 || answer.status > 299) return { acked: false, reason: 'http_error', noRetry: answer.noRetry }
  return { acked: true, payload: parsed(answer.body) }
}

function failedAck(): Ack {
  return { acked: false, reason: 'connection_failed' }
}

// An acknowledgement of a slash command may be bare text.
function parsed(body: string): Json | null {
  if (body === '') return null
  try {
    const value: unknown = JSON.parse(body)
    return typeof value === 'object' ? (value as Json | null) : { text: body }
  } catch {
    return { text: body }
  }
}

function post(url: string, body: string, headers: Record<string, string>, signal: AbortSignal) {
  return new Promise<{ status: number; body: string; noRetry: boolean }>((done, fail) => {
    const length = { 'content-length': String(Buffer.byteLength(body)) }
    // Without an agent no connection is left open when a test ends.
    const request = httpRequest(
      url,
      { method: 'POST', agent: false, signal, headers: { ...headers, ...length } },
      (answer) => {
        const chunks: Buffer[] = []
        answer.on('data', (chunk: Buffer) => chunks.push(chunk))
        answer.on('error', fail)
        answer.on('end', () =>
          done({
            status: answer.statusCode ?? 0,
            body: Buffer.concat(chunks).toString(),
            noRetry: answer.headers['x-slack-no-retry'] === '1',
          }),
        )
      },
    )
    request.on('error', fail)
    request.end(body)
  })
}
