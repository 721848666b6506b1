import { BreakroomError } from '../../core/errors.ts'
import type { BucketName } from '../../ports/keyed-state.ts'
import { ask } from './ask.ts'
import type { Connection } from './connect.ts'
import { isRefusal, lastMessage, refusalCodes } from './js-api.ts'
import { encodeKey } from './keyed-state.ts'
import type { StreamWriter } from './stream-writer.ts'
import { bucketStream, bucketSubject } from './topology.ts'

/** One entry of a bucket that several write: each says which revision it means to replace. */
export interface Cell {
  /** The value (parsed JSON; null for nothing, undefined for what is not JSON) and its revision, 0 when there never was one. */
  read(): Promise<{ value: unknown; revision: number }>
  /** Replaces that revision; resolves with the new one. Rejects with `conflict` when it is not the newest any more. */
  write(value: unknown, revision: number): Promise<number>
  /** Takes it away. Rejects as `write` does. */
  delete(revision: number): Promise<void>
}

/** The entry of `key` in a bucket of NATS KV. */
export function createCell(connection: Connection, write: StreamWriter, bucket: BucketName, key: string): Cell {
  const encoded = encodeKey(key)
  const subject = bucketSubject(bucket, encoded)

  async function replace(revision: number, bytes: Uint8Array, marks: Record<string, string> = {}): Promise<number> {
    try {
      const headers = { ...marks, 'Nats-Expected-Last-Subject-Sequence': String(revision) }
      return (await write({ subject, bytes, headers })).seq
    } catch (error) {
      if (!isRefusal(error, refusalCodes.wrongLastSequence)) throw error
      throw new BreakroomError('conflict', `Somebody else has changed ${key} in ${bucket}.`, { cause: error })
    }
  }

  return {
    async read() {
      const what = `Reading in ${bucket}`
      const last = await ask(connection, what, (nc) => lastMessage(nc, bucketStream(bucket), subject))
      return last === null ? { value: null, revision: 0 } : { value: parse(last), revision: last.seq }
    },
    write: (value, revision) => replace(revision, new TextEncoder().encode(JSON.stringify(value))),
    async delete(revision) {
      await replace(revision, new Uint8Array(), { 'KV-Operation': 'DEL' })
    },
  }
}

/** A deletion says that it is one: an empty message may be the server's, on a reply subject that somebody has made this one. */
function parse({ bytes, headers }: { bytes: Uint8Array; headers: string }): unknown {
  if (/^KV-Operation:/m.test(headers)) return null
  try {
    return JSON.parse(new TextDecoder().decode(bytes))
  } catch {
    return undefined
  }
}
