import type { KeyedState } from '../ports/keyed-state.ts'
import type { Ledger } from '../ports/ledger.ts'
import type { Log } from '../ports/log.ts'
import type { Metrics } from '../ports/metrics.ts'
import type { TaskStorage, TaskStore } from '../ports/task-store.ts'
import { progressOf, setProgress, type WrittenBack, writtenBackIn } from './progress.ts'
import { isLedgerLost, newToStore, rebuildStore, refillLedger } from './rebuild.ts'

/**
 * Opens the store so that it and the ledger tell of the same tasks. A ledger that was lost is filled again from the store first;
 * what its effects were is not done again. `owed` are sequences that a lost ledger had
 * taken before it was filled again: nobody knows that their effects were carried out. With another ledger they are others.
 */
export async function openStore(parts: {
  storage: TaskStorage
  ledger: Ledger
  cursors: KeyedState<number>
  writtenBack: KeyedState<WrittenBack>
  owed: Set<number>
  log: Log
  metrics: Metrics
  signal: AbortSignal
}): Promise<TaskStore> {
  const { storage, ledger, cursors, owed, log } = parts
  const store = await storage.open()
  try {
    if (!(await isLedgerLost(ledger, store))) return store
    log.error({}, 'the ledger of tasks was lost; it is filled again from the store')
    const fresh = await newToStore(ledger, store)
    owed.clear()
    for (const seq of fresh) owed.add(seq)
    const { spans } = await writtenBackIn(parts.writtenBack)
    const done = Math.max((await progressOf(cursors)) ?? 0, ...spans.map(({ to }) => to))
    await setProgress(parts, await refillLedger(ledger, store, done))
  } catch (error) {
    await store.close()
    throw error
  }
  await store.close()
  // The sequences are others now.
  const { adopt } = await rebuildStore(parts, () => {})
  await adopt()
  return storage.open()
}
