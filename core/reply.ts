/** What a seat that cannot think can truthfully say by itself. */
export interface SeatCard {
  name: string
  mission: string
  reportsTo: string
  /** The program that works on its tasks; null where people do. */
  command: string | null
  /** Whether it looks after the others, by itself. */
  sweeps?: boolean
}

/** Something said to a seat. */
export interface Said {
  /** The text without the address. */
  body: string
  /** The speaker's name, to answer to; null in private, where it is plain who is meant. */
  speaker: string | null
  /** Milliseconds since it was said, as far as the clocks agree. */
  ageMs: number
  /** Four letters people can quote. */
  code: string
}

/**
 * The answer of a seat that cannot think: ping, who it is, and otherwise the truth, that nobody works here yet, or only a program that
 * does not talk, or the sweep. It never pretends to have understood.
 */
export function replyWithoutBrain(seat: SeatCard, said: Said): string {
  const word = bareWord(said)
  if (word === 'ping') return to(said, 'pong')
  if (asksWho.test(word)) return to(said, introduction(seat))
  if (seat.sweeps === true) return to(said, looksByItself)
  if (seat.command !== null) return to(said, worksByItself(seat, seat.command))
  return to(said, `kept as ${said.code}, but nobody works at this seat yet. ${tryThis(seat)}`)
}

/**
 * What a seat that answers questions says by itself: to a ping, and to who asks who it is or says nothing. Null for everything else, which is
 * a question.
 */
export function replyBeforeAsking(seat: Pick<SeatCard, 'name' | 'mission' | 'reportsTo'>, said: Said): string | null {
  const word = bareWord(said)
  if (word === 'ping') return to(said, 'pong')
  if (!asksWho.test(word)) return null
  return to(
    said,
    `I am ${seat.name}, reporting to ${seat.reportsTo}. ${seat.mission} Ask me anything, or say !help ask.`,
  )
}

/** The answer to `!ping`: the whole way through the bus, and how long it took. */
export function pongWithTime(said: Said): string {
  return to(said, `pong (${said.ageMs} ms through the bus)`)
}

const asksWho = /^(who are you|help|status|hello|hi|hey|)$/

function bareWord({ body }: Said): string {
  // Nothing longer is one of these words, and looking for the end of a long run of marks takes time.
  const word = body.trim().toLowerCase()
  return word.length > 64 ? word : word.replace(/[?!.]+$/, '')
}

function introduction(seat: SeatCard): string {
  const who = `I am ${seat.name}, reporting to ${seat.reportsTo}. ${seat.mission}`
  if (seat.sweeps === true) return `${who} ${looksByItself}`
  if (seat.command !== null) return `${who} ${worksByItself(seat, seat.command)}`
  return `${who} Nobody works at this seat yet. ${tryThis(seat)}`
}

function worksByItself({ name }: SeatCard, command: string): string {
  return `I work on tasks by running \`${command}\`; I do not talk. Give me one with !assign ${name} "<title>" accept: <what must be true>`
}

/** Nothing that is said to it is an order. */
const looksByItself =
  'I look at everybody by the clock and unstick who stands still; I do not talk, and take no tasks. !sweep looks now, !help sweep says more.'

function tryThis(seat: SeatCard): string {
  return `Try "${seat.name}: ping" or !help.`
}

function to({ speaker }: Said, text: string): string {
  return speaker === null ? text : `${speaker}: ${text}`
}
