import type { Question } from './data.ts'
import type { Stands } from './gold.ts'

/** What is asked: the last turn, and what the same person asked before it, oldest first. */
export interface Asking {
  text: string
  earlier: readonly string[]
}

/** What something that answers questions made of one. */
export interface Told {
  /** Ids of passages, best first, at most ten. */
  passages: readonly string[]
  /** What it would answer, best first, at most three sentences. Empty for one that only finds passages. */
  block: readonly Stands[]
  /** Whatever says how sure it is, by name; the larger, the surer. */
  signals: Readonly<Record<string, number>>
}

/** Something that answers questions about a set of passages. */
export interface Engine extends Disposable {
  name: string
  ask(asking: Asking): Told
  /** Takes all passages of these documents out of the corpus. */
  remove(documents: readonly string[]): void
  /** Puts them back. */
  restore(documents: readonly string[]): void
}

const earlierTurns = 2

/** A question with up to two earlier questions of the same person; what was answered to them is left out. */
export function askingOf({ q, history }: Question, text = q): Asking {
  const own = history.filter(({ s }) => /^(user|human)/i.test(s)).map(({ t }) => t)
  return { text, earlier: own.slice(-earlierTurns) }
}
