import type { HeardUpTo } from '../../../ports/chat.ts'
import type { Patience } from './patience.ts'

type RecordEnd = Awaited<ReturnType<HeardUpTo>>

/**
 * Where records ended when we came. Each is asked for once, before anything is added to it: a line that is heard early would move
 * the end past what was missed.
 */
export interface RecordEnds {
  /** Asked until the record answers; rejects with `closed`. */
  atStart(cursor: string): Promise<RecordEnd>
}

export function createRecordEnds(heardUpTo: HeardUpTo, patience: Patience): RecordEnds {
  const ends = new Map<string, Promise<RecordEnd>>()
  return {
    atStart(cursor) {
      const known = ends.get(cursor)
      if (known !== undefined) return known
      const end = patience('the end of the record', () => heardUpTo(cursor))
      ends.set(cursor, end)
      return end
    },
  }
}
