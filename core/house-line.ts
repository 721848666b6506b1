import { type ChatEnvelope, type ChatLine, chatEnvelope, traceOf } from './envelope.ts'
import { desk } from './route.ts'
import { eventSubject, type OrgSubjects } from './subject.ts'
import type { TaskPlace } from './task/task.ts'

/** Something the house itself says. */
export interface HouseWords {
  id: string
  /** The part that says it: `bridge/router`. */
  source: string
  at: Date
  room: ChatEnvelope['room']
  text: string
  /** The line that made us speak, so that people find it under one code. */
  about?: ChatEnvelope
  /** Where it goes when it is for one person alone. */
  more?: Pick<ChatLine, 'in_reply_to' | 'to' | 'voice' | 'thread' | 'task'>
}

/** A notice of the house: it addresses nobody, counts as nobody's turn, and carries no rights. */
export function houseLine({ id, source, at, room, text, about, more = {} }: HouseWords): ChatEnvelope {
  return chatEnvelope({
    id,
    source,
    at,
    room,
    actor: desk,
    authority: { requester: desk, chain: [] },
    trace: about?.trace ?? traceOf(id),
    hops: about?.hops ?? 0,
    data: { text, kind: 'say', speaker: desk, tier: 'none', notice: true, ...more },
  })
}

/**
 * Where an answer to a line goes. What was said to one seat alone goes back to who said it, through the connection that heard it;
 * everything else is answered in its room, and in the thread that it was said in.
 */
export function backTo({ data }: Pick<ChatEnvelope, 'data'>): Pick<ChatLine, 'to' | 'voice' | 'thread'> {
  const { origin, voice, aside, thread } = data
  const within = thread === undefined ? {} : { thread }
  if (voice === undefined || origin === undefined) return within
  const { network, nick, account } = origin
  return { voice, to: { network, nick, account, ...(aside === undefined ? {} : { aside: aside.room }) }, ...within }
}

/** Where a line about a task goes: what was asked for alone is spoken of alone, everything else in its room, and this is empty. */
export function aloneWith({ voice, to }: TaskPlace): Pick<ChatLine, 'to' | 'voice'> {
  return voice === undefined || to === undefined ? {} : { voice, to }
}

/** The subject that a line belongs on, by its actor and by who may read its room. */
export function subjectOfLine(subjects: OrgSubjects, { room, actor }: Pick<ChatEnvelope, 'room' | 'actor'>): string {
  return room.visibility === 'private' ? subjects.private(room.name, actor) : eventSubject(actor, 'chat', room.name)
}
