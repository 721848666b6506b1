import type { RecordName, RecordReader } from '../ports/bus.ts'
import type { KeyedState } from '../ports/keyed-state.ts'
import type { Log } from '../ports/log.ts'
import { type StoredBehind, storeBehind } from '../ports/stored-behind.ts'
import { patiently } from './patiently.ts'

/** How far a reader of a record has come: everything up to the cursor is done. `start` is the sequence to read after. */
export type Cursor = StoredBehind

/** Loads a reader's cursor, which is stored behind its work. */
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
  return storeBehind({ name, start: await patiently(signal, load), cursors, log })

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
