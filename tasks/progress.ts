import { sentenceOf } from '../core/errors.ts'
import type { KeyedState } from '../ports/keyed-state.ts'
import type { Log } from '../ports/log.ts'

/** How far the effects of the ledger are carried out: everything up to it is done. Stored behind the work, never before it. */
export interface Progress {
  /** Where to go on. */
  readonly start: number
  /** Work on an entry begins; call the answer when it is done. Entries begin in the order of the ledger. */
  begin(seq: number): () => void
  /** Stores where it stands. */
  close(): Promise<void>
}

const key = 'tasks effects'
const writeEveryMs = 100

/**
 * `end` is that of the ledger, and where it begins when nothing is known or what is known is of another ledger: a beginning is
 * stored before anything is carried out.
 */
export async function loadProgress(cursors: KeyedState<number>, end: number, log: Log): Promise<Progress> {
  const known = await progressOf(cursors)
  const start = Math.min(known ?? end, end)
  if (known !== start) await setProgress(cursors, start)
  const open = new Set<number>()
  let last = start
  let stored = start
  let timer: NodeJS.Timeout | null = null
  let writing = Promise.resolve()

  return {
    start,
    begin(seq) {
      last = seq
      open.add(seq)
      return () => {
        open.delete(seq)
        timer ??= setTimeout(write, writeEveryMs)
      }
    },
    async close() {
      if (timer !== null) clearTimeout(timer)
      await write()
    },
  }

  function write(): Promise<void> {
    timer = null
    writing = writing.then(async () => {
      // Sets keep insertion order, so the first open one is the oldest.
      const [oldest] = open
      const seq = oldest === undefined ? last : oldest - 1
      if (seq === stored) return
      try {
        await cursors.put(key, seq)
        stored = seq
      } catch (error) {
        log.warn({ cause: sentenceOf(error) }, 'the progress of effects could not be stored')
      }
    })
    return writing
  }
}

/** How far it is, or null. */
export function progressOf(cursors: KeyedState<number>): Promise<number | null> {
  return cursors.get(key)
}

/** Begins from here, as after the ledger was written anew. */
export function setProgress(cursors: KeyedState<number>, seq: number): Promise<void> {
  return cursors.put(key, seq)
}
