/** The way out for one kind of things that are owed to the store behind. */
export interface Outlet {
  /** How many writes may be under way side by side. */
  readonly atOnce: number
  /** Takes some of what is owed and not on its way already; null when there is nothing. Never asked twice at the same time. */
  next(): Promise<Write | null>
}

/**
 * Keeps what was taken and notes that it is not owed any more. What the store will never take is set aside; rejects when the store as a
 * whole cannot be written, or the file cannot.
 */
export type Write = (options?: { once?: boolean; until?: AbortSignal }) => Promise<void>
