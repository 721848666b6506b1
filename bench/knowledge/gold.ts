import { wordsOf } from '../../core/knowledge/words.ts'
import type { Question } from './data.ts'

/** A sentence, and the passage it stands in. */
export interface Stands {
  passage: string
  sentence: string
}

/** A part of a gold sentence counts when it is this long, or half of it: a sentence may be cut in other places than by who labelled it. */
const longPart = 8

/** What is known to answer a question. */
export interface Gold {
  passages: ReadonlySet<string>
  /** Whether it is known which sentences do. */
  hasSentences: boolean
  /** Strict: the sentence has an answer in it, or is part of one, and stands in a gold passage. False when no sentences are known. */
  answers(found: Stands): boolean
}

export function goldOf({ gold, answers }: Question): Gold {
  const passages = new Set(gold)
  const wanted = answers.map(flat).filter(({ words }) => words > 0)
  return {
    passages,
    hasSentences: wanted.length > 0,
    answers({ passage, sentence }) {
      if (!passages.has(passage)) return false
      const said = flat(sentence)
      return wanted.some(
        (answer) =>
          said.text.includes(answer.text) ||
          (said.words >= Math.min(longPart, answer.words / 2) && said.words > 0 && answer.text.includes(said.text)),
      )
    },
  }
}

/** Whether what is answered is right: one of its sentences answers; by the passage alone when no sentences are known. */
export function isRight(gold: Gold, block: readonly Stands[]): boolean {
  if (gold.hasSentences) return block.some((found) => gold.answers(found))
  return block.some(({ passage }) => gold.passages.has(passage))
}

/** The words with nothing but a blank between and around them. */
function flat(text: string): { text: string; words: number } {
  const words = wordsOf(text).map(({ plain }) => plain)
  return { text: ` ${words.join(' ')} `, words: words.length }
}
