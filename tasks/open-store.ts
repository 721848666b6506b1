import type { KeyedState } from '../ports/keyed-state.ts'
import type { Ledger } from '../ports/ledger.ts'
import type { Log } from '../ports/log.ts'
import type { Metrics } from '../ports/metrics.ts'
import type { TaskStorage, TaskStore } from '../ports/task-store.ts'
import { progressOf, setProgress } from './progress.ts'
import { isLedgerLost, newToStore, rebuildStore, refillLedger } from './rebuild.ts'

/** A store that tells of the same tasks as the ledger. */
export interface OpenedStore {
  store: TaskStore
  /** Sequences that a lost ledger had taken before it was filled again: nobody knows that their effects were carried out. */
  owed: ReadonlySet<number>
}

/**
 * Opens the store so that it and the ledger tell of the same tasks. A ledger that was lost is filled again from the store first;
 * what its effects were is not done again.
 */
export async function openStore(parts: {
  storage: TaskStorage
  ledger: Ledger
  cursors: KeyedState<number>
  log: Log
  metrics: Metrics
  signal: AbortSignal
}): Promise<OpenedStore> {
  const { storage, ledger, cursors, log } = parts
  const store = await storage.open()
  let owed: ReadonlySet<number>
  try {
    if (!(await isLedgerLost(ledger, store))) return { store, owed: new Set() }
    log.error({}, 'the ledger of tasks was lost; it is filled again from the store')
    owed = await newToStore(ledger, store)
    await setProgress(cursors, await refillLedger(ledger, store, (await progressOf(cursors)) ?? 0))
  } catch (error) {
    await store.close()
    throw error
  }
  await store.close()
  // The sequences are others now.
  const { adopt } = await rebuildStore(parts, () => {})
  await adopt()
  return { store: await storage.open(), owed }
}
