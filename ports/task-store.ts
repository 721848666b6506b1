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

/** The task store: tasks beside all their commits. Only the task service opens it; everything in it can be derived from the ledger. */
export interface TaskStore {
  /** Keeps commits and states together, all or none. Keeping one again (same key and version) changes nothing but its `seq`. */
  save(applied: readonly Applied[]): Promise<void>
  task(key: string): Promise<Task | null>
  byLabel(label: string): Promise<Task | null>
  /** Tasks that are not over, oldest first. */
  live(): AsyncIterable<Task>
  list(filter: TaskFilter): Promise<Task[]>
  /** All commits of one task, oldest first. */
  commits(key: string): Promise<TaskCommit[]>
  /** All commits in the order of the ledger, with their sequences there. For refilling a lost ledger. */
  history(): AsyncIterable<{ seq: number; commit: TaskCommit }>
  /** Sequence of the newest entry that was kept, 0 for none. */
  lastSeq(): Promise<number>
  /** The commit kept under this sequence, or null. */
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
  /** An empty store beside the one in use. `adopt` puts it in the other's place; both must be closed by then. */
  openFresh(): Promise<{ store: TaskStore; adopt(): Promise<void>; discard(): Promise<void> }>
}
