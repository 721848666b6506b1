import { systemClock } from '../../adapters/process/system-clock.ts'
import { openKnowledgeFile } from '../../adapters/sqlite/knowledge/file.ts'
import { openStateFile } from '../../adapters/sqlite/state/state-file.ts'
import { createSqliteTaskStorage } from '../../adapters/sqlite/task-store.ts'
import { isBreakroomError } from '../../core/errors.ts'
import { quietLog } from './quiet.ts'

const shared = { clock: systemClock, log: quietLog }

interface Opened {
  close(): void | Promise<void>
}

/** Opens, or makes, each kind of file that the house has. */
const openers = {
  'a task store': (file: string) => createSqliteTaskStorage({ ...shared, file }).open(),
  'a file of the knowledge proxy': (file: string) => openKnowledgeFile({ ...shared, file }),
  'a state file': (file: string) => openStateFile({ ...shared, file, newId: () => 'a-fleet' }),
} satisfies Record<string, (file: string) => Opened | Promise<Opened>>
export type SqliteFileKind = keyof typeof openers
export const sqliteFileKinds = Object.keys(openers) as SqliteFileKind[]

/** Opens one file after the other, each at the same moment as another thread that is given the same files and `turns`. */
export async function openInStep(kind: SqliteFileKind, files: readonly string[], turns: Int32Array): Promise<void> {
  for (const file of files) {
    meet(turns)
    const opened = await insist<Opened>(() => openers[kind](file))
    await opened.close()
  }
}

/** Returns when both threads are there. */
function meet(turns: Int32Array): void {
  const mine = Atomics.add(turns, 0, 1)
  Atomics.notify(turns, 0)
  const both = mine + 2 - (mine % 2)
  const began = performance.now()
  for (let there = Atomics.load(turns, 0); there < both; there = Atomics.load(turns, 0)) {
    if (performance.now() - began > 20_000) throw new Error('The other thread does not come.')
    Atomics.wait(turns, 0, there, 1_000)
  }
}

/** Does it again while the other one writes. */
async function insist<T>(work: () => T | Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await work()
    } catch (error) {
      if (!isBreakroomError(error, 'unavailable')) throw error
    }
  }
}
