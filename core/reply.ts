/** What a seat without a brain can truthfully say by itself. */
export interface SeatCard {
  name: string
  mission: string
  reportsTo: string
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
 * The answer of a seat whose brain is `none`: ping, who it is, and otherwise the truth, that the line is kept and nobody works
 * here yet. It never pretends to have understood.
 */
export function replyWithoutBrain(seat: SeatCard, said: Said): string {
  const word = said.body
    .trim()
    .toLowerCase()
    .replace(/[?!.]+$/, '')
  if (word === 'ping') return to(said, 'pong')
  if (/^(who are you|help|status|hello|hi|hey|)$/.test(word)) return to(said, introduction(seat))
  return to(said, `kept as ${said.code}, but nobody works at this seat yet. ${tryThis(seat)}`)
}

/** The answer to `!ping`: the whole way through the bus, and how long it took. */
export function pongWithTime(said: Said): string {
  return to(said, `pong (${said.ageMs} ms through the bus)`)
}

function introduction(seat: SeatCard): string {
  return `I am ${seat.name}, reporting to ${seat.reportsTo}. ${seat.mission} Nobody works at this seat yet. ${tryThis(seat)}`
}

function tryThis(seat: SeatCard): string {
  return `Try "${seat.name}: ping" or !help.`
}

function to({ speaker }: Said, text: string): string {
  return speaker === null ? text : `${speaker}: ${text}`
}
