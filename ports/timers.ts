/** Something that is to happen at a moment. `id` names it for good: at most 200 characters, any text. */
export interface Timer {
  id: string
  due: Date
}

/**
 * Timers outside of our memory: they ring at their moment while we live, whoever set them. They may all be lost (a FLUSHALL, a fail-over);
 * whoever sets them can derive them again and looks whether they are there. Every call rejects with `unavailable` while the other side is away.
 */
export interface Timers {
  /** Kept when it resolves. One that is there already is moved to its new moment; one whose moment is past rings at once. */
  set(timers: readonly Timer[]): Promise<void>
  /** Gone when it resolves; ids that are not there are no error. */
  remove(ids: readonly string[]): Promise<void>
  /** The ids of all that wait. */
  pending(): Promise<Set<string>>
  /**
   * Calls `handler` with the id of every timer whose moment has come, several side by side, until `signal` aborts: at least once for
   * each. A date as the answer means "not yet": it rings again then. When it rejects, the timer rings again after a second.
   */
  ring(handler: (id: string) => Promise<Date | null>, signal: AbortSignal): void
  /** Whether the other side answers. */
  readonly connected: boolean
  close(): Promise<void>
}
