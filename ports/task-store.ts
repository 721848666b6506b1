import type { TaskCommit } from '../core/task/commit.ts'
import type { Task, TaskStatus } from '../core/task/task.ts'

/** A commit and the task as it stands after it. */
export interface Applied {
  /** Place in the ledger. */
  seq: number
  commit: TaskCommit
  task: Task
}

export interface TaskFilter {
  role?: string
  statuses?: readonly TaskStatus[]
  /** Newest first, at most this many. */
  limit: number
}

/**
 * The task store: tasks beside all their commits. Only the task service opens it; everything in it can be derived from the ledger.
 * All of it rejects with `unavailable` when the disk does not do its part (trying again may help), with `unreadable` from the moment
 * when what is kept turns out to be damaged (opening anew gives an empty store), and with `closed` after `close`.
 */
export interface TaskStore {
  /**
   * Keeps commits and states together, all or none; they come in the order of the ledger. Keeping a commit again (same key and
   * version) changes nothing but its `seq`. A task gives way to the same or a later version of it only.
   */
  save(applied: readonly Applied[]): Promise<void>
  task(key: string): Promise<Task | null>
  /** Of two tasks with one label it is the one that was created first. */
  byLabel(label: string): Promise<Task | null>
  /** Tasks that are not over, oldest first, each once. Saving meanwhile is fine: what comes new may be among them or not. */
  live(): AsyncIterable<Task>
  list(filter: TaskFilter): Promise<Task[]>
  /** All commits of one task, oldest first. */
  commits(key: string): Promise<TaskCommit[]>
  /**
   * All commits in the order in which they first came, with their sequences, each once. For refilling a lost ledger: saving them
   * meanwhile under their new sequences changes nothing about the order.
   */
  history(): AsyncIterable<{ seq: number; commit: TaskCommit }>
  /** Highest sequence that was kept, 0 for none. */
  lastSeq(): Promise<number>
  /** The commit kept under this sequence, the newest if there are several, or null. */
  commitAt(seq: number): Promise<TaskCommit | null>
  /** Highest number of a label, 0 for none. */
  highestLabel(): Promise<number>
  /** Live tasks counted by role and status. */
  counts(): Promise<{ role: string; status: TaskStatus; count: number }[]>
  close(): Promise<void>
}

/** Makes task stores in one place. */
export interface TaskStorage {
  /** Opens the store; an empty one when there is none or when what is there cannot be read (it is set aside, and that is logged). */
  open(): Promise<TaskStore>
  /** An empty store beside the one in use. `adopt` puts it in the other's place, `discard` deletes it; all must be closed by then. */
  openFresh(): Promise<{ store: TaskStore; adopt(): Promise<void>; discard(): Promise<void> }>
}
