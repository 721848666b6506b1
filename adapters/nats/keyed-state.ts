import { type KV, Kvm } from '@nats-io/kv'
import type { NatsConnection } from '@nats-io/transport-node'
import { sentenceOf } from '../../core/errors.ts'
import type { BucketName, KeyedState } from '../../ports/keyed-state.ts'
import { ask } from './ask.ts'
import type { Connection } from './connect.ts'
import { awayError } from './errors.ts'
import { follow, type StoredEntry } from './follow.ts'
import { bucketStream, bucketSubject } from './topology.ts'

/** One bucket of NATS KV. */
export function createKeyedState<T>(connection: Connection, bucket: BucketName): KeyedState<T> {
  let opened: { nc: NatsConnection; kv: Promise<KV> } | undefined

  const using = <R>(what: string, work: (kv: KV) => Promise<R>) =>
    ask(connection, `${what} in ${bucket}`, (nc) => open(nc).then(work))

  function open(nc: NatsConnection): Promise<KV> {
    if (opened?.nc === nc) return opened.kv
    const kv = new Kvm(nc).open(bucket)
    opened = { nc, kv }
    kv.catch(() => {
      opened = undefined
    })
    return kv
  }

  async function watch(handler: (key: string, value: T | null) => void, signal: AbortSignal): Promise<void> {
    const { promise: caughtUp, resolve } = Promise.withResolvers<void>()
    const stream = bucketStream(bucket)
    const filters = [bucketSubject(bucket, '>')]
    const onStart = (waiting: number) => void (waiting === 0 && resolve())
    const changes = follow(connection, { stream, filters, from: 'latest', onStart, signal })
    void (async () => {
      for await (const entry of changes) {
        const key = decodeKey(entry.msg.subject.slice(bucketSubject(bucket, '').length))
        try {
          handler(key, readValue<T>(entry))
        } catch (error) {
          connection.options.log.error({ bucket, error: sentenceOf(error) }, 'nats: who watches a bucket failed')
        }
        if (entry.pending === 0) resolve()
      }
      resolve()
    })()
    return caughtUp
  }

  return {
    get: (key) =>
      using('Reading', async (kv) => {
        const entry = await kv.get(encodeKey(key))
        return entry === null || entry.operation !== 'PUT' ? null : entry.json<T>()
      }),
    put: (key, value) => using('Storing', async (kv) => void (await kv.put(encodeKey(key), JSON.stringify(value)))),
    delete: (key) => using('Deleting', (kv) => kv.delete(encodeKey(key))),
    async entries() {
      if (connection.live === null && !connection.neverUp) throw awayError(connection)
      const stop = new AbortController()
      const found = new Map<string, T>()
      const timeout = AbortSignal.timeout(5_000)
      await watch(
        (key, value) => (value === null ? found.delete(key) : found.set(key, value)),
        AbortSignal.any([stop.signal, timeout]),
      )
      stop.abort()
      if (timeout.aborted) throw awayError(connection)
      return found
    },
    watch,
  }
}

/** Keys are any string, subjects are not. The letter in front keeps the empty key apart from no key. */
export function encodeKey(key: string): string {
  return `k${Buffer.from(key, 'utf8').toString('base64url')}`
}

function decodeKey(encoded: string): string {
  return Buffer.from(encoded.slice(1), 'base64url').toString('utf8')
}

function readValue<T>({ msg }: StoredEntry): T | null {
  return msg.headers?.has('KV-Operation') ? null : msg.json<T>()
}
