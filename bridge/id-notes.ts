import { sentenceOf } from '../core/errors.ts'
import type { KeyedState } from '../ports/keyed-state.ts'
import type { Log } from '../ports/log.ts'

/** Where one line was shown: the platform's ids, a part of the text each. */
export interface Shown {
  ids: string[]
}

export interface IdNotes {
  note(key: string, shown: Shown): void
  /** The first of a line's ids, or null where it was not shown or nobody remembers; null too while the bus is away. */
  firstIdOf(key: string): Promise<string | null>
  /** Writes what is pending. */
  flush(): Promise<void>
}

/** A burst goes first: each entry costs the bus a synced write, as a line does. */
const quietMs = 300
const mostPending = 2_000
const mostRecent = 5_000
const atOnce = 64

/**
 * Writes the id map behind the lines it is about. What a kill loses of it can still be told from the stamps in the network's
 * history.
 */
export function createIdNotes(state: KeyedState<Shown>, log: Log): IdNotes {
  const pending = new Map<string, Shown>()
  /** The newest ones, so that what is answered at once is found at once. */
  const recent = new Map<string, Shown>()
  let timer: NodeJS.Timeout | null = null
  let writing = Promise.resolve()

  return {
    note(key, shown) {
      pending.set(key, shown)
      recent.set(key, shown)
      const [oldest] = recent.keys()
      if (recent.size > mostRecent && oldest !== undefined) recent.delete(oldest)
      if (timer !== null) clearTimeout(timer)
      if (pending.size >= mostPending) void flush()
      else timer = setTimeout(() => void flush(), quietMs)
    },
    async firstIdOf(key) {
      const known = recent.get(key) ?? (await state.get(key).catch(() => null))
      return known?.ids[0] ?? null
    },
    flush,
  }

  function flush(): Promise<void> {
    if (timer !== null) clearTimeout(timer)
    timer = null
    writing = writing.then(async () => {
      const entries = [...pending]
      pending.clear()
      for (let start = 0; start < entries.length; start += atOnce) {
        await Promise.all(entries.slice(start, start + atOnce).map(([key, shown]) => put(key, shown)))
      }
    })
    return writing
  }

  async function put(key: string, shown: Shown): Promise<void> {
    try {
      await state.put(key, shown)
    } catch (error) {
      log.warn({ key, cause: sentenceOf(error) }, 'the id map misses a line')
    }
  }
}
