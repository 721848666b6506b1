import { withoutPing } from '../core/clean-text.ts'
import type { ChatLine } from '../core/envelope.ts'
import type { OutgoingLine } from '../ports/chat.ts'

/**
 * How somebody's line looks when another connection has to say it: `<alice> text`, `* alice waves`. The name is broken up
 * invisibly only when a person of that name is there, who would be rung by it.
 */
export function relayed(data: ChatLine, isHere: (nick: string) => boolean): Pick<OutgoingLine, 'kind' | 'text'> {
  const name = isHere(data.speaker) ? withoutPing(data.speaker) : data.speaker
  if (data.kind === 'action') return { kind: 'say', text: `* ${name} ${data.text}` }
  // Each line of a longer text says who speaks, so that no line of it can pass for somebody else's.
  const text = data.text
    .split('\n')
    .map((line) => `<${name}> ${line}`)
    .join('\n')
  return { kind: 'say', text }
}
