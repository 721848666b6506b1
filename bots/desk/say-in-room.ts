import { oneLine } from '../../core/clean-text.ts'
import { chatEnvelope } from '../../core/envelope.ts'
import type { InboxEnvelope } from '../../core/handover.ts'
import { desk } from '../../core/route.ts'
import { eventSubject } from '../../core/subject.ts'
import type { DeskParts } from './desk.ts'

/** What is repeated is cut to this; few letters take more than one byte, and then it is still one line of any network. */
const sayLimit = { characters: 300, bytes: 360 }

/**
 * Says something in a public room for whoever asked: the one that is named, else the one they stand in, else the first. The answer is for
 * them; null when they see it said.
 */
export async function sayInRoom(
  { rooms, bus, now }: Pick<DeskParts, 'rooms' | 'bus' | 'now'>,
  { room, text }: { room: string | null; text: string },
  item: InboxEnvelope,
): Promise<string | null> {
  const target = room ?? roomStoodIn(item) ?? rooms[0] ?? ''
  if (room === null && !rooms.includes(target)) {
    return `#${target} is private, and I say nothing there. To have it said elsewhere, name the room: !say #${rooms[0] ?? 'room'} ...`
  }
  if (!rooms.includes(target)) return `There is no room #${target}. Rooms: ${rooms.join(', ')}.`
  // A further line, or what a network cuts off, would stand there as the house's own words.
  const words = oneLine(`${item.data.line.data.speaker} says: ${text}`, sayLimit.characters)
  if (Buffer.byteLength(words) > sayLimit.bytes) return 'That is too long for me to repeat; say it there yourself.'
  const line = chatEnvelope({
    id: `say:${item.id}`,
    source: 'bots/desk',
    at: now(),
    room: { name: target, visibility: 'public' },
    actor: desk,
    authority: { requester: item.authority.requester, chain: [desk] },
    trace: item.trace,
    hops: item.hops,
    data: {
      text: words,
      kind: 'say',
      speaker: desk,
      tier: 'none',
      notice: true,
      // Nobody there sees what was said aside.
      ...(item.data.line.data.aside === undefined ? { in_reply_to: item.data.line.id } : {}),
    },
  })
  await bus.publish(eventSubject(desk, 'chat', target), line)
  return item.room.name === target ? null : `Said in #${target}.`
}

/** The room in which somebody said it, aside or aloud; null when they said it to us alone. */
function roomStoodIn({ room, data: { line } }: InboxEnvelope): string | null {
  const { aside, voice } = line.data
  return aside?.room ?? (voice === undefined ? room.name : null)
}
