import { oneLine, withoutPing } from '../core/clean-text.ts'
import type { ChatLine } from '../core/envelope.ts'
import type { OutgoingLine } from '../ports/chat.ts'

/**
 * How somebody's line looks when another connection has to say it: `<alice> text`, `* alice waves`. Who speaks is a prefix, so that
 * it stands before every piece a network cuts the text into: none of them can pass for somebody else's. The name is broken up
 * invisibly only when a person of that name is there, who would be rung by it.
 */
export function relayed(
  data: ChatLine,
  isHere: (nick: string) => boolean,
): Pick<OutgoingLine, 'kind' | 'prefix' | 'text'> {
  // A name may come from anywhere; a line break in it would begin a line in nobody's name.
  const speaker = oneLine(data.speaker, 64)
  const name = isHere(speaker) ? withoutPing(speaker) : speaker
  return { kind: 'say', prefix: data.kind === 'action' ? `* ${name} ` : `<${name}> `, text: data.text }
}
