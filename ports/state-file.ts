import type { StateCounts } from '../core/state/entry.ts'
import type { RecordOf, RecordSection, Store, TaskChange } from './store.ts'

/** How far a feed was read into the file. `id` is that of the entry, by which it is seen whether the feed is still the same one. */
export interface FeedMark {
  seq: number
  id: string
}

/** What is kept together. */
export interface StateBatch {
  tasks?: readonly TaskChange[]
  records?: Partial<{ [S in RecordSection]: readonly RecordOf[S][] }>
  /** Feeds and how far they are read with this. */
  marks?: Readonly<Record<string, FeedMark>>
}

/** What the store behind has not got yet. */
export interface PendingChanges {
  /** Tasks, the one that has waited longest first, each with all the commits that are owed. */
  tasks(most: number): Promise<TaskChange[]>
  records<S extends RecordSection>(section: S, most: number): Promise<RecordOf[S][]>
  /** The store behind has these, as they were given out. What has changed since, or was made owed anew by `startOver`, is still owed. */
  sent(what: { tasks?: readonly TaskChange[]; records?: StateBatch['records'] }): Promise<void>
  /** The store behind will never take this as it was given out: it is left out until it changes. What has changed since is still owed. */
  setAside(
    what: { task: TaskChange } | { section: RecordSection; record: { id: string; revision: number } },
    why: string,
  ): Promise<void>
  /** What was set aside, for people: `t-13: it has 1.2 MB ...`; at most twenty. */
  asideNow(): Promise<string[]>
  /**
   * How much waits, without what was set aside, and since when the oldest of it does (as it was kept here). Figures are written now and
   * then: `records` tells them from the rest, and `since` leaves them out.
   */
  waiting(): Promise<{ tasks: number; commits: number; records: Record<RecordSection, number>; since: Date | null }>
  /** All is owed again, as to an empty store. */
  startOver(): Promise<void>
}

/** The house's own copy of the organisation's memory, from which the store behind is filled. */
export interface StateFile {
  readonly store: Store
  readonly pending: PendingChanges
  /** Of this fleet, made with the file. */
  readonly fleet: string
  /** Keeps all of it or none. Otherwise as the parts of `store`. */
  keep(batch: StateBatch): Promise<void>
  mark(feed: string): Promise<FeedMark | null>
  /** The place of the newest commit, 0 for none. */
  lastPlace(): Promise<number>
  counts(): Promise<StateCounts>
  /** A note that outlives restarts: `import` says which import is half done. */
  note(name: string): Promise<string | null>
  setNote(name: string, value: string | null): Promise<void>
  /** What is off about the file, for people, or null. */
  trouble(): string | null
  close(): Promise<void>
}
