import type { Access } from '../core/knowledge/access.ts'
import type { Band } from '../core/knowledge/answer.ts'
import type { Basis } from './question-log.ts'

/**
 * What somebody thinks of an answer, with both as they were, so that it still says something when the question is gone.
 */
export interface Vote {
  label: string
  actor: string
  helped: boolean
  reason: string | null
  question: string
  answer: string
  band: Band | null
  probability: number | null
  at: Date
}

/**
 * Why a learned answer no longer counts: a document it rests on is another now (`source`) or is not there (`gone`),
 * somebody took it back, or there is a newer answer to the same.
 */
export const learnedEnds = ['source', 'gone', 'forgotten', 'replaced'] as const
export type LearnedEnd = (typeof learnedEnds)[number]

/** What a person said is the answer. It is a document of the library too (`learned/q-17`), as long as it counts. */
export interface Learned {
  label: string
  /** Id of the person, and their name as it is shown. */
  person: string
  name: string
  question: string
  text: string
  at: Date
  access: Access
  /** It counts only while these are as they were. */
  basis: readonly Basis[]
  /** The request that made it. */
  request: string
  /** Null while it counts; `why` is for people. */
  ended: { by: LearnedEnd; why: string; at: Date } | null
}

/** What somebody who may teach said, which is an answer as soon as one of them says so. */
export interface WaitingWords {
  label: string
  /** Envelope id of the line, or the request. The same again takes its place. */
  line: string
  person: string
  name: string
  text: string
  at: Date
}

/** What somebody who may not teach says is right. It answers nothing by itself. */
export interface Suggestion {
  label: string
  actor: string
  name: string
  text: string
  /** Whether others may be shown it: it was said in the open, or sent to whoever may accept it. */
  open: boolean
  at: Date
}

/** The week that was last told of. */
interface DigestMark {
  /** `2026-W47`. */
  week: string
  at: Date
}

/** What people made of answers, kept on disk. Every change is stored when it returns. */
export interface LearningLog {
  /** One for each person and question; a new one takes its place. At most 200 of a question. */
  vote(vote: Vote): void
  votes(label: string): Vote[]
  /**
   * Takes the place of what was learned from the same question, and drops the words and suggestions that waited for it.
   */
  learn(learned: Learned): void
  learned(label: string): Learned | null
  /** Those that count. */
  counting(): Learned[]
  /**
   * Those that were learned or ended at or after `since` (null: all), whether they count or not, by the numbers of their labels, behind
   * `after`. One that counts again after it was gone is not told by the time of that.
   */
  changedSince(since: Date | null, after: string | null, most: number): Learned[]
  /** Those that count and rest on a document. */
  restingOn(document: string): Learned[]
  /** Those that ended because a document was not there; with one, those that rest on it. */
  gone(document?: string): Learned[]
  /** The newest of those whose source changed or went and which nobody has confirmed since. */
  unconfirmed(most: number): Learned[]
  /** Ends one that counts; as forgotten, also one that ended in another way. False when there is none. */
  end(label: string, by: LearnedEnd, why: string, at: Date): boolean
  /** Lets one count again that ended as `gone`. False when there is none. */
  revive(label: string): boolean
  /** Keeps words; the newest 20 of a question. */
  keepWords(words: WaitingWords): void
  /** Oldest first. */
  waitingWords(label: string): WaitingWords[]
  /** Keeps a suggestion: one for each person and question, at most 20 of a question. False when it is not kept. */
  suggest(suggestion: Suggestion): boolean
  suggestions(label: string): Suggestion[]
  /** The newest of all. */
  recentSuggestions(since: Date, most: number): Suggestion[]
  lastDigest(): DigestMark | null
  digestSent(mark: DigestMark): void
}
