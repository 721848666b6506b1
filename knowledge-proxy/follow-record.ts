import { setTimeout as pause } from 'node:timers/promises'
import { BreakroomError, isBreakroomError, sentenceOf } from '../core/errors.ts'
import type { Recorded, RecordReader } from '../ports/bus.ts'
import type { KeyedState } from '../ports/keyed-state.ts'
import type { Log } from '../ports/log.ts'
import { storeBehind } from '../ports/stored-behind.ts'

const againAfterMs = 500

/**
 * Hands every entry of the public record to `handle`, in order, from where it was left (from now on, the first time), until `signal` aborts. The place is stored behind the
 * work: after a kill some entries come again, none is skipped. An entry that cannot be handled while something is away waits; one that can
 * never be is named in the log and passed.
 */
export async function followRecord(parts: {
  /** Under which its place is kept. */
  name: string
  filters: string[]
  bus: RecordReader
  cursors: KeyedState<number>
  handle: (entry: Recorded) => Promise<void>
  log: Log
  signal: AbortSignal
}): Promise<void> {
  const { name, filters, bus, cursors, handle, log, signal } = parts
  const start = await insist(async () => {
    const known = await cursors.get(name)
    if (known !== null) return known
    const newest = await bus.lastSeq('events')
    await cursors.put(name, newest)
    return newest
  })
  if (start === null) return
  const cursor = storeBehind({ name, start, cursors, log })
  for await (const entry of bus.read({ record: 'events', filters, after: start, signal })) {
    if (entry.envelope instanceof BreakroomError) {
      cursor.passed(entry.seq)
      continue
    }
    const done = cursor.begin(entry.seq)
    if ((await insist(() => handle(entry))) === null && signal.aborted) break
    done()
  }
  await cursor.close()

  /** Null when the signal aborted, or when it can never be done. */
  async function insist<T>(work: () => Promise<T>): Promise<T | null> {
    while (!signal.aborted) {
      try {
        return await work()
      } catch (error) {
        if (!isBreakroomError(error, 'unavailable')) {
          log.error({ reader: name, cause: sentenceOf(error) }, 'knowledge: an entry of the record cannot be used')
          return null
        }
        await pause(againAfterMs, undefined, { signal }).catch(() => {})
      }
    }
    return null
  }
}
