import { BreakroomError } from '../core/errors.ts'
import type { TaskCommit } from '../core/task/commit.ts'
import type { Ledger } from '../ports/ledger.ts'
import type { Log } from '../ports/log.ts'
import type { Metrics } from '../ports/metrics.ts'
import type { TaskStorage, TaskStore } from '../ports/task-store.ts'
import { project } from './projector.ts'

/**
 * Makes a store from the ledger alone, beside the one in use. `onProgress` hears how many entries are in it. Resolves with what puts
 * it in the other's place; leaves nothing behind when it fails or `signal` aborts.
 */
export async function rebuildStore(
  parts: { ledger: Ledger; storage: TaskStorage; log: Log; metrics: Metrics; signal: AbortSignal },
  onProgress: (done: number, total: number) => void,
): Promise<{ adopt(): Promise<void> }> {
  const fresh = await parts.storage.openFresh()
  try {
    await catchUp({ ...parts, store: fresh.store }, onProgress)
    await fresh.store.close()
    return { adopt: fresh.adopt }
  } catch (error) {
    await fresh.store.close()
    await fresh.discard()
    throw error
  }
}

/** Reads all that the ledger has into a store that was made from it. Rejects with `closed` when `signal` aborts. */
export async function catchUp(
  parts: { ledger: Ledger; store: TaskStore; log: Log; metrics: Metrics; signal: AbortSignal },
  onProgress: (done: number, total: number) => void = () => {},
): Promise<void> {
  const { ledger, store, signal } = parts
  const [total, after, enough] = [await ledger.lastSeq(), await store.lastSeq(), new AbortController()]
  onProgress(Math.min(after, total), total)
  if (total > after) {
    await project({
      ...parts,
      after,
      onApplied() {},
      onReached(seq) {
        onProgress(Math.min(seq, total), total)
        if (seq >= total) enough.abort()
      },
      signal: AbortSignal.any([signal, enough.signal]),
    })
  }
  if (signal.aborted) throw new BreakroomError('closed', 'Reading the ledger was stopped.')
}

/**
 * Whether the ledger is not the one that the store was made from: it ends before what the store has seen, or says something else
 * at that place.
 */
export async function isLedgerLost(ledger: Ledger, store: TaskStore): Promise<boolean> {
  const last = await store.lastSeq()
  if (last === 0) return false
  if ((await ledger.lastSeq()) < last) return true
  const [known, stop] = [await store.commitAt(last), new AbortController()]
  for await (const { seq, commit } of ledger.read({ after: last - 1, signal: stop.signal })) {
    stop.abort()
    return seq !== last || commit instanceof BreakroomError || commit.id !== known?.id
  }
  return false
}

/** Where the ledger has commits that the store does not know: what was accepted after the loss and before anybody noticed. */
export async function newToStore(ledger: Ledger, store: TaskStore): Promise<Set<number>> {
  const [last, found, stop] = [await ledger.lastSeq(), new Set<number>(), new AbortController()]
  if (last === 0) return found
  for await (const { seq, commit } of ledger.read({ after: 0, signal: stop.signal })) {
    if (!(commit instanceof BreakroomError)) {
      const known = (await store.commits(commit.key))[commit.version - 1]
      if (known?.id !== commit.id) found.add(seq)
    }
    if (seq >= last) stop.abort()
  }
  return found
}

/** Commits that are under way at the same time. */
const window = 256

/** Commits in the order in which they first came, each with where it was then. */
export interface History {
  history(): AsyncIterable<{ seq: number; commit: TaskCommit }>
}

/**
 * Writes what is known of tasks into a ledger that lost it, in the old order; what is there already stays. Resolves with the new
 * sequence of the newest commit whose old one was not above `upTo`. `onWritten` hears of each: its new sequence, or why it can never be
 * there; without it that is thrown.
 */
export async function refillLedger(
  ledger: Ledger,
  known: History,
  upTo: number,
  onWritten?: (commit: TaskCommit, now: number | BreakroomError) => void,
): Promise<number> {
  let passed = 0
  let batch: { seq: number; commit: TaskCommit }[] = []
  for await (const entry of known.history()) {
    // Commits of one task go one after another, and none from above `upTo` comes before one from below.
    const beyond = entry.seq > upTo && batch.some(({ seq }) => seq <= upTo)
    const full = batch.length >= window || batch.some(({ commit }) => commit.key === entry.commit.key)
    if (full || beyond) await flush()
    batch.push(entry)
  }
  await flush()
  return passed

  async function flush(): Promise<void> {
    const written = await Promise.all(batch.map(async ({ seq, commit }) => ({ seq, now: await write(commit) })))
    for (const { seq, now } of written) if (seq <= upTo && now !== null) passed = Math.max(passed, now)
    batch = []
  }

  /** Null when it is there already, or cannot be. */
  async function write(commit: TaskCommit): Promise<number | null> {
    try {
      const now = await append(ledger, commit)
      if (now !== null) onWritten?.(commit, now)
      return now
    } catch (error) {
      if (onWritten === undefined || !(error instanceof BreakroomError) || mayPass(error)) throw error
      onWritten(commit, error)
      return null
    }
  }
}

/** Whether it says nothing about the commit. */
function mayPass({ code }: BreakroomError): boolean {
  return code === 'unavailable' || code === 'closed'
}

/** Null when the ledger has this commit, or a newer one, already. */
async function append(ledger: Ledger, commit: TaskCommit): Promise<number | null> {
  try {
    return (await ledger.append(commit)).seq
  } catch (error) {
    if (error instanceof BreakroomError && error.code === 'conflict' && Number(error.detail.version) >= commit.version)
      return null
    throw error
  }
}
