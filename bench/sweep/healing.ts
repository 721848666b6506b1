import type { RungKind, StallState } from '../../core/sweep/states.ts'

/**
 * How likely a trouble ends by what is done about it, where a scenario says nothing else. Programs that hang rarely hear a ping; what is
 * wrong with a seat is mended when it asks for its work anew; a person who is told mends everything, after a while.
 */
export const healedByDefault: Record<StallState, Partial<Record<RungKind, number>>> = {
  'waiting-for-human': { ask: 0.9, ping: 0.5, escalate: 1 },
  'waiting-for-answer': { answer: 0.95, ask: 0.9, ping: 0.1, escalate: 1 },
  'idle-with-work': { ping: 0.3, restart: 0.8, escalate: 1 },
  stalled: { ping: 0.3, take_back: 0.9, reassign: 1, escalate: 1 },
  looping: { ping: 0.2, take_back: 0.9, reassign: 1, escalate: 1 },
  zombie: { restart: 0.7, ask: 1, escalate: 1 },
  deaf: { restart: 0.9, ask: 0.9, escalate: 1 },
  dead: { ask: 0.9, escalate: 1 },
}
