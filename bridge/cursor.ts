import { sentenceOf } from '../core/errors.ts'
import type { RecordName, RecordReader } from '../ports/bus.ts'
import type { KeyedState } from '../ports/keyed-state.ts'
import type { Log } from '../ports/log.ts'
import { patiently } from './patiently.ts'

/** How far a reader of a record has come: everything up to the cursor is done. */
export interface Cursor {
  /** The sequence to read after. */
  readonly start: number
  /** Nothing had to be done for this entry. */
  passed(seq: number): void
  /** Work on this entry begins; call the answer when it is done. */
  begin(seq: number): () => void
  /** Everything up to here is done, as of now. */
  readonly done: number
  /** Stores where it stands. */
  close(): Promise<void>
}

const writeEveryMs = 100

/**
 * Loads a reader's cursor. Stored behind, so a kill costs
 * some repeated work, never a skipped entry; every effect behind it has an id of its own that makes the repeat harmless.
 */
export async function createCursor(parts: {
  name: string
  record: RecordName
  /** Where a reader begins that never ran: after the newest entry, or after this moment. */
  firstAfter?: Date
  bus: RecordReader
  cursors: KeyedState<number>
  log: Log
  signal: AbortSignal
}): Promise<Cursor> {
  const { name, bus, cursors, log, signal } = parts
  const start = await patiently(signal, load)
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

  /** Only a `put` that arrived counts, so asking again begins where the first one did. */
  async function load(): Promise<number> {
    const known = await cursors.get(name)
    if (known !== null) return known
    const { record, firstAfter } = parts
    const end = firstAfter ? await bus.seqBefore(record, firstAfter) : await bus.lastSeq(record)
    await cursors.put(name, end)
    return end
  }
}
