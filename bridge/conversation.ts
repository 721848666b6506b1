import { traceOf } from '../core/envelope.ts'
import { readThreadCode } from '../core/thread-code.ts'
import type { HeardLine } from '../ports/chat.ts'
import { idOfLine, type Origin } from './ids.ts'
import type { Threads } from './threads.ts'

/** Which conversation a line belongs to, and what of its text is said. */
export interface Said {
  text: string
  trace: string
  thread?: { network: string; id: string }
}

/**
 * A line in a thread belongs to what the thread is about: the task whose card it hangs on, or its first message. Where there are no
 * threads, `[k3f9] ...` and `@k3f9 ...` answer into the one with that code. Every other line begins a conversation of its own.
 */
export function conversationOf(
  line: HeardLine,
  about: {
    id: string
    text: string
    origin: Origin
    /** Whether its network has threads of its own. */
    ownThreads: boolean
    known: Pick<Threads, 'traceOf' | 'byCode'>
    isRole: (word: string) => boolean
  },
): Said {
  const { id, text, origin, known } = about
  if (line.thread !== undefined) {
    const { network, thread } = line
    const trace = known.traceOf(network, thread) ?? traceOf(idOfLine(origin, thread))
    return { text, trace, thread: { network, id: thread } }
  }
  const answered = about.ownThreads || line.room === null ? null : readThreadCode(text)
  const thread = answered === null || about.isRole(answered.code) ? null : known.byCode(answered.code)
  if (answered === null || thread === null || thread.room !== line.room) return { text, trace: traceOf(id) }
  return { text: answered.rest, trace: thread.trace, thread: { network: thread.network, id: thread.id } }
}
