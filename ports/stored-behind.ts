import { sentenceOf } from '../core/errors.ts'
import type { KeyedState } from './keyed-state.ts'
import type { Log } from './log.ts'

/** How far a reader has come: everything up to it is done. */
export interface StoredBehind {
  /** Where it began. */
  readonly start: number
  /** Nothing had to be done for this entry. */
  passed(seq: number): void
  /** Work on this entry begins; call the answer when it is done. Entries begin in the order of their stream. */
  begin(seq: number): () => void
  /** Everything up to here is done, as of now. */
  readonly done: number
  /** Stores where it stands. */
  close(): Promise<void>
}

const writeEveryMs = 100

/**
 * Keeps how far a reader has come, from `start` on, under `name`. Stored behind the work, never before it, so a kill costs some
 * repeated work, never a skipped entry; every effect behind it has an id of its own that makes the repeat harmless.
 */
export function storeBehind(parts: {
  name: string
  start: number
  cursors: KeyedState<number>
  log: Log
}): StoredBehind {
  const { name, start, cursors, log } = parts
  const open = new Set<number>()
  let last = start
  let stored = start
  let timer: NodeJS.Timeout | null = null
  let writing = Promise.resolve()

  return {
    start,
    passed(seq) {
      last = seq
      schedule()
    },
    begin(seq) {
      last = seq
      open.add(seq)
      return () => {
        open.delete(seq)
        schedule()
      }
    },
    get done() {
      return doneUpTo()
    },
    async close() {
      if (timer !== null) clearTimeout(timer)
      await write()
    },
  }

  function doneUpTo(): number {
    // Sets keep insertion order and entries begin in stream order, so the first open one is the oldest.
    const [oldest] = open
    return oldest === undefined ? last : oldest - 1
  }

  function schedule(): void {
    timer ??= setTimeout(() => void write(), writeEveryMs)
  }

  function write(): Promise<void> {
    timer = null
    writing = writing.then(async () => {
      const seq = doneUpTo()
      if (seq === stored) return
      try {
        await cursors.put(name, seq)
        stored = seq
      } catch (error) {
        log.warn({ cursor: name, cause: sentenceOf(error) }, 'a cursor could not be stored')
      }
    })
    return writing
  }
}
