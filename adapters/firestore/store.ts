import type { Clock } from '../../ports/clock.ts'
import type { Log } from '../../ports/log.ts'
import type { Metrics } from '../../ports/metrics.ts'
import type { OwnedStore } from '../../ports/store.ts'
import { createFirestoreDatabase } from './database.ts'
import { type FirestoreTarget, titleOf } from './errors.ts'
import { createKnowledgeDocuments } from './knowledge.ts'
import { firestoreLayout } from './layout.ts'
import { createOwnerDocument } from './owner.ts'
import { createRecordDocuments } from './records.ts'
import { createTaskDocuments } from './tasks.ts'

export interface FirestoreStoreOptions extends FirestoreTarget {
  /** A token already, as in subjects. */
  org: string
  clock: Clock
  log: Log
  metrics?: Metrics
  /** Each request ends after that, so that nothing hangs when Firestore does. */
  deadlineMs?: number
  /** Who we are to an emulator; `owner` is bound by no rules. */
  emulatorToken?: string
}

/**
 * The organisation's memory in Firestore. Making it connects nothing and loads nothing; the first use does, and from then on it finds back
 * by itself. It tries nothing again but what others overtook: that is for whoever calls.
 */
export function createFirestoreStore({
  org,
  project,
  database: databaseId,
  keyFile,
  emulator,
  clock,
  log,
  metrics,
  deadlineMs = 10_000,
  emulatorToken = 'owner',
}: FirestoreStoreOptions): OwnedStore {
  const target: FirestoreTarget = { project, database: databaseId, keyFile, emulator }
  const database = createFirestoreDatabase({ target, deadlineMs, emulatorToken, log })
  const layout = firestoreLayout(org)
  const { root, record, configurationFields, metricsFields } = layout
  const shared = { database, root, metrics }

  return {
    title: titleOf(target),
    ...createTaskDocuments({ database, layout, metrics }),
    ...createOwnerDocument({ database, layout, clock }),
    knowledge: createKnowledgeDocuments({ database, layout }),
    configuration: createRecordDocuments({
      ...shared,
      folder: 'configurations',
      pathOf: (id) => record('configurations', id),
      fieldsOf: configurationFields,
    }),
    metrics: createRecordDocuments({
      ...shared,
      folder: 'metrics',
      pathOf: (id) => record('metrics', id),
      fieldsOf: metricsFields,
    }),
    close: () => database.close(),
  }
}
