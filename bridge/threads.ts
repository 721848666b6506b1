import { traceCode } from '../core/envelope.ts'
import { sentenceOf } from '../core/errors.ts'
import type { KeyedState } from '../ports/keyed-state.ts'
import type { Log } from '../ports/log.ts'

/** A thread on a platform, and the conversation of the house that it shows. */
export interface Thread {
  network: string
  /** The platform's id of its first message. */
  id: string
  room: string
  trace: string
  /** When something was last said in it, ISO 8601. */
  at: string
  /** When somebody was last heard in it, and all before, ISO 8601; null for never. As `at` where it is left out. */
  heard?: string | null
  /** The label of the task whose card its first message is, or null. */
  task: string | null
}

/** Which thread of which platform shows which conversation. Answers come from memory, so that nothing has to wait for them. */
export interface Threads {
  /** What was stored is known. */
  loaded: Promise<void>
  /** A thread by the platform's id, or null for one that we never heard of. */
  find(network: string, id: string): Thread | null
  /** The thread that shows a conversation in a room of a network; a card's before another. Null when none does. */
  idOf(network: string, room: string, trace: string): string | null
  /** The thread of a room of which people see this code, the newest when several have it; null for no thread. */
  byCode(room: string, code: string): Thread | null
  /** Threads of a room in which something was said within the last week. */
  live(network: string, room: string): { thread: string; at: Date; heard: Date | null }[]
  /** Something was said in a thread. Stored behind. */
  spoke(thread: Thread): void
  /** Writes what is pending. */
  flush(): Promise<void>
}

const liveForMs = 7 * 86_400_000
const writeEveryMs = 1_000
const mostInMemory = 20_000

/** Remembers threads for as long as their bucket does, and the newest 20,000 of them in memory. */
export function createThreads(parts: {
  state: KeyedState<Thread>
  now: () => Date
  log: Log
  signal: AbortSignal
}): Threads {
  const { state, now, log, signal } = parts
  const threads = new Map<string, Thread>()
  const byTrace = new Map<string, Thread>()
  const codes = new Map<string, Thread>()
  const dirty = new Set<string>()
  let timer: NodeJS.Timeout | null = null
  let writing = Promise.resolve()
  const loaded = state.watch((_, thread) => {
    if (thread !== null) remember(thread)
  }, signal)

  return {
    loaded,
    find: (network, id) => threads.get(`${network} ${id}`) ?? null,
    idOf: (network, room, trace) => byTrace.get(`${network} ${room} ${trace}`)?.id ?? null,
    byCode: (room, code) => codes.get(`${room} ${code.toLowerCase()}`) ?? null,
    live(network, room) {
      const since = new Date(now().getTime() - liveForMs).toISOString()
      return [...threads.values()]
        .filter((thread) => thread.network === network && thread.room === room && thread.at >= since)
        .map(({ id, at, heard = at }) => ({
          thread: id,
          at: new Date(at),
          heard: heard === null ? null : new Date(heard),
        }))
    },
    spoke(thread) {
      const key = keyOf(thread)
      const known = threads.get(key)
      // A role may say when its line is, and in which thread: neither moves a thread out of its conversation, nor beyond now.
      if (known !== undefined && known.trace !== thread.trace && thread.task === null) return
      const at = later(until(thread.at), known?.at ?? null)
      const before = known === undefined ? null : known.heard === undefined ? known.at : known.heard
      const heard = thread.heard ? later(until(thread.heard), before) : before
      const task = thread.task ?? known?.task ?? null
      if (known?.at === at && before === heard && known.task === task) return
      remember({ ...thread, at, heard, task })
      dirty.add(key)
      // A thread nobody knows of would be passed over after an outage.
      if (known === undefined) void flush()
      else timer ??= setTimeout(() => void flush(), writeEveryMs)
    },
    flush,
  }

  function until(at: string): string {
    return new Date(Math.min(Date.parse(at), now().getTime())).toISOString()
  }

  function remember(thread: Thread): void {
    const key = keyOf(thread)
    const known = threads.get(key)
    if (known !== undefined && known.at > thread.at) return
    // Set anew, so that the first entry is the one that was quiet for longest.
    threads.delete(key)
    threads.set(key, thread)
    codes.set(codeOf(thread), thread)
    const conversation = `${thread.network} ${thread.room} ${thread.trace}`
    const before = byTrace.get(conversation)
    if (before === undefined || before.task === null || thread.task !== null) byTrace.set(conversation, thread)
    const [oldest] = threads
    if (threads.size > mostInMemory && oldest !== undefined) forget(...oldest)
  }

  function forget(key: string, thread: Thread): void {
    threads.delete(key)
    const conversation = `${thread.network} ${thread.room} ${thread.trace}`
    if (byTrace.get(conversation)?.id === thread.id) byTrace.delete(conversation)
    if (codes.get(codeOf(thread))?.id === thread.id) codes.delete(codeOf(thread))
  }

  function flush(): Promise<void> {
    if (timer !== null) clearTimeout(timer)
    timer = null
    writing = writing.then(async () => {
      const keys = [...dirty]
      dirty.clear()
      await Promise.all(keys.map(store))
    })
    return writing
  }

  async function store(key: string): Promise<void> {
    const thread = threads.get(key)
    if (thread === undefined) return
    try {
      await state.put(key, thread)
    } catch (error) {
      log.warn({ cause: sentenceOf(error) }, 'a thread could not be stored; its next line stores it')
      dirty.add(key)
    }
  }
}

function later(one: string, other: string | null): string {
  return other !== null && Date.parse(other) > Date.parse(one) ? other : one
}

function codeOf({ room, trace }: Thread): string {
  return `${room} ${traceCode(trace)}`
}

function keyOf({ network, id }: Thread): string {
  return `${network} ${id}`
}
