import type { BreakroomError } from '../core/errors.ts'
import type { TaskCommit } from '../core/task/commit.ts'

/** One entry of the ledger, in stream order. `commit` is the error (`unreadable`) when the entry is no commit of that task. */
export interface LedgerEntry {
  seq: number
  commit: TaskCommit | BreakroomError
  /** True when nothing newer was waiting at the time it was handed over. */
  caughtUp: boolean
}

/** The event log of all tasks: the truth about them. Versions count per task, without holes. */
export interface Ledger {
  /**
   * Stored when it resolves, with its sequence. The entry counts only when the newest commit of that task has the version before
   * it (none for version 1): otherwise rejects with `conflict`, `detail.version` being the newest (0 for none), and nothing is
   * stored. Appending a commit again that is the newest already (same id and version) resolves as the first time, with `repeated`:
   * nothing is stored, and what the first one said counts. Rejects with `unavailable` when no answer came: it may or may not be
   * stored, and appending it again is safe.
   */
  append(commit: TaskCommit): Promise<{ seq: number; repeated: boolean }>
  /** Yields every entry after `after`, in order, without end, each once. Survives disconnects and restarts of the server. */
  read(options: { after: number; signal: AbortSignal }): AsyncIterable<LedgerEntry>
  /** The sequence of the newest entry, 0 for an empty ledger. */
  lastSeq(): Promise<number>
}
