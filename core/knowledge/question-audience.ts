import type { Reader } from './access.ts'
import { personIdOf } from './owners.ts'

/** A question, as far as it says who may know of it. */
interface Placed {
  requester: string
  room: { name: string; visibility: 'public' | 'private' } | null
  alone: boolean
  /** Id of the person who was asked. */
  person: string | null
  /** The room in which they were. */
  put: { room: { name: string; visibility: 'public' | 'private' } } | null
}

/** The room in which a question can be read, or null when it was asked alone and put to nobody. */
export function openRoom({ room, alone, put }: Placed): { name: string; visibility: 'public' | 'private' } | null {
  return put?.room ?? (alone ? null : room)
}

/**
 * Whether somebody may know that there is such a question: whoever reads the room that it stands in; where it stands in
 * none, whoever asked it and whoever was asked. `reader` is who reads what they are told, so that nobody has private
 * things told in public.
 */
export function mayKnowOf(question: Placed, { actor, reader }: { actor: string; reader: Reader }): boolean {
  const room = openRoom(question)
  if (room !== null) return room.visibility === 'public' || reader.rooms.has(room.name)
  return question.requester === actor || (question.person !== null && question.person === personIdOf(actor))
}
