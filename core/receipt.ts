import type { ChatEnvelope } from './envelope.ts'

/** What we can truthfully say of a seat at one moment. */
export type SeatState = 'working' | 'woken' | 'stored' | 'stopped' | 'offline'

/** A person's line that waits for an answer or a receipt. */
export interface Waiting {
  line: ChatEnvelope
  /** Sequence of the line in its record, so that a restart can begin before the oldest one. */
  seq: number
  /** Seats that have not answered. */
  seats: Set<string>
  /** When a receipt is due, ms on the caller's monotonic clock. */
  dueAt: number
}

/** Lines that wait, by envelope id, oldest first. */
export type WaitingLines = Map<string, Waiting>

/**
 * Notes that somebody answered: a line with `in_reply_to` settles its author's seat, and a receipt or an answer of the desk settles
 * the whole line. Where the desk alone is waited for, whoever answers does so instead of it. Returns true when nothing waits for that line any more.
 */
export function settle(waiting: WaitingLines, answer: ChatEnvelope, deskSeat: string): boolean {
  const id = answer.data.in_reply_to
  const entry = id === undefined ? undefined : waiting.get(id)
  if (id === undefined || entry === undefined) return false
  entry.seats.delete(answer.actor)
  const isCommand = entry.seats.size === 1 && entry.seats.has(deskSeat)
  if (answer.actor === deskSeat || isCommand) entry.seats.clear()
  if (entry.seats.size > 0) return false
  waiting.delete(id)
  return true
}

/** The lines whose receipt is due. They stay until it is given, so that neither the cursor nor an answer passes them by. */
export function dueLines(waiting: WaitingLines, now: number): Waiting[] {
  return [...waiting.values()].filter((entry) => entry.dueAt <= now)
}

/** The sequence after which a reader must begin to see every waiting line again. */
export function resumeAfter(waiting: WaitingLines, lastRead: number): number {
  let after = lastRead
  for (const entry of waiting.values()) after = Math.min(after, entry.seq - 1)
  return after
}

/**
 * One line for people: `alice: cto has it · ceo and cso are offline; kept, they answer when they are back · k3f9`. In private the
 * speaker needs no name.
 */
export function receiptText(speaker: string | null, seats: [seat: string, state: SeatState][], code: string): string {
  const states = [...new Set(seats.map(([, state]) => state))]
  const clauses = states.map((state) => {
    const names = seats.filter(([, its]) => its === state).map(([seat]) => seat)
    const [one, several] = saying[state]
    return `${listed(names)} ${names.length === 1 ? one : several}`
  })
  return `${speaker === null ? '' : `${speaker}: `}${clauses.join(' · ')} · ${code}`
}

/** For one seat, and for several. */
const saying: Record<SeatState, [one: string, several: string]> = {
  working: ['has it and is working', 'have it and are working'],
  woken: ['has it', 'have it'],
  stored: ['is here but has not picked it up yet; kept', 'are here but have not picked it up yet; kept'],
  stopped: ['is stopped; kept until it is resumed', 'are stopped; kept until they are resumed'],
  offline: ['is offline; kept, it answers when it is back', 'are offline; kept, they answer when they are back'],
}

/** `cto`, `cto and cso`, `cto, cso and ceo`. */
function listed(names: string[]): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`
}
