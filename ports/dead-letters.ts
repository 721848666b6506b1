import type { Envelope } from '../core/envelope.ts'
import type { BreakroomError } from '../core/errors.ts'

/** One dead letter as it was stored. */
export interface LetterEntry {
  seq: number
  /** When it was stored. */
  storedAt: Date
  /** The subject token of who wrote it, as the bus proved it; null for letters of older writers, which anybody may have written. */
  writer: string | null
  /** The letter, or the error (`unreadable`) when its bytes are none. */
  envelope: Envelope | BreakroomError
  bytes: Uint8Array
}

/** What was given up, and the way back for it. */
export interface DeadLetters {
  /** Yields every letter after `after`, in stream order, without end, each once. Survives disconnects and restarts of the server. */
  read(options: { after: number; signal: AbortSignal }): AsyncIterable<LetterEntry>
  /** The letter under this sequence, or null when it is not kept any more. */
  at(seq: number): Promise<LetterEntry | null>
  /** The sequence of the newest letter, 0 when there never was one. */
  lastSeq(): Promise<number>
  /**
   * Stores bytes as they are on the subject of a queue, once for each letter (26 h); whoever takes them is told that they come from it.
   * Rejects with `unavailable` when it may or may not be stored; doing it again is safe.
   */
  putBack(subject: string, bytes: Uint8Array, letterId: string): Promise<void>
}
