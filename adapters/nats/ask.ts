import type { NatsConnection } from '@nats-io/transport-node'
import type { Connection } from './connect.ts'
import { awayError, busError } from './errors.ts'
import { whileUp } from './while-up.ts'

const firstConnectMs = 2_000

/**
 * The answer to a question that is asked of the server now. Rejects with `unavailable` while it is away (before the first
 * connection after two seconds of waiting), and when it goes meanwhile; `what` begins the sentence of other failures.
 */
export async function ask<T>(
  connection: Connection,
  what: string,
  question: (nc: NatsConnection) => Promise<T>,
): Promise<T> {
  const waiting = connection.neverUp ? connection.whenConnected(AbortSignal.timeout(firstConnectMs)) : null
  const nc = connection.live ?? (await waiting)
  if (nc === null) throw awayError(connection)
  try {
    return await whileUp(connection, question(nc))
  } catch (cause) {
    throw busError(what, cause)
  }
}
