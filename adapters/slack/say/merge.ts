import type { OutgoingLine } from '../../../ports/chat.ts'
import type { Part } from './draft.ts'
import { isOpenAfter, pieceBudget } from './pieces.ts'

/** A line that waits to be shown, as far as it matters for what may share a message with it. */
export interface Mergeable {
  line: Pick<OutgoingLine, 'id' | 'as' | 'actions'>
  parts: readonly Part[]
  thread: string | null
  /** What one message of it may hold; Slack found it too long when it is less than usual. */
  budget: number
}

/** Whom one message may ring. */
const mostRung = 3
/** Slack takes 8,000 characters of metadata; the ids of a message have to fit with their quotes. */
const idBudget = 6_000

/**
 * The lines, from the first one waiting, that go out as one message: those of its voice and thread, as many as fit. The line of another
 * voice ends it, because nothing may be said before it that came after it; the same voice's lines in other threads are passed over. A
 * line that needs more than one message, or has buttons, stays alone.
 */
export function nextMessage<T extends Mergeable>(waiting: readonly T[]): T[] {
  const [first] = waiting
  if (first === undefined) return []
  const message = [first]
  if (!canShare(first)) return message
  const size = sizeOf(first)
  for (const next of waiting.slice(1)) {
    if (voiceOf(next.line) !== voiceOf(first.line)) break
    if (next.thread !== first.thread) continue
    const more = sizeOf(next)
    if (!canShare(next)) break
    if (size.text + 1 + more.text > pieceBudget || size.ids + more.ids > idBudget) break
    if (size.rings + more.rings > mostRung) break
    size.text += 1 + more.text
    size.ids += more.ids
    size.rings += more.rings
    message.push(next)
  }
  return message
}

/** Under what a voice keeps the order of what it says. */
function voiceOf({ as }: Pick<OutgoingLine, 'as'>): string {
  return as.kind === 'role' ? `role ${as.role}` : 'ear'
}

function canShare({ line, parts, budget }: Mergeable): boolean {
  const [part, ...others] = parts
  const hasButtons = (line.actions?.length ?? 0) > 0
  return part?.kind === 'text' && others.length === 0 && !hasButtons && budget >= pieceBudget && !isOpenAfter(part.text)
}

function sizeOf({ line, parts }: Mergeable): { text: number; ids: number; rings: number } {
  const text = parts[0]?.text ?? ''
  // Anything else that looks like a mention has been escaped.
  return { text: text.length, ids: line.id.length + 3, rings: text.match(/<@/g)?.length ?? 0 }
}
