import { sentenceOf } from '../core/errors.ts'
import type { HeardUpTo } from '../ports/chat.ts'
import type { KeyedState } from '../ports/keyed-state.ts'
import type { Log } from '../ports/log.ts'
import type { Marks } from '../ports/marks.ts'
import { patiently } from './patiently.ts'

/** The last line of a room that was accepted. */
interface Heard {
  id: string | null
  at: Date
}

export interface HeardCursors {
  /** Notes an accepted line; written behind, at most every quarter of a second. */
  heard(network: string, room: string, last: Heard): void
  /** Where the record of a network's room ends. */
  upTo(network: string): HeardUpTo
  /** The same for a network that was down until `since`: nothing can have been said there before. */
  upToQuiet(network: string, since: Date): HeardUpTo
  /** Writes what is pending. */
  flush(): Promise<void>
}

interface Stored {
  id: string | null
  at: string
}

const writeEveryMs = 250
/** How far a network's clock may be behind ours where we have only our own to mark a beginning. */
const clockSkewMs = 10_000

/**
 * Remembers how far each room was heard: on the local disk, so that a bridge can start while the bus is away, and on the bus for a
 * bridge that lost its disk. A cursor that is a little old costs a few duplicates, which the stream recognises.
 */
export function createHeardCursors(parts: {
  state: KeyedState<Stored>
  marks: Marks
  now: () => Date
  log: Log
  signal: AbortSignal
}): HeardCursors {
  const { state, marks, now, log, signal } = parts
  const memory = new Map<string, Stored>()
  const dirty = new Set<string>()
  let timer: NodeJS.Timeout | null = null
  let writing = Promise.resolve()
  const loading = load()
  const keyOf = (network: string, room: string) => `heard ${network} ${room}`

  return {
    heard: (network, room, last) => mark(keyOf(network, room), last),
    upTo: (network) => async (room) => {
      await loading
      const key = keyOf(network, room)
      const known = memory.get(key) ?? (await patiently(signal, () => state.get(key)))
      if (known !== null) return { id: known.id, at: new Date(known.at) }
      // Were we killed before the first line, the room would have no past to ask for.
      mark(key, { id: null, at: new Date(now().getTime() - clockSkewMs) })
      await flush()
      return null
    },
    upToQuiet: (network, since) => async (room) => {
      await loading
      const last = { id: null, at: since }
      mark(keyOf(network, room), last)
      return last
    },
    flush,
  }

  async function load(): Promise<void> {
    for (const [key, value] of Object.entries(await marks.read())) {
      if (!memory.has(key)) memory.set(key, value as Stored)
    }
  }

  function mark(key: string, { id, at }: Heard): void {
    memory.set(key, { id, at: at.toISOString() })
    dirty.add(key)
    timer ??= setTimeout(() => void flush(), writeEveryMs)
  }

  function flush(): Promise<void> {
    if (timer !== null) clearTimeout(timer)
    timer = null
    writing = writing.then(writeDirty)
    return writing
  }

  async function writeDirty(): Promise<void> {
    if (dirty.size === 0) return
    await loading
    const keys = [...dirty]
    dirty.clear()
    await marks.write(Object.fromEntries(memory)).catch(warn)
    // While the bus is away the disk alone has them; the next line writes there again.
    await Promise.all(keys.map((key) => state.put(key, memory.get(key) as Stored).catch(warn)))
  }

  function warn(error: unknown): void {
    log.warn({ cause: sentenceOf(error) }, 'a cursor could not be stored')
  }
}
