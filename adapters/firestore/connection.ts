import type { Readable } from 'node:stream'
import { BreakroomError, sentenceOf } from '../../core/errors.ts'
import { credentialsFor } from './credentials.ts'
import { type FirestoreTarget, keyError, titleOf } from './errors.ts'
import { loadLibrary } from './library.ts'

/** One connection to Firestore. It connects by itself, again and again, as calls need it. */
export interface Connection {
  /** A call with one answer. Rejects with what gRPC says. */
  ask(method: 'commit' | 'rollback', request: object): Promise<unknown>
  /** A call with many answers. */
  stream(method: 'batchGetDocuments' | 'runQuery', request: object): Promise<unknown[]>
  /** Takes no more calls; what is under way goes on. */
  retire(): void
  /** Ends what is under way, too, and lets the process exit. */
  close(): void
}

export interface ConnectionOptions {
  target: FirestoreTarget
  /** Each call ends after that, ms. */
  deadlineMs: number
  /** Who we are to an emulator: `owner` is bound by no rules. */
  emulatorToken: string
}

interface Cancellable {
  cancel(): void
}
type AskMethod = (
  request: object,
  metadata: unknown,
  options: { deadline: Date },
  done: (error: Error | null, answer: unknown) => void,
) => Cancellable
type StreamMethod = (request: object, metadata: unknown, options: { deadline: Date }) => Readable & Cancellable

/** Whoever wrote something else there is told so, and does not wait for a machine that there is not. */
function emulatorAt(target: FirestoreTarget, place: string): URL {
  const url = URL.parse(`http://${place}`)
  if (url !== null && /^(?:[^\s:/?#@\\]+|\[[^\]]+\]):\d+$/.test(place)) return url
  throw new BreakroomError(
    'denied',
    `${titleOf(target)}: FIRESTORE_EMULATOR_HOST has to be host:port, such as 127.0.0.1:8080.`,
    {
      detail: { rule: 'firestore' },
    },
  )
}

/** Gets ready to call: loads the library, reads the key. Asks nobody but, without a key file, the machine for its own account. */
export async function connect({ target, deadlineMs, emulatorToken }: ConnectionOptions): Promise<Connection> {
  const { FirestoreClient, gax } = await loadLibrary()
  const auth = await credentialsFor(gax, target)
  const emulator = target.emulator === null ? null : emulatorAt(target, target.emulator)
  const client = new FirestoreClient(
    {
      auth,
      // A connection that is made anew is another one, not the same out of the process's pool.
      'grpc.use_local_subchannel_pool': 1,
      // Also while it is long away it is looked for every few seconds.
      'grpc.initial_reconnect_backoff_ms': 200,
      'grpc.max_reconnect_backoff_ms': 5_000,
      ...(emulator && {
        servicePath: emulator.hostname,
        port: Number(emulator.port || 80),
        sslCreds: gax.grpc.credentials.createInsecure(),
      }),
    } as ConstructorParameters<typeof FirestoreClient>[0],
    gax,
  )
  // Its methods are not used: they would try again by themselves, and end the process when there are no credentials.
  const stub = await client.initialize().catch((cause: unknown) => {
    if (!/default credentials/i.test(sentenceOf(cause))) throw cause
    throw keyError(target, 'this machine has no account of Google Cloud to go in with.', cause)
  })

  const name = `projects/${target.project}/databases/${target.database}`
  const metadata = new gax.grpc.Metadata()
  metadata.set('google-cloud-resource-prefix', name)
  metadata.set('x-goog-request-params', `database=${encodeURIComponent(name)}`)
  if (emulator) metadata.set('authorization', `Bearer ${emulatorToken}`)

  const underWay = new Set<Cancellable>()
  const options = () => ({ deadline: new Date(Date.now() + deadlineMs) })

  const retire = () => void stub.close?.call(stub)

  return {
    ask(method, request) {
      return new Promise((resolve, reject) => {
        const call = (stub[method] as AskMethod).call(stub, request, metadata, options(), (error, answer) => {
          underWay.delete(call)
          if (error) reject(error)
          else resolve(answer)
        })
        underWay.add(call)
      })
    },
    async stream(method, request) {
      const call = (stub[method] as StreamMethod).call(stub, request, metadata, options())
      underWay.add(call)
      try {
        return await call.toArray()
      } finally {
        underWay.delete(call)
      }
    },
    retire,
    close() {
      for (const call of underWay) call.cancel()
      retire()
    },
  }
}
