import { called } from '../core/called.ts'
import { parseCommand } from '../core/command.ts'
import { commandWords } from '../core/command-options.ts'
import {
  type ChatEnvelope,
  type ChatLine,
  chatEnvelope,
  type Envelope,
  envelopeVersion,
  traceOf,
} from '../core/envelope.ts'
import { sentenceOf } from '../core/errors.ts'
import { backTo, houseLine, subjectOfLine } from '../core/house-line.ts'
import { type DoorRules, type Identity, identify, type PeopleDirectory } from '../core/person.ts'
import { redactAfter } from '../core/redact.ts'
import { desk } from '../core/route.ts'
import { eventSubject, type OrgSubjects } from '../core/subject.ts'
import type { HeardGap, HeardLine, HeardSign, SharedFile, Speaker } from '../ports/chat.ts'
import type { Log } from '../ports/log.ts'
import type { Metrics } from '../ports/metrics.ts'
import type { Acceptor } from './accept.ts'
import { conversationOf } from './conversation.ts'
import type { HeardCursors } from './heard-cursors.ts'
import { dmRoom, idOfLine, lineId, type Origin } from './ids.ts'
import type { Logins } from './logins.ts'
import { commandOfReaction } from './reaction-commands.ts'
import { createRecentWords } from './recent-words.ts'
import type { Threads } from './threads.ts'

export interface InwardParts {
  subjects: OrgSubjects
  acceptor: Acceptor
  cursors: Pick<HeardCursors, 'heard'>
  threads: Pick<Threads, 'find' | 'byCode' | 'spoke'>
  /** Where lines of a network come from, and whether it has threads of its own. */
  originOf: (network: string) => { origin: Origin; threads: boolean }
  /** Whether emojis under cards are commands on a network. */
  reactionsCount: (network: string) => boolean
  /** Whether a word is what a role is called. */
  isRole: (word: string) => boolean
  logins: Logins
  people: PeopleDirectory
  /** How strangers of a network and room are taken. */
  doorRules: (network: string, room: string | null) => DoorRules
  visibility: (room: string) => 'public' | 'private'
  lineChars: number
  log: Log
  metrics: Metrics
  newId: () => string
  now: () => Date
}

/**
 * What happens to a heard line: its speaker is identified, secrets are taken out, and it goes onto its durable subject. Nothing
 * here waits, so lines are accepted in the order they were heard.
 */
export function createInward(parts: InwardParts) {
  const { subjects, acceptor, cursors, logins, log, metrics } = parts
  const recent = createRecentWords()

  return { heard: hear, gap, sign, identityOf }

  /** Resolves when the line is safe. */
  async function hear(line: HeardLine): Promise<void> {
    metrics.count('breakroom_heard_total', { network: line.network })
    const identity = identityOf(line)
    const login = loginWord(line)
    const { text, found } =
      login === null ? redactAfter(recent.before(line), line.text) : { text: '!login «redacted:login»', found: [] }
    if (login === null) recent.said(line)
    const envelope = envelopeOf(line, identity, cut(text, parts.lineChars))
    const accepted = acceptor.accept(subjectOfLine(subjects, envelope), envelope)
    if (!line.replayed) tellAuthor(line, envelope, login, found)
    await accepted
    const place = line.cursor === undefined ? line.room : line.cursor
    // An edit stands where the line stood.
    if (place !== null && line.edit === undefined) cursors.heard(line.network, place, { id: line.id, at: line.at })
  }

  /** What the author of a line alone has to know of it. */
  function tellAuthor(line: HeardLine, envelope: ChatEnvelope, login: string | null, found: { kind: string }[]): void {
    if (login !== null && line.room === null && line.speaker.account !== null && parts.originOf(line.network).threads) {
      // There a person has one account for good, and no session that ends.
      const how = `Here you are known by your member id, ${line.speaker.account}: have it put under people: in breakroom.yaml.`
      whisper(envelope, how, 'login')
    } else if (login !== null && line.room === null) {
      logins
        .attempt(line.speaker, line.network, login)
        .catch((error) => {
          log.error({ cause: sentenceOf(error) }, 'a login could not be tried')
          return 'I cannot check that word right now. Try again in a while.'
        })
        .then((answer) => whisper(envelope, answer, 'login'))
    } else if (found.length > 0) {
      metrics.count('breakroom_redacted_total', {}, found.length)
      const kinds = [...new Set(found.map((secret) => secret.kind))].join(', ')
      whisper(
        envelope,
        `I kept a secret (${kinds}) out of the record, but others may have read it: change it.`,
        'secret',
      )
    }
  }

  /** A reaction or a deletion goes onto the record beside the line that it is about. */
  async function sign(heard: HeardSign): Promise<void> {
    const { origin } = parts.originOf(heard.network)
    const { actor, tier } = identityOf(heard)
    const id = idOfLine(origin, heard.id)
    const { sign } = heard
    const room = roomOf(heard, actor)
    const event: Envelope = {
      specversion: '1.0',
      version: envelopeVersion,
      id,
      source: origin,
      type: `chat.${sign.kind}`,
      time: heard.at.toISOString(),
      room,
      actor,
      authority: { requester: actor, chain: [] },
      trace: traceOf(idOfLine(origin, heard.of)),
      hops: 0,
      data: {
        of: idOfLine(origin, heard.of),
        tier,
        ...(sign.kind === 'reaction' ? { name: sign.name.slice(0, 100), added: sign.added } : {}),
      },
    }
    const accepted = acceptor.accept(subjectOfLine(subjects, { room, actor }), event)
    const card = parts.reactionsCount(heard.network) ? parts.threads.find(heard.network, heard.of) : null
    const command = commandOfReaction(heard, card)
    await Promise.all([accepted, command === null ? null : hear(command)])
  }

  function gap(gap: HeardGap): void {
    metrics.count('breakroom_gaps_total', { network: gap.network })
    const from = gap.from?.toISOString() ?? null
    const to = gap.to.toISOString()
    const source = parts.originOf(gap.network).origin
    const id = `gap:${gap.network}:${gap.room}:${from ?? 'start'}:${to}`
    const room = { name: gap.room, visibility: parts.visibility(gap.room) }
    const event: Envelope = {
      specversion: '1.0',
      version: envelopeVersion,
      id,
      source,
      type: 'gap.open',
      time: to,
      room,
      actor: desk,
      authority: { requester: desk, chain: [] },
      trace: traceOf(id),
      hops: 0,
      data: { network: gap.network, from, to, reason: gap.reason },
    }
    void acceptor.accept(eventSubject(desk, 'gap', gap.room), event)
    const since = gap.from === null ? '' : ` from ${clockTime(gap.from)}`
    const text = `I could not hear ${gap.network}${since} to ${clockTime(gap.to)} UTC: ${gap.reason}. What was said there then is not in the record.`
    const notice = houseLine({ id: `${id}:notice`, source, at: gap.to, room, text })
    void acceptor.accept(subjectOfLine(subjects, notice), notice)
  }

  /** Who somebody on a network is to the house. */
  function identityOf({
    network,
    room,
    speaker,
  }: {
    network: string
    room: string | null
    speaker: Speaker
  }): Identity {
    const login = logins.personOf(network, speaker)
    return identify({ ...speaker, network, login }, parts.people, parts.doorRules(network, room))
  }

  function roomOf(
    { room, heardBy }: Pick<HeardLine, 'room' | 'heardBy'>,
    actor: string,
  ): NonNullable<Envelope['room']> {
    if (room === null) return { name: dmRoom(actor, seatOf({ heardBy })), visibility: 'private' }
    return { name: room, visibility: parts.visibility(room) }
  }

  function envelopeOf(line: HeardLine, identity: Identity, text: string): ChatEnvelope {
    const { origin, threads } = parts.originOf(line.network)
    const id = lineId(origin, line, parts.newId)
    const room = roomOf(line, identity.actor)
    const { nick, account } = line.speaker
    // Whoever says something aside gives a command, even where it is mistyped: it is never talk.
    const words = line.aside === undefined || text.startsWith('!') ? text : `!${text}`
    const said = conversationOf(line, {
      id,
      text: words,
      origin,
      ownThreads: threads,
      known: parts.threads,
      isRole: parts.isRole,
    })
    if (said.thread !== undefined && line.room !== null) {
      const at = line.at.toISOString()
      const { network, id } = said.thread
      // What was said in the thread before this may not be read yet.
      const heard = line.cursor === null && !line.replayed ? null : at
      parts.threads.spoke({ network, id, room: line.room, trace: said.trace, at, heard, task: null })
    }
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
        speaker: nameOf(line),
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
        ...asideOf(line),
        ...correctsOf(line, origin),
        ...filesOf(line),
      },
    })
  }

  /** A nick is as its network lets it be; a name is whatever somebody calls themselves. */
  function nameOf({ speaker: { nick, name, bot } }: HeardLine): string {
    if (name === undefined) return shown(nick)
    return called(name, (word) => word === desk || parts.isRole(word), bot ? 'a bot' : 'a person')
  }

  function asideOf({ aside }: HeardLine): { aside?: { room: string; visibility: 'public' | 'private' } } {
    if (aside === undefined || aside.room === null) return {}
    return { aside: { room: aside.room, visibility: parts.visibility(aside.room) } }
  }

  function correctsOf({ edit }: HeardLine, origin: Origin): { corrects?: { id: string; before: string | null } } {
    if (edit === undefined) return {}
    const before = edit.before === null ? null : cut(redactAfter('', edit.before).text, parts.lineChars)
    return { corrects: { id: idOfLine(origin, edit.of), before } }
  }

  /** Says something to the author of a line alone. */
  function whisper(line: ChatEnvelope, text: string, what: string): void {
    const voice = line.data.voice ?? desk
    const room = { name: dmRoom(line.actor, voice), visibility: 'private' as const }
    // As if it had been said to us alone, wherever it was said.
    // A warning is no answer: what the line asked for is still owed.
    const reply = what === 'login' ? { in_reply_to: line.id } : {}
    const { thread: _, ...spoken } = line.data
    const more = { ...reply, ...backTo({ data: { ...spoken, voice } }) }
    const id = `${line.id}:${what}`
    const envelope = houseLine({ id, source: 'bridge/inward', at: parts.now(), room, text, about: line, more })
    void acceptor.accept(subjectOfLine(subjects, envelope), envelope)
  }
}

/** The word of a `!login`, wherever it was said; it must never reach a stream or a log. */
function loginWord(line: HeardLine): string | null {
  const { words, options } = commandWords({ text: line.text, ...voiceOf(line) })
  const command = parseCommand(words, options)
  return command !== null && 'verb' in command && command.verb === 'login' ? command.args.word : null
}

/** Whose connection heard it. */
function seatOf({ heardBy }: Pick<HeardLine, 'heardBy'>): string {
  return heardBy.kind === 'role' ? heardBy.role : desk
}

/** Whom a line was said to alone. */
function voiceOf(line: HeardLine): { voice?: string } {
  return line.room === null ? { voice: seatOf(line) } : {}
}

/** Nicks are shown in a sane length, whatever a server lets through. */
function shown(nick: string): string {
  return nick.slice(0, 64)
}

function cut(text: string, limit: number): string {
  if (text.length <= limit) return text
  return `${text.slice(0, limit).toWellFormed()} … [cut: ${limit} of ${text.length} characters kept]`
}

function filesOf({ files = [] }: HeardLine): Pick<ChatLine, 'files'> {
  return files.length === 0 ? {} : { files: files.slice(0, 20).map(referenceTo) }
}

/** A file as the record names it; its name may hold a secret as any text may. */
function referenceTo({ name, type, bytes, link }: SharedFile): NonNullable<ChatLine['files']>[number] {
  return { name: redactAfter('', name).text.slice(0, 300), type: type.slice(0, 100), bytes, link: link.slice(0, 2_000) }
}

function clockTime(at: Date): string {
  return at.toISOString().slice(11, 19)
}
