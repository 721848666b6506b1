/** Hands out numbers, each once, also to several callers and across restarts. A number may be lost, never given twice. */
export interface Counter {
  /** The next number, from 1. Rejects with `unavailable` while the bus is away. */
  next(): Promise<number>
  /** From now on only numbers above `least` are given. */
  atLeast(least: number): Promise<void>
}
