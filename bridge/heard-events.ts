import { type ChatEnvelope, type Envelope, envelopeVersion, traceOf } from '../core/envelope.ts'
import { houseLine } from '../core/house-line.ts'
import type { Identity } from '../core/person.ts'
import { desk } from '../core/route.ts'
import type { HeardGap, HeardSign } from '../ports/chat.ts'
import { roomOf, type Visibility } from './heard-envelope.ts'
import { idOfLine, type Origin } from './ids.ts'

/** Where something was heard, and which of its rooms are public. */
interface Heard {
  origin: Origin
  visibility: Visibility
}

/** An event in a room, with the room in it. */
type RoomEvent = Envelope & { room: NonNullable<Envelope['room']> }

/** A reaction or a deletion, in the conversation of the line that it is about. */
export function signEvent(heard: HeardSign, { actor, tier }: Identity, { origin, visibility }: Heard): RoomEvent {
  const { sign, id, at } = heard
  const of = idOfLine(origin, heard.of)
  return {
    specversion: '1.0',
    version: envelopeVersion,
    id: idOfLine(origin, id),
    source: origin,
    type: `chat.${sign.kind}`,
    time: at.toISOString(),
    room: roomOf(heard, actor, visibility),
    actor,
    authority: { requester: actor, chain: [] },
    trace: traceOf(of),
    hops: 0,
    data: { of, tier, ...(sign.kind === 'reaction' ? { name: sign.name.slice(0, 100), added: sign.added } : {}) },
  }
}

/** A span of a room that is not in the record. */
export function gapEvent({ network, room, from, to, reason }: HeardGap, { origin, visibility }: Heard): RoomEvent {
  const [begin, end] = [from?.toISOString() ?? null, to.toISOString()]
  const id = `gap:${network}:${room}:${begin ?? 'start'}:${end}`
  return {
    specversion: '1.0',
    version: envelopeVersion,
    id,
    source: origin,
    type: 'gap.open',
    time: end,
    room: { name: room, visibility: visibility(room) },
    actor: desk,
    authority: { requester: desk, chain: [] },
    trace: traceOf(id),
    hops: 0,
    data: { network, from: begin, to: end, reason },
  }
}

/** What the room is told of a gap. */
export function gapNotice({ network, from, to, reason }: HeardGap, { id, source, room }: RoomEvent): ChatEnvelope {
  const since = from === null ? '' : ` from ${clockTime(from)}`
  const text = `I could not hear ${network}${since} to ${clockTime(to)} UTC: ${reason}. What was said there then is not in the record.`
  return houseLine({ id: `${id}:notice`, source, at: to, room, text })
}

function clockTime(at: Date): string {
  return at.toISOString().slice(11, 19)
}
