import type { KeptKnowledge } from '../core/state/kept-knowledge.ts'
import type { KeptStart } from '../core/state/kept-start.ts'
import type { RoleDay } from '../core/state/role-day.ts'
import type { TaskCommit } from '../core/task/commit.ts'
import type { Task } from '../core/task/task.ts'

/** A commit and its place among all commits. Places grow in the order of the ledger; they stay when a ledger is written anew. */
export interface PlacedCommit {
  place: number
  commit: TaskCommit
}

/** A task as it stands, and those of its commits that the store may not have yet: oldest first, without holes, up to the task's version. */
export interface TaskChange {
  task: Task
  commits: readonly PlacedCommit[]
}

/** Records of one kind. The id of a record is its place; of two revisions the higher one counts. */
export interface RecordSet<R extends { id: string; revision: number }> {
  /** Keeps records: all are there when it resolves. What is there in the same or a later revision stays. */
  keep(records: readonly R[]): Promise<void>
  get(id: string): Promise<R | null>
  /** By id, ascending as code units, those after `after`. Keeping meanwhile is fine: what comes new may be among them or not. */
  all(after?: string): AsyncIterable<R>
}

/**
 * The organisation's memory: what outlives a machine. Everything is idempotent: keeping the same again, or something older, changes
 * nothing, so whoever is in doubt keeps it again.
 *
 * All of it rejects with `unavailable` when it may help to try again (`detail.reason`: `away`, `contended`, `slow`, `busy`), `denied`
 * when the store does not let us in, `refused` (`detail.rule`: `too-large`, `invalid`, `another`) for what can never be kept like this,
 * `unreadable` for what is kept and is damaged, and `closed` after `close`.
 */
export interface Store {
  /** For people: `SQLite, /home/ada/.breakroom/state/state.sqlite`. */
  readonly title: string
  /**
   * Keeps tasks with commits. Each task is kept together with its commits or not at all, and never gives way to an earlier version of it;
   * different tasks may be kept one without the other when it rejects. Rejects with `refused` (`another`) when another commit is kept
   * under the same key and version. Tasks of private rooms are kept apart from the others.
   */
  keepTasks(changes: readonly TaskChange[]): Promise<void>
  task(key: string): Promise<Task | null>
  /** All commits of one task, oldest first. */
  commits(key: string): Promise<PlacedCommit[]>
  /** Every task once, in any order. */
  tasks(): AsyncIterable<Task>
  /** All commits after this place (0: all), in the order of places. */
  history(after: number): AsyncIterable<PlacedCommit>
  readonly knowledge: RecordSet<KeptKnowledge>
  readonly configuration: RecordSet<KeptStart>
  readonly metrics: RecordSet<RoleDay>
  close(): Promise<void>
}

/** The sets of records in a store. */
export const recordSections = ['knowledge', 'configuration', 'metrics'] as const
export type RecordSection = (typeof recordSections)[number]

/** The record of each section. */
export interface RecordOf {
  knowledge: KeptKnowledge
  configuration: KeptStart
  metrics: RoleDay
}

/** A store that several fleets could be pointed at by mistake. */
export interface OwnedStore extends Store {
  /** The fleet that keeps its memory here, by its id; null while it is nobody's. */
  owner(): Promise<string | null>
  /** Makes it this fleet's, if it still is what `from` says. Rejects with `conflict` otherwise. */
  own(fleet: string, from: string | null): Promise<void>
}
