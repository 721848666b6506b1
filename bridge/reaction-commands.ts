import { asideLine } from '../ports/aside-line.ts'
import type { HeardLine, HeardSign } from '../ports/chat.ts'
import type { Thread } from './threads.ts'

/** What an emoji under a task's card stands for, by the names that platforms give it. */
const commands = new Map([
  ['eyes', 'ack'],
  ['white_check_mark', 'done'],
  ['heavy_check_mark', 'done'],
  ['octagonal_sign', 'cancel'],
])

/** The command that a reaction to a card gives, as if its author had typed it; null for any other sign. */
export function commandOfReaction(heard: HeardSign, card: Thread | null): HeardLine | null {
  const { network, sign, id, speaker, at } = heard
  if (sign.kind !== 'reaction' || !sign.added || card === null || card.task === null) return null
  const command = commands.get(sign.name)
  if (command === undefined) return null
  return asideLine({ network, room: card.room, id: `${id}:command`, speaker, text: `${command} ${card.task}`, at })
}
