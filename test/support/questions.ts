import type { Answer, Band } from '../../core/knowledge/answer.ts'
import type { Learned, Suggestion, Vote, WaitingWords } from '../../ports/learning-log.ts'
import type { NewQuestion } from '../../ports/question-log.ts'

export const noon = new Date('2026-11-21T12:00:00.000Z')

/** A moment so many minutes after noon. */
export function minutesOn(minutes: number): Date {
  return new Date(noon.getTime() + minutes * 60_000)
}

/** A question of bob's in the public room, with what a test does not care about filled in. */
export function newQuestion(request: string, changes: Partial<NewQuestion> = {}): NewQuestion {
  return {
    request,
    trace: `trace-${request}`,
    conversation: 'bob in breakroom',
    requester: 'human-bob',
    tier: 'member',
    name: 'Bob',
    room: { name: 'breakroom', visibility: 'public' },
    alone: false,
    text: 'How long are invoices kept?',
    at: noon,
    ...changes,
  }
}

export function answerOf(label: string, band: Band = 'low', text = 'Perhaps a year.'): Answer {
  return {
    id: label,
    text: band === 'none' ? '' : text,
    confidence: { probability: band === 'high' ? 0.95 : 0.3, band, why: 'a word of yours stands nowhere' },
    sources: [],
    conflict: null,
    understood: null,
    note: null,
    asked: null,
  }
}

export function voteOn(label: string, actor: string, changes: Partial<Vote> = {}): Vote {
  return {
    label,
    actor,
    helped: true,
    reason: null,
    question: 'How long are invoices kept?',
    answer: 'Perhaps a year.',
    band: 'low',
    probability: 0.3,
    at: noon,
    ...changes,
  }
}

export function learnedFor(label: string, changes: Partial<Learned> = {}): Learned {
  return {
    label,
    person: 'alice',
    name: 'Alice',
    question: 'How long are invoices kept?',
    text: 'Seven years.',
    at: noon,
    access: [],
    basis: [],
    request: `teach-${label}`,
    ended: null,
    ...changes,
  }
}

export function wordsFor(label: string, line: string, changes: Partial<WaitingWords> = {}): WaitingWords {
  return { label, line, person: 'alice', name: 'Alice', text: 'Seven years.', at: noon, ...changes }
}

export function suggestionFor(label: string, actor: string, changes: Partial<Suggestion> = {}): Suggestion {
  return { label, actor, name: actor, text: 'Ten years.', open: true, at: noon, ...changes }
}
