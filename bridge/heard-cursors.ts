import { setTimeout as pause } from 'node:timers/promises'
import { sentenceOf } from '../core/errors.ts'
import type { HeardUpTo } from '../ports/chat.ts'
import type { KeyedState } from '../ports/keyed-state.ts'
import type { Log } from '../ports/log.ts'
import type { Spool } from '../ports/spool.ts'

/** The last line of a room that was accepted. */
interface Heard {
  id: string | null
  at: Date
}

export interface HeardCursors {
  /** Notes an accepted line; written behind, at most every quarter of a second. */
  heard(network: string, room: string, last: Heard): void
  /** Where the record of a network's room ends: what is newest of memory, the spool and the stored cursor. */
  upTo(network: string): HeardUpTo
  /** The same for a network that was down while we were: nothing can have been said there before we heard it. */
  sinceNow(network: string): HeardUpTo
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
const askAgainMs = 250

/** Remembers how far each room was heard. A cursor that is a little old costs a few duplicates, which the stream recognises. */
export function createHeardCursors(parts: {
  state: KeyedState<Stored>
  spool: Spool
  now: () => Date
  log: Log
  signal: AbortSignal
}): HeardCursors {
  const { state, spool, now, log, signal } = parts
  const memory = new Map<string, Heard>()
  const dirty = new Set<string>()
  let timer: NodeJS.Timeout | null = null
  const keyOf = (network: string, room: string) => `heard ${network} ${room}`

  return {
    heard(network, room, last) {
      const key = keyOf(network, room)
      memory.set(key, last)
      dirty.add(key)
      timer ??= setTimeout(() => void flush(), writeEveryMs)
    },
    upTo: (network) => async (room) => {
      const key = keyOf(network, room)
      const known = memory.get(key) ?? (await lastSpooled(network, room))
      if (known !== null) return known
      const stored = await patiently(() => state.get(key))
      return stored === null ? beginNow(key) : { id: stored.id, at: new Date(stored.at) }
    },
    sinceNow: (network) => async (room) => beginNow(keyOf(network, room)),
    flush,
  }

  /** Cursors of lines are written behind. Were we killed before the first one, a room without any would have no past to ask for. */
  async function beginNow(key: string): Promise<null> {
    const beginning = new Date(now().getTime() - clockSkewMs).toISOString()
    await patiently(() => state.put(key, { id: null, at: beginning }))
    return null
  }

  async function flush(): Promise<void> {
    if (timer !== null) clearTimeout(timer)
    timer = null
    const keys = [...dirty]
    dirty.clear()
    for (const key of keys) {
      const last = memory.get(key)
      if (last === undefined) continue
      try {
        await state.put(key, { id: last.id, at: last.at.toISOString() })
      } catch (error) {
        // Tried again with the next line; until then memory and the spool know better than the bus.
        dirty.add(key)
        log.warn({ cause: sentenceOf(error), key }, 'a cursor could not be stored')
      }
    }
  }

  /** Asks until the bus answers: without the cursor we would not know what we missed. */
  async function patiently<T>(ask: () => Promise<T>): Promise<T> {
    while (true) {
      try {
        return await ask()
      } catch (error) {
        if (signal.aborted) throw error
        await pause(askAgainMs, undefined, { signal })
      }
    }
  }

  async function lastSpooled(network: string, room: string): Promise<Heard | null> {
    const waiting = await spool.peek(spool.depth)
    const last = waiting.findLast(
      ({ envelope }) =>
        envelope.room?.name === room && envelope.source === `irc/${network}` && envelope.type === 'chat.line',
    )
    if (last === undefined) return null
    const origin = last.envelope.data.origin as { id?: string | null } | undefined
    return { id: origin?.id ?? null, at: new Date(last.envelope.time) }
  }
}
