import type { Connection } from './connect.ts'
import { awayError } from './errors.ts'

/** The outcome of `work`, or `unavailable` as soon as the connection goes: the client library would wait for its timeout. */
export async function whileUp<T>(connection: Connection, work: Promise<T>): Promise<T> {
  const settled = new AbortController()
  const lost = new Promise<never>((_, reject) => {
    connection.onChange((connected) => connected || reject(awayError(connection)), settled.signal)
  })
  try {
    return await Promise.race([work, lost])
  } finally {
    settled.abort()
  }
}
