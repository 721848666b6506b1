import type { KeyedState } from '../ports/keyed-state.ts'
import type { Log } from '../ports/log.ts'
import { type StoredBehind, storeBehind } from '../ports/stored-behind.ts'

/** How far the effects of the ledger are carried out: everything up to it is done. */
export type Progress = Pick<StoredBehind, 'start' | 'begin' | 'close'>

const key = 'tasks effects'

/**
 * `end` is that of the ledger, and where it begins when nothing is known or what is known is of another ledger: a beginning is
 * stored before anything is carried out.
 */
export async function loadProgress(cursors: KeyedState<number>, end: number, log: Log): Promise<Progress> {
  const known = await progressOf(cursors)
  const start = Math.min(known ?? end, end)
  if (known !== start) await setProgress(cursors, start)
  return storeBehind({ name: key, start, cursors, log })
}

/** How far it is, or null. */
export function progressOf(cursors: KeyedState<number>): Promise<number | null> {
  return cursors.get(key)
}

/** Begins from here, as after the ledger was written anew. */
export function setProgress(cursors: KeyedState<number>, seq: number): Promise<void> {
  return cursors.put(key, seq)
}
