import { called } from '../core/called.ts'
import { type ChatEnvelope, type ChatLine, chatEnvelope, type Envelope } from '../core/envelope.ts'
import type { Identity } from '../core/person.ts'
import { redactAfter } from '../core/redact.ts'
import { desk } from '../core/route.ts'
import type { HeardLine, SharedFile } from '../ports/chat.ts'
import { conversationOf } from './conversation.ts'
import { dmRoom, idOfLine, lineId, type Origin } from './ids.ts'
import type { Threads } from './threads.ts'

/** Whether a room is public. */
export type Visibility = (room: string) => 'public' | 'private'

/** What an envelope is made from besides its line. */
export interface EnvelopeParts {
  /** Where lines of a network come from, and whether it has threads of its own. */
  originOf: (network: string) => { origin: Origin; threads: boolean }
  threads: Pick<Threads, 'find' | 'byCode'>
  /** Whether a word is what a role is called. */
  isRole: (word: string) => boolean
  visibility: Visibility
  /** Of a longer text the rest is left out. */
  lineChars: number
  newId: () => string
}

/** The envelope of a line from whom it was proved to come; `text` is what of it may be kept. */
export function envelopeOf(parts: EnvelopeParts, line: HeardLine, identity: Identity, text: string): ChatEnvelope {
  const { origin, threads } = parts.originOf(line.network)
  const id = lineId(origin, line, parts.newId)
  const room = roomOf(line, identity.actor, parts.visibility)
  const { nick, account } = line.speaker
  const kept = cut(text, parts.lineChars)
  // Whoever says something aside gives a command, even where it is mistyped: it is never talk.
  const words = line.aside === undefined || kept.startsWith('!') ? kept : `!${kept}`
  const said = conversationOf(line, {
    id,
    text: words,
    origin,
    ownThreads: threads,
    known: parts.threads,
    isRole: parts.isRole,
  })
  return chatEnvelope({
    id,
    source: origin,
    at: line.at,
    room,
    actor: identity.actor,
    authority: { requester: identity.actor, chain: [] },
    trace: said.trace,
    hops: 0,
    data: {
      text: said.text,
      kind: line.kind,
      speaker: nameOf(line, parts.isRole),
      // Somebody else's bot is heard but wakes nobody.
      tier: line.speaker.bot ? 'none' : identity.tier,
      origin: {
        network: line.network,
        id: line.id,
        nick: nick.slice(0, 300),
        account: account?.slice(0, 300) ?? null,
      },
      ...voiceOf(line),
      ...(said.thread === undefined ? {} : { thread: said.thread }),
      ...asideOf(line, parts.visibility),
      ...correctsOf(line, origin, parts.lineChars),
      ...filesOf(line),
    },
  })
}

/** The room of a line or of a sign; what was said to one of us alone has one of its own. */
export function roomOf(
  { room, heardBy }: Pick<HeardLine, 'room' | 'heardBy'>,
  actor: string,
  visibility: Visibility,
): NonNullable<Envelope['room']> {
  if (room === null) return { name: dmRoom(actor, seatOf({ heardBy })), visibility: 'private' }
  return { name: room, visibility: visibility(room) }
}

/** Whom a line was said to alone. */
export function voiceOf(line: HeardLine): { voice?: string } {
  return line.room === null ? { voice: seatOf(line) } : {}
}

/** A nick is as its network lets it be; a name is whatever somebody calls themselves. */
function nameOf({ speaker: { nick, name, bot } }: HeardLine, isRole: (word: string) => boolean): string {
  if (name === undefined) return shown(nick)
  return called(name, (word) => word === desk || isRole(word), bot ? 'a bot' : 'a person')
}

function asideOf({ aside }: HeardLine, visibility: Visibility): Pick<ChatLine, 'aside'> {
  if (aside === undefined || aside.room === null) return {}
  return { aside: { room: aside.room, visibility: visibility(aside.room) } }
}

function correctsOf({ edit }: HeardLine, origin: Origin, lineChars: number): Pick<ChatLine, 'corrects'> {
  if (edit === undefined) return {}
  const before = edit.before === null ? null : cut(redactAfter('', edit.before).text, lineChars)
  return { corrects: { id: idOfLine(origin, edit.of), before } }
}

function filesOf({ files = [] }: HeardLine): Pick<ChatLine, 'files'> {
  return files.length === 0 ? {} : { files: files.slice(0, 20).map(referenceTo) }
}

/** A file as the record names it; its name may hold a secret as any text may. */
function referenceTo({ name, type, bytes, link }: SharedFile): NonNullable<ChatLine['files']>[number] {
  return { name: redactAfter('', name).text.slice(0, 300), type: type.slice(0, 100), bytes, link: link.slice(0, 2_000) }
}

/** Whose connection heard it. */
function seatOf({ heardBy }: Pick<HeardLine, 'heardBy'>): string {
  return heardBy.kind === 'role' ? heardBy.role : desk
}

/** Nicks are shown in a sane length, whatever a server lets through. */
function shown(nick: string): string {
  return nick.slice(0, 64)
}

function cut(text: string, limit: number): string {
  if (text.length <= limit) return text
  return `${text.slice(0, limit).toWellFormed()} … [cut: ${limit} of ${text.length} characters kept]`
}
