/** A small durable map with several writers, each of whom says which revision they mean to replace. Values are JSON. */
export interface RevisedState {
  /**
   * The value (null for nothing, undefined for what is not JSON) and its revision, 0 when there never was one. Rejects with `unavailable` while
   * the bus is away.
   */
  read(key: string): Promise<{ value: unknown; revision: number }>
  /** Stored when it resolves, with the new revision. Rejects with `conflict` when `revision` is not the newest any more. */
  write(key: string, value: unknown, revision: number): Promise<number>
}
