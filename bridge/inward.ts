import { parseCommand } from '../core/command.ts'
import { commandWords } from '../core/command-options.ts'
import type { ChatEnvelope } from '../core/envelope.ts'
import { sentenceOf } from '../core/errors.ts'
import { backTo, houseLine, subjectOfLine } from '../core/house-line.ts'
import { type DoorRules, type Identity, identify, type PeopleDirectory } from '../core/person.ts'
import { redactAfter } from '../core/redact.ts'
import { desk } from '../core/route.ts'
import { eventSubject, type OrgSubjects } from '../core/subject.ts'
import type { HeardGap, HeardLine, HeardSign, Speaker } from '../ports/chat.ts'
import type { Log } from '../ports/log.ts'
import type { Metrics } from '../ports/metrics.ts'
import type { Acceptor } from './accept.ts'
import type { HeardCursors } from './heard-cursors.ts'
import { type EnvelopeParts, envelopeOf, voiceOf } from './heard-envelope.ts'
import { gapEvent, gapNotice, signEvent } from './heard-events.ts'
import { dmRoom } from './ids.ts'
import type { Logins } from './logins.ts'
import { commandOfReaction } from './reaction-commands.ts'
import { createRecentWords } from './recent-words.ts'
import type { Threads } from './threads.ts'

export interface InwardParts extends EnvelopeParts {
  subjects: OrgSubjects
  acceptor: Acceptor
  cursors: Pick<HeardCursors, 'heard'>
  threads: Pick<Threads, 'find' | 'byCode' | 'spoke'>
  /** Whether emojis under cards are commands on a network. */
  reactionsCount: (network: string) => boolean
  logins: Logins
  people: PeopleDirectory
  /** How strangers of a network and room are taken. */
  doorRules: (network: string, room: string | null) => DoorRules
  log: Log
  metrics: Metrics
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
    const envelope = envelopeOf(parts, line, identity, text)
    noteThread(line, envelope)
    const accepted = acceptor.accept(subjectOfLine(subjects, envelope), envelope)
    if (!line.replayed) tellAuthor(line, envelope, login, found)
    await accepted
    const place = line.cursor === undefined ? line.room : line.cursor
    // An edit stands where the line stood.
    if (place !== null && line.edit === undefined) cursors.heard(line.network, place, { id: line.id, at: line.at })
  }

  /** That something was said in a thread of a room. */
  function noteThread(line: HeardLine, { data: { thread }, trace }: ChatEnvelope): void {
    if (thread === undefined || line.room === null) return
    const at = line.at.toISOString()
    // What was said in the thread before this may not be read yet.
    const heard = line.cursor === null && !line.replayed ? null : at
    parts.threads.spoke({ network: thread.network, id: thread.id, room: line.room, trace, at, heard, task: null })
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
    const event = signEvent(heard, identityOf(heard), { origin, visibility: parts.visibility })
    const accepted = acceptor.accept(subjectOfLine(subjects, event), event)
    const card = parts.reactionsCount(heard.network) ? parts.threads.find(heard.network, heard.of) : null
    const command = commandOfReaction(heard, card)
    await Promise.all([accepted, command === null ? null : hear(command)])
  }

  /** A gap goes onto the record, and is said in its room. */
  function gap(gap: HeardGap): void {
    metrics.count('breakroom_gaps_total', { network: gap.network })
    const { origin } = parts.originOf(gap.network)
    const event = gapEvent(gap, { origin, visibility: parts.visibility })
    void acceptor.accept(eventSubject(desk, 'gap', gap.room), event)
    const notice = gapNotice(gap, event)
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
