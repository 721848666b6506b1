import type { StoreDigest } from '../../core/state/request.ts'
import type { Ledger } from '../../ports/ledger.ts'
import type { StateFile } from '../../ports/state-file.ts'
import { recordSections, type Store } from '../../ports/store.ts'
import { caughtUp } from './caught-up.ts'
import { type CommitMarks, compareLedger, marksOf } from './compare-ledger.ts'
import { compareSection } from './compare-records.ts'
import { compareCommits, compareTasks } from './compare-tasks.ts'
import { createDifferences } from './differences.ts'
import type { JobOutcome, JobProgress } from './jobs.ts'
import { markOf } from './same.ts'
import { createSide, nameOf, type Side } from './side.ts'

export interface CompareParts {
  file: StateFile
  /** The store behind, and what makes it as new as the file; null where there is none. */
  store: Store | null
  flush: () => Promise<void>
  ledger: Pick<Ledger, 'read' | 'lastSeq'>
  /** Entries of the ledger that are not in the file yet. */
  lag: () => number | null
  signal: AbortSignal
}

/**
 * Compares the file with the store behind it, entry for entry, and with the ledger. What comes while it reads is left out on both sides: commits by
 * their place, tasks by their commits; records are read again before they count as different. Of commits only marks are held.
 */
export async function compareStores(parts: CompareParts, progress: JobProgress): Promise<JobOutcome> {
  const { file, store, ledger, lag, flush, signal } = parts
  progress.doing('waiting for what is on its way')
  await caughtUp(lag, signal)
  await flush()
  const [counts, upTo] = [await file.counts(), await file.lastPlace()]
  // Asked for behind the place: what has one is in the ledger.
  const last = await ledger.lastSeq()
  const total = counts.commits + counts.tasks + counts.knowledge + counts.configuration + counts.metrics + last
  const step = stepper(total, progress)
  const differences = createDifferences()
  const left = createSide(file.store)
  const right = store && createSide(store)
  const marks: CommitMarks = new Map()

  progress.doing(right === null ? 'reading the file' : `reading ${nameOf(left.store)} and ${nameOf(right.store)}`)
  await compareCommits(left, right, upTo, differences, (commit) => {
    marksOf(marks, commit.key)[commit.version] = markOf(commit)
    step()
  })
  await compareTasks(left, right, differences, step)
  for (const section of recordSections) await compareSection(section, left, right, { differences, step, flush })
  progress.doing('reading the ledger')
  const inLedger = await compareLedger(
    { file, ledger, last, marks, signal, caughtUp: () => caughtUp(lag, signal) },
    differences,
    step,
  )

  const names = [nameOf(left.store), right === null ? 'the ledger' : nameOf(right.store)] as const
  const labelOf = async (key: string) =>
    ((await left.store.task(key)) ?? (await right?.store.task(key)) ?? { label: `the task ${key}` }).label
  return {
    stores: [digestOf(left), ...(right === null ? [] : [digestOf(right)])],
    ...(await differences.told(labelOf, names)),
    ledger: inLedger,
  }
}

function digestOf({ store, digest }: Side): StoreDigest {
  return { title: store.title, ...digest.result() }
}

function stepper(total: number, progress: JobProgress): () => void {
  let done = 0
  return () => {
    done += 1
    progress.reach(Math.min(done, total), total)
  }
}
