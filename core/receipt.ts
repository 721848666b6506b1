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
 * the whole line. Returns true when nothing waits for that line any more.
 */
export function settle(waiting: WaitingLines, answer: ChatEnvelope, deskSeat: string): boolean {
  const id = answer.data.in_reply_to
  const entry = id === undefined ? undefined : waiting.get(id)
  if (id === undefined || entry === undefined) return false
  entry.seats.delete(answer.actor)
  if (answer.actor === deskSeat) entry.seats.clear()
  if (entry.seats.size > 0) return false
  waiting.delete(id)
  return true
}

/** The lines whose receipt is due, taken out of `waiting`. */
export function takeDue(waiting: WaitingLines, now: number): Waiting[] {
  const due = [...waiting.values()].filter((entry) => entry.dueAt <= now)
  for (const entry of due) waiting.delete(entry.line.id)
  return due
}

/** The sequence after which a reader must begin to see every waiting line again. */
export function resumeAfter(waiting: WaitingLines, lastRead: number): number {
  let after = lastRead
  for (const entry of waiting.values()) after = Math.min(after, entry.seq - 1)
  return after
}

/** One line for people: `alice: cto has it and is working · cso is offline; kept until it is back · k3f9`. */
export function receiptText(speaker: string, seats: [seat: string, state: SeatState][], code: string): string {
  return `${speaker}: ${seats.map(([seat, state]) => `${seat} ${saying[state]}`).join(' · ')} · ${code}`
}

const saying: Record<SeatState, string> = {
  working: 'has it and is working',
  woken: 'has it',
  stored: 'is here but has not picked it up yet; kept',
  stopped: 'is stopped; kept until somebody resumes it',
  offline: 'is offline; kept, it answers when it is back',
}
