import { traceOf } from '../core/envelope.ts'
import { readThreadCode } from '../core/thread-code.ts'
import type { HeardLine } from '../ports/chat.ts'
import { idOfLine, type Origin } from './ids.ts'
import type { Thread, Threads } from './threads.ts'

/** Which conversation a line belongs to, and what of its text is said. */
export interface Said {
  text: string
  trace: string
  /** `task`: the label of the one whose card it hangs on. */
  thread?: { network: string; id: string; task?: string }
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
    known: Pick<Threads, 'find' | 'byCode'>
    isRole: (word: string) => boolean
  },
): Said {
  const { id, text, origin, known } = about
  if (line.thread !== undefined) {
    const { network, thread: id } = line
    const thread = known.find(network, id)
    const trace = thread?.trace ?? traceOf(idOfLine(origin, id))
    return { text, trace, thread: { network, id, ...taskOf(thread) } }
  }
  const answered = about.ownThreads || line.room === null ? null : readThreadCode(text)
  const thread = answered === null || about.isRole(answered.code) ? null : known.byCode(line.room ?? '', answered.code)
  if (answered === null || thread === null) {
    // An edit goes on with what it corrects.
    return { text, trace: traceOf(line.edit === undefined ? id : idOfLine(origin, line.edit.of)) }
  }
  const { network, trace } = thread
  return { text: answered.rest, trace, thread: { network, id: thread.id, ...taskOf(thread) } }
}

function taskOf(thread: Thread | null): { task?: string } {
  return thread === null || thread.task === null ? {} : { task: thread.task }
}
