import type { Envelope } from '../core/envelope.ts'

/** An envelope that waits for the bus. */
export interface Spooled {
  subject: string
  envelope: Envelope
}

/** Keeps accepted envelopes on the local disk while the bus is away; they leave in the order they came. */
export interface Spool {
  /** How many wait. */
  readonly depth: number
  /** Resolves when all are on disk (fsync). Rejects with `unavailable` when the disk is full; then nothing of this call is kept. */
  append(items: Spooled[]): Promise<void>
  /** The oldest `limit`, in order. */
  peek(limit: number): Promise<Spooled[]>
  /** Forgets the oldest `count`, after they were stored on the bus. */
  drop(count: number): Promise<void>
  /** Keeps an item for a person to look at: it can never be handed on. Does not drop it. */
  setAside(item: Spooled): Promise<void>
  close(): Promise<void>
}
