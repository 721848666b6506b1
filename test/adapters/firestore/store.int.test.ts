import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, beforeEach } from 'vitest'
import { createFirestoreStore } from '../../../adapters/firestore/store.ts'
import { systemClock } from '../../../adapters/process/system-clock.ts'
import { storeContract } from '../../contract/store.ts'
import { type FirestoreEmulator, firestoreEmulator, firestoreMissing } from '../../support/firestore-emulator.ts'
import { quietLog } from '../../support/quiet.ts'

const missing = firestoreMissing()
let emulator: FirestoreEmulator

beforeEach(({ skip }) => skip(missing !== null, missing ?? ''))
beforeAll(async () => {
  if (missing === null) emulator = await firestoreEmulator()
}, 90_000)
afterAll(() => emulator?.stop())

// An organisation for each store: none of them sees what is in the others, although all are in one database.
storeContract(
  'Firestore',
  async () =>
    createFirestoreStore({
      org: `org-${randomUUID()}`,
      project: emulator.project,
      database: '(default)',
      keyFile: null,
      emulator: emulator.host,
      clock: systemClock,
      log: quietLog,
      // It is no matter of speed here.
      deadlineMs: 30_000,
    }),
  { timeoutMs: 60_000 },
)
