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
  /** The speaker's name, to answer to. */
  speaker: string
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
  if (word === 'ping') return `${said.speaker}: pong`
  if (/^(who are you|help|status|hello|hi|hey|)$/.test(word)) return `${said.speaker}: ${introduction(seat)}`
  return `${said.speaker}: kept as ${said.code}, but no one works at this seat yet, so nothing will be done with it. ${tryThis(seat)}`
}

/** The answer to `!ping`: the whole way through the bus, and how long it took. */
export function pongWithTime(said: Said): string {
  return `${said.speaker}: pong (${said.ageMs} ms through the bus)`
}

function introduction(seat: SeatCard): string {
  return `I am ${seat.name}, reporting to ${seat.reportsTo}. ${seat.mission} No one works at this seat yet. ${tryThis(seat)}`
}

function tryThis(seat: SeatCard): string {
  return `Try "${seat.name}: ping" or !help.`
}
