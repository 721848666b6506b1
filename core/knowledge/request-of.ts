import { traceOf } from '../envelope.ts'
import type { InboxEnvelope } from '../handover.ts'
import { personName } from '../task/standing.ts'
import type { KnowledgeRequest } from './request.ts'

const longestKey = 400

/** What a door asks of the knowledge proxy for whoever wrote an item: the same request however often it is made. */
export function knowledgeRequestOf(item: InboxEnvelope, args: unknown): KnowledgeRequest {
  const { line, tier } = item.data
  const { requester, chain } = item.authority
  // What an agent says for a person is that person's, but not in that person's words.
  const name = line.actor === requester ? line.data.speaker : personName(requester)
  return {
    id: item.id,
    trace: item.trace,
    by: { actor: requester, tier, name: name.slice(0, 300) },
    chain,
    place: placeOf(item),
    conversation: conversationOf(item),
    args,
  }
}

/** Where the answer is read. What is said aside concerns the room that its speaker stands in, and is for their eyes alone. */
function placeOf({ room, data: { line } }: InboxEnvelope): NonNullable<KnowledgeRequest['place']> {
  const { aside, voice, thread } = line.data
  const { name, visibility } = aside === undefined ? room : { name: aside.room, visibility: aside.visibility }
  return { room: { name, visibility }, alone: voice !== undefined, thread: thread !== undefined }
}

/**
 * What follows what: a thread is one conversation, and so is all that somebody asks in one room. What they ask alone is another one, so
 * that no question in a room is understood from what was asked in private.
 */
function conversationOf({ room, trace, authority: { requester }, data: { line } }: InboxEnvelope): string {
  const { aside, voice, thread } = line.data
  if (thread !== undefined && aside === undefined) return trace
  const key = voice === undefined ? `${requester} ${room.name}` : requester
  return key.length <= longestKey ? key : traceOf(key)
}
