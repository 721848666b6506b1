import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { createFirestoreStore } from '../adapters/firestore/store.ts'
import { silentMetrics } from '../adapters/process/silent-metrics.ts'
import { systemClock } from '../adapters/process/system-clock.ts'
import { openStateFile } from '../adapters/sqlite/state/state-file.ts'
import { createStateDigest } from '../core/state/state-digest.ts'
import type { StateFile } from '../ports/state-file.ts'
import type { OwnedStore, Store } from '../ports/store.ts'
import { type Behind, createBehind } from '../state/behind.ts'
import type { FirestoreEmulator } from '../test/support/firestore-emulator.ts'
import { quietLog } from '../test/support/quiet.ts'
import { realClock } from '../test/support/virtual-clock.ts'

/** Documents of an organisation of its own in the emulator. */
export function firestoreIn({ host, project }: FirestoreEmulator): OwnedStore {
  const org = `bench-${randomUUID().slice(0, 8)}`
  const target = { project, database: '(default)', keyFile: null, emulator: host }
  return createFirestoreStore({ ...target, org, clock: systemClock, log: quietLog })
}

export function fileIn(folder: string): StateFile {
  const file = join(folder, `${randomUUID()}.sqlite`)
  return openStateFile({ file, clock: systemClock, log: quietLog, newId: randomUUID })
}

/** Writes the store behind until `stop`. */
export function writeBehind(file: StateFile, store: OwnedStore): Behind & { stop(): Promise<void> } {
  const stopping = new AbortController()
  const behind = createBehind({
    file,
    store,
    metricsEveryMs: 600_000,
    clock: realClock,
    sleep: realClock.sleep,
    random: Math.random,
    log: quietLog,
    metrics: silentMetrics,
    signal: stopping.signal,
  })
  return {
    ...behind,
    stop() {
      stopping.abort()
      return behind.ended
    },
  }
}

/** The hashes of all tasks and of all their commits in a store, read back from it. */
export async function digestOf(store: Store): Promise<{ tasks: number; commits: number; hash: string }> {
  const digest = createStateDigest()
  for await (const task of store.tasks()) digest.addTask(task)
  for await (const { place, commit } of store.history(0)) digest.add({ section: 'commits', place, commit })
  const { counts, sha256, tasks_sha256 } = digest.result()
  return { tasks: counts.tasks, commits: counts.commits, hash: `${sha256} ${tasks_sha256}` }
}
