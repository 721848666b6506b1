import { randomUUID } from 'node:crypto'
import { createFirestoreDatabase, type FirestoreDatabase } from '../../adapters/firestore/database.ts'
import type { FirestoreTarget } from '../../adapters/firestore/errors.ts'
import { createFirestoreStore, type FirestoreStoreOptions } from '../../adapters/firestore/store.ts'
import { systemClock } from '../../adapters/process/system-clock.ts'
import type { OwnedStore } from '../../ports/store.ts'
import type { FirestoreEmulator } from './firestore-emulator.ts'
import { quietLog } from './quiet.ts'

/** An organisation that nobody else has in an emulator. What it opened is closed with it. */
export interface FirestoreOrg extends AsyncDisposable {
  readonly org: string
  readonly target: FirestoreTarget
  opened(options?: Partial<FirestoreStoreOptions>): OwnedStore
  /** The documents themselves, behind the back of a store. */
  documents(): FirestoreDatabase
}

/** On a busy machine the emulator's first answers take seconds. */
const deadlineMs = 30_000

export function firestoreOrg({ project, host }: Pick<FirestoreEmulator, 'project' | 'host'>): FirestoreOrg {
  const open: { close(): Promise<void> }[] = []
  const org = `org-${randomUUID()}`
  const target = { project, database: '(default)', keyFile: null, emulator: host }

  function closedWithIt<T extends { close(): Promise<void> }>(one: T): T {
    open.push(one)
    return one
  }

  return {
    org,
    target,
    opened: (options = {}) =>
      closedWithIt(createFirestoreStore({ ...target, org, clock: systemClock, log: quietLog, deadlineMs, ...options })),
    documents: () =>
      closedWithIt(createFirestoreDatabase({ target, deadlineMs, emulatorToken: 'owner', log: quietLog })),
    async [Symbol.asyncDispose]() {
      await Promise.all(open.map((one) => one.close()))
    },
  }
}
