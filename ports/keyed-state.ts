/** A small durable map that several parts share: cursors, id maps, stop switches. Values are JSON. */
export interface KeyedState<T> {
  /** The value, or null. Rejects with `unavailable` while the bus is away. */
  get(key: string): Promise<T | null>
  /** Stored when it resolves. Keys are any string; they are encoded by the adapter. */
  put(key: string, value: T): Promise<void>
  delete(key: string): Promise<void>
  /** All entries now. */
  entries(): Promise<Map<string, T>>
  /**
   * Calls `handler` with every present entry, then with each change (`null` for a delete), until `signal` aborts. Resolves when
   * the present entries have been handed over. Survives reconnects.
   */
  watch(handler: (key: string, value: T | null) => void, signal: AbortSignal): Promise<void>
}

const dayMs = 86_400_000

/** The buckets that exist, by name, with how long an entry lives after it was written. */
export const buckets = {
  /** How far each reader has come. */
  cursors: { ttlMs: null },
  /** Envelope id and part -> the message id on a network, and back. */
  ids: { ttlMs: 30 * dayMs },
  /** Which thread of a platform shows which conversation. */
  threads: { ttlMs: 30 * dayMs },
  /** What is stopped, by whom, since when. */
  control: { ttlMs: null },
  /** Who leads; an entry that is not renewed is gone, and with it the lead. */
  leaders: { ttlMs: 4_000 },
  /** Numbers that were given. */
  counters: { ttlMs: null },
  /** What somebody has begun to ask for, question by question. */
  drafts: { ttlMs: dayMs },
  /** Commands that wait for the task service. */
  pending: { ttlMs: dayMs },
  /** What became of dead letters. */
  letters: { ttlMs: null },
  /** Signed runs of checks, by tree. */
  evidence: { ttlMs: 90 * dayMs },
  /** What was done about what stands still, and since when it was seen. */
  sweeps: { ttlMs: 90 * dayMs },
} as const
export type BucketName = keyof typeof buckets
