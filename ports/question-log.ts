import type { Tier } from '../core/authority.ts'
import type { Answer } from '../core/knowledge/answer.ts'

/** A room, and whether what is said there is on the public record. */
export interface QuestionRoom {
  name: string
  visibility: 'public' | 'private'
}

/** A question as it came. */
export interface NewQuestion {
  /** Of the request: the same one again is the same question. */
  request: string
  /** The conversation in the record that it belongs to; answers find their way back by it. */
  trace: string
  /** Questions with the same key follow each other. */
  conversation: string
  requester: string
  tier: Tier
  /** The name of whoever asked. */
  name: string
  /** Where it was asked; null for nowhere in a room. */
  room: QuestionRoom | null
  /** True when only the requester reads the answer. */
  alone: boolean
  /** The first 4,000 characters are kept. */
  text: string
  at: Date
}

/** A document that an answer was made of, as it was then. */
export interface Basis {
  document: string
  hash: string
}

/** Where a person was asked. */
export interface Put {
  room: QuestionRoom
  /** Of the conversation in which they were asked, and may answer. */
  trace: string
  at: Date
  /** The request that had them asked; null when they were asked at once, with the answer. */
  request: string | null
}

/** A question that was asked. */
export interface AskedQuestion extends NewQuestion {
  /** `q-17`. */
  label: string
  /** Null until it was answered. */
  answer: Answer | null
  basis: readonly Basis[]
  /** Id of the person who was asked instead, or null. */
  person: string | null
  /** Null while nobody was asked. */
  put: Put | null
}

/** Questions and answers, kept on disk. Every change is stored when it returns. Labels never repeat. */
export interface QuestionLog {
  /** The question of this request: new with a label of its own, or as it is by now. */
  open(question: NewQuestion): AskedQuestion
  /**
   * Keeps a question that was asked before what is here began, under its label where no question has it, else under a new one. The same
   * request again is the same question. Labels that are given later are above it.
   */
  restore(question: NewQuestion, label: string, basis: readonly Basis[]): AskedQuestion
  /**
   * Keeps the answer; the first one counts, and is what comes back. `person` is who was asked instead, in the room that
   * it was asked in. Throws `usage` for a question that there is not.
   */
  answered(label: string, answer: Answer, basis: readonly Basis[], person: string | null): AskedQuestion
  /** Notes that a person was asked later; the first one counts. Throws as `answered` does. */
  putTo(label: string, person: string, put: Put): AskedQuestion
  question(label: string): AskedQuestion | null
  /** The newest of a conversation, or null. */
  lastOf(conversation: string): AskedQuestion | null
  /** What was asked before this one in its conversation since then, newest first. */
  earlier(label: string, since: Date, most: number): string[]
  /** Questions that a person was asked and has not answered yet, newest first, at most 1,000. */
  waiting(): AskedQuestion[]
  /** Questions since then, newest first. */
  recent(since: Date, most: number): AskedQuestion[]
  /** Drops questions from before then, but for those that something was learned from; says how many. */
  dropBefore(time: Date): number
  close(): void
}
