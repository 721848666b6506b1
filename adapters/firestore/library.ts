import { createRequire } from 'node:module'
import type { v1 } from '@google-cloud/firestore'

type FirestoreClientClass = typeof v1.FirestoreClient
/** What Google's client libraries stand on: gRPC, credentials. */
export type Gax = Extract<
  Exclude<ConstructorParameters<FirestoreClientClass>[1], undefined>,
  { GoogleAuth: unknown; grpc: unknown }
>

/**
 * Google's library, loaded when it is first needed: that takes about 250 ms and 45 MB, which fleets without Firestore need not pay.
 *
 * Of the library its calls are used, not the `Firestore` class above them: that one obeys FIRESTORE_EMULATOR_HOST whatever it is told,
 * and goes on trying by itself for up to ten minutes, so that whoever calls could neither say why it takes so long nor give up.
 */
export async function loadLibrary(): Promise<{ FirestoreClient: FirestoreClientClass; gax: Gax }> {
  // The classes behind getters are seen in the default export only.
  const { default: library } = await import('@google-cloud/firestore')
  const require = createRequire(import.meta.url)
  // The library's own: gRPC does not take credentials that another copy of it made.
  const gax: Gax = createRequire(require.resolve('@google-cloud/firestore'))('google-gax')
  return { FirestoreClient: (library as unknown as { v1: typeof v1 }).v1.FirestoreClient, gax }
}
