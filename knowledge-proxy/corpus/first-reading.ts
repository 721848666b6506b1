import type { Indexer } from './indexer.ts'

/** Tells how far the first reading of all sources is, in files; null from the moment on when it is over, or cannot go on. */
export function firstReading({ status }: Pick<Indexer, 'status'>): () => { done: number; total: number } | null {
  let over = false
  return () => {
    if (over) return null
    const all = status()
    // The state of a large corpus takes its time: once it is over it is not asked for again.
    over = all.every(({ state, read_at }) => state !== 'reading' || read_at !== null)
    const sum = (key: 'done' | 'total') => all.reduce((files, source) => files + source[key], 0)
    return over ? null : { done: sum('done'), total: sum('total') }
  }
}
