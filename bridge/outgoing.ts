import { correction } from '../core/correction.ts'
import { type ChatEnvelope, traceCode } from '../core/envelope.ts'
import { isAnswerAction } from '../core/knowledge/answer-lines.ts'
import { defangLinks } from '../core/markup/links.ts'
import { isPerson } from '../core/person.ts'
import { ringAtMost } from '../core/quiet-nicks.ts'
import { desk } from '../core/route.ts'
import { threadPrefix } from '../core/thread-code.ts'
import type { ChatNetwork, OutgoingLine, Voice } from '../ports/chat.ts'
import { type Origin, platformIdOf } from './ids.ts'
import { relayed } from './relayed.ts'
import type { Thread, Threads } from './threads.ts'

/** What has to be known of a network, and of what it shows already, to say a line there. */
export interface OutgoingParts {
  network: ChatNetwork
  origin: Origin
  /** Voices that exist on this network, and the rooms each has joined. */
  speaks: (role: string, room: string) => boolean
  hasVoice: (role: string) => boolean
  /** Whether a nick is a role's, which nothing rings. */
  isRolesNick: (nick: string) => boolean
  /** Roles that answer questions, under whose answers people vote. */
  answers: ReadonlySet<string>
  /** Hosts that agents may link to. */
  links: readonly string[]
  threads: Pick<Threads, 'idOf' | 'spoke'>
  /** The platform's id of a line that was posted here, or null. */
  shownAs: (lineId: string) => Promise<string | null>
  /** Resolves after so many ms. */
  rest: (ms: number) => Promise<unknown>
  /** Tells when a card was last waited for in vain, on the monotonic clock. */
  cards: { missedAt: number | null; now(): number }
}

/** Whom one line of ours may ring: a text that names everybody is noise, or was meant as such. */
const mostRung = 3

/** How long a line waits for the card of its task. */
const cardWithinMs = 3_000
const lookEveryMs = 50
const notAgainForMs = 60_000

/** A line of the record as this network is to show it: in whose voice, in which thread, with whose name in front. */
export async function outgoing(
  parts: OutgoingParts,
  line: ChatEnvelope,
  target: OutgoingLine['target'],
): Promise<OutgoingLine> {
  const { data } = line
  const { network } = parts
  const inRoom = 'room' in target
  // Only the house answers through the connection that was spoken to; a role speaks as itself, whatever it writes there.
  const role = !inRoom && line.actor === desk ? (data.voice ?? desk) : line.actor
  const own = inRoom ? parts.speaks(role, line.room.name) : parts.hasVoice(role)
  const as: Voice = own ? { kind: 'role', role } : { kind: 'ear' }
  const speaksForItself = own || line.actor === desk || !inRoom
  const isHere = (nick: string) => inRoom && network.isHere(target.room, nick)
  const text = wordsOf(parts, line, (nick) => isHere(nick) && !parts.isRolesNick(nick))
  const said = speaksForItself ? { kind: data.kind, text } : relayed({ ...data, text }, isHere)
  const thread = await threadOf(parts, line, target)
  return {
    id: line.id,
    as,
    target,
    ...withCode(said, network.threads ? null : data.thread === undefined ? null : traceCode(line.trace)),
    ...(data.in_reply_to === undefined ? {} : { inReplyTo: data.in_reply_to }),
    ...(thread === null ? {} : { thread }),
    ...pressable(parts, line),
    mergeable: !isPerson(line.actor),
  }
}

/** Buttons are the house's: what an agent writes must not ask people to press anything. Answers to questions are voted on, and no more. */
function pressable({ answers }: OutgoingParts, { actor, data }: ChatEnvelope): Pick<OutgoingLine, 'actions'> {
  const actions = actor === desk ? data.actions : answers.has(actor) ? data.actions?.filter(isAnswerAction) : undefined
  return actions === undefined || actions.length === 0 ? {} : { actions }
}

/** The thread that a posted line is in now, for whoever remembers threads; null when it is in none. */
export function threadShown(parts: OutgoingParts, post: OutgoingLine, line: ChatEnvelope): Thread | null {
  if (post.thread === undefined || !('room' in post.target)) return null
  const { room } = post.target
  return { network: parts.network.name, id: post.thread, room, trace: line.trace, at: line.time, task: null }
}

/** What a task's card is about must not stand beside it because it came a moment sooner. Where cards do not come, nobody waits for them. */
async function untilShown({ cards, rest }: OutgoingParts, card: () => string | null): Promise<void> {
  if (cards.missedAt !== null && cards.now() - cards.missedAt < notAgainForMs) return
  for (let waited = 0; card() === null && waited < cardWithinMs; waited += lookEveryMs) await rest(lookEveryMs)
  cards.missedAt = card() === null ? cards.now() : null
}

function wordsOf(parts: OutgoingParts, line: ChatEnvelope, rings: (nick: string) => boolean): string {
  const { text, corrects, files = [] } = line.data
  const said = corrects === undefined ? text : correction(corrects.before, text)
  const shared = files.map(({ name, bytes, link }) => `(file) ${name}, ${size(bytes)}: ${link}`)
  const words = [said, ...shared].filter((part) => part !== '').join('\n')
  // Somebody else's bot is nobody here, and trusted as little as an agent.
  if (isPerson(line.actor) && line.data.tier !== 'none') return words
  return ringAtMost(defangLinks(words, parts.links), rings, mostRung)
}

function size(bytes: number): string {
  if (bytes < 1_000) return `${bytes} bytes`
  return bytes < 1_000_000 ? `${Math.round(bytes / 1_000)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`
}

/** Where there are no threads, what is said in one carries its code. */
function withCode(said: Pick<OutgoingLine, 'kind' | 'prefix' | 'text'>, code: string | null): typeof said {
  return code === null ? said : { ...said, prefix: `${said.prefix ?? ''}${threadPrefix(code)}` }
}

/**
 * The thread that a line belongs in: the one that it was said in, else that of what it answers, else that of what it is about, such
 * as a task's card.
 */
async function threadOf(
  parts: OutgoingParts,
  { data, trace }: ChatEnvelope,
  target: OutgoingLine['target'],
): Promise<string | null> {
  const { network, origin } = parts
  if (!network.threads) return null
  if (data.thread !== undefined) {
    if (data.thread.network === network.name) return network.threadUnder(data.thread.id)
    return 'room' in target ? parts.threads.idOf(network.name, target.room, trace) : null
  }
  // A conversation of two is one already.
  if (!('room' in target)) return null
  const card = () => parts.threads.idOf(network.name, target.room, trace)
  if (data.in_reply_to === undefined && data.task !== undefined && network.showCard !== undefined) {
    await untilShown(parts, card)
  }
  const about = card()
  if (data.in_reply_to === undefined) return about
  const under = (message: string | null) => (message === null ? null : network.threadUnder(message))
  const answered = platformIdOf(origin, data.in_reply_to)
  return under(answered) ?? about ?? under(await parts.shownAs(data.in_reply_to))
}
