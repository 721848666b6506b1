import type { NatsConnection } from '@nats-io/transport-node'

const apiTimeoutMs = 2_000

/** Calls the JetStream API; rejects with the server's own words when it answers with an error. */
export async function requestApi(
  nc: NatsConnection,
  call: string,
  body: Record<string, unknown> = {},
): Promise<Record<string, unknown>> {
  const reply = await nc.request(`$JS.API.${call}`, JSON.stringify(body), { timeout: apiTimeoutMs })
  const answer = reply.json<Record<string, unknown> & { error?: { description?: string; err_code?: number } }>()
  if (answer.error !== undefined) throw new Error(`${answer.error.description} (${answer.error.err_code})`)
  return answer
}
