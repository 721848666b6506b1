import type { Tier } from '../core/authority.ts'
import type { Access } from '../core/knowledge/access.ts'
import type { Answer } from '../core/knowledge/answer.ts'

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
  room: { name: string; visibility: 'public' | 'private' } | null
  /** True when only the requester reads the answer. */
  alone: boolean
  text: string
  at: Date
}

/** A document that an answer was made of, as it was then. */
export interface Basis {
  document: string
  hash: string
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
}

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
  basis: readonly Basis[]
  /** Why it no longer counts, or null. */
  ended: string | null
}

/** Questions, answers, votes and what was learned, kept on disk. Every change is stored when it returns. */
export interface QuestionLog {
  /** The question of this request: new with a label of its own, or as it is by now. */
  open(question: NewQuestion): AskedQuestion
  /** Keeps the answer; the first one counts, and is what comes back. `person` is who was asked instead. */
  answered(label: string, answer: Answer, basis: readonly Basis[], person: string | null): AskedQuestion
  question(label: string): AskedQuestion | null
  /** The newest of a conversation, or null. */
  lastOf(conversation: string): AskedQuestion | null
  /** What was asked before this one in its conversation since then, newest first. */
  earlier(label: string, since: Date, most: number): string[]
  /** Questions that a person was asked and has not answered yet, newest first. */
  waiting(): AskedQuestion[]
  close(): void
}
