import { parseCommand } from '../core/command.ts'
import { commandWords } from '../core/command-options.ts'
import { type ChatEnvelope, chatEnvelope, type Envelope, envelopeVersion, traceOf } from '../core/envelope.ts'
import { sentenceOf } from '../core/errors.ts'
import { backTo, houseLine, subjectOfLine } from '../core/house-line.ts'
import { type DoorRules, type Identity, identify, type PeopleDirectory } from '../core/person.ts'
import { redactAfter } from '../core/redact.ts'
import { desk } from '../core/route.ts'
import { eventSubject, type OrgSubjects } from '../core/subject.ts'
import type { HeardGap, HeardLine } from '../ports/chat.ts'
import type { Log } from '../ports/log.ts'
import type { Metrics } from '../ports/metrics.ts'
import type { Acceptor } from './accept.ts'
import type { HeardCursors } from './heard-cursors.ts'
import { dmRoom, lineId } from './ids.ts'
import type { Logins } from './logins.ts'
import { createRecentWords } from './recent-words.ts'

export interface InwardParts {
  subjects: OrgSubjects
  acceptor: Acceptor
  cursors: Pick<HeardCursors, 'heard'>
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

  return { heard, gap }

  function heard(line: HeardLine): void {
    metrics.count('breakroom_heard_total', { network: line.network })
    const identity = identityOf(line)
    const login = loginWord(line)
    const { text, found } =
      login === null ? redactAfter(recent.before(line), line.text) : { text: '!login «redacted:login»', found: [] }
    if (login === null) recent.said(line)
    const envelope = envelopeOf(line, identity, cut(text, parts.lineChars))
    void acceptor.accept(subjectOfLine(subjects, envelope), envelope).then(() => {
      if (line.room !== null) cursors.heard(line.network, line.room, { id: line.id, at: line.at })
    })
    if (line.replayed) return
    if (login !== null && line.room === null) {
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

  function gap(gap: HeardGap): void {
    metrics.count('breakroom_gaps_total', { network: gap.network })
    const from = gap.from?.toISOString() ?? null
    const to = gap.to.toISOString()
    const id = `gap:${gap.network}:${gap.room}:${from ?? 'start'}:${to}`
    const room = { name: gap.room, visibility: parts.visibility(gap.room) }
    const event: Envelope = {
      specversion: '1.0',
      version: envelopeVersion,
      id,
      source: `irc/${gap.network}`,
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
    const notice = houseLine({ id: `${id}:notice`, source: `irc/${gap.network}`, at: gap.to, room, text })
    void acceptor.accept(subjectOfLine(subjects, notice), notice)
  }

  function identityOf({ network, room, speaker }: HeardLine): Identity {
    const login = logins.personOf(network, speaker)
    const { nick, account } = speaker
    return identify({ network, nick, account, login }, parts.people, parts.doorRules(network, room))
  }

  function envelopeOf(line: HeardLine, identity: Identity, text: string): ChatEnvelope {
    const seat = seatOf(line)
    const id = lineId(line, parts.newId)
    const room =
      line.room === null
        ? { name: dmRoom(identity.actor, seat), visibility: 'private' as const }
        : { name: line.room, visibility: parts.visibility(line.room) }
    const { nick, account } = line.speaker
    return chatEnvelope({
      id,
      source: `irc/${line.network}`,
      at: line.at,
      room,
      actor: identity.actor,
      authority: { requester: identity.actor, chain: [] },
      trace: traceOf(id),
      hops: 0,
      data: {
        text,
        kind: line.kind,
        speaker: shown(nick),
        // Somebody else's bot is heard but wakes nobody.
        tier: line.speaker.bot ? 'none' : identity.tier,
        origin: {
          network: line.network,
          id: line.id,
          nick: nick.slice(0, 300),
          account: account?.slice(0, 300) ?? null,
        },
        ...voiceOf(line),
      },
    })
  }

  /** Says something to the author of a line alone. */
  function whisper(line: ChatEnvelope, text: string, what: string): void {
    const voice = line.data.voice ?? desk
    const room = { name: dmRoom(line.actor, voice), visibility: 'private' as const }
    // As if it had been said to us alone, wherever it was said.
    // A warning is no answer: what the line asked for is still owed.
    const reply = what === 'login' ? { in_reply_to: line.id } : {}
    const more = { ...reply, ...backTo({ data: { ...line.data, voice } }) }
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
function seatOf({ heardBy }: HeardLine): string {
  return heardBy.kind === 'role' ? heardBy.role : desk
}

/** Whom a line was said to alone. */
function voiceOf(line: HeardLine): { voice?: string } {
  return line.room === null ? { voice: seatOf(line) } : {}
}

/** Names are shown in one line of sane length, whatever a server lets through. */
function shown(nick: string): string {
  return nick.slice(0, 64)
}

function cut(text: string, limit: number): string {
  if (text.length <= limit) return text
  return `${text.slice(0, limit).toWellFormed()} … [cut: ${limit} of ${text.length} characters kept]`
}

function clockTime(at: Date): string {
  return at.toISOString().slice(11, 19)
}
