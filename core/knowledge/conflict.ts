import type { RankedSentence } from './found.ts'
import { type Word, wordsOf } from './words.ts'

/** How much of the question both have to be about, and how much of what they say has to be the same words. */
const leastAsked = 0.6
const leastShared = 0.34
/** A longer sentence says several things, one of which may well have a "not" or a number of its own. Telling words. */
const mostStems = 24

const negations = new Set(['not', 'never', 'no', 'cannot', 'neither', 'nor', 'without', 'forbidden', 'prohibited'])
const opposites: readonly [string, string][] = [
  ['always', 'never'],
  ['enabled', 'disabled'],
  ['allowed', 'forbidden'],
  ['allowed', 'prohibited'],
  ['required', 'optional'],
  ['mandatory', 'optional'],
  ['public', 'private'],
  ['before', 'after'],
  ['minimum', 'maximum'],
]

/** What a sentence says, taken apart. */
interface Said {
  stems: Set<string>
  /** What is counted or dated (the word behind a number, else the one before it) -> the numbers. */
  numbers: Map<string, Set<string>>
  words: Set<string>
  negated: boolean
}

/**
 * Two sentences of different documents that answer the same question and cannot both hold: other numbers, a "not" in one of them, or opposite
 * words, in what is otherwise much the same. Both have to be about all of the question that the best one is about: two offices that open at
 * two hours are no contradiction. Null when there are none. It compares words, so it misses what is said in other ones; the best
 * pair comes first in `sentences`. What is superseded contradicts nobody.
 */
export function conflictIn(
  stems: readonly string[],
  sentences: readonly RankedSentence[],
): readonly [RankedSentence, RankedSentence] | null {
  const candidates = sentences
    .slice(0, 6)
    .filter(({ section }) => section.document.status !== 'superseded')
    .map((sentence) => ({ sentence, said: taken(sentence.text), asked: askedIn(stems, sentence) }))
    .filter(({ said }) => said.stems.size <= mostStems)
    .filter(({ asked }) => asked.size > 0 && asked.size / new Set(stems).size >= leastAsked)
  const wanted = [...(candidates[0]?.asked ?? [])]
  const alike = candidates.filter(({ asked }) => wanted.every((stem) => asked.has(stem)))
  for (const [place, one] of alike.entries()) {
    for (const other of alike.slice(place + 1)) {
      if (one.sentence.section.document.id === other.sentence.section.document.id) continue
      if (contradict(one.said, other.said)) return [one.sentence, other.sentence]
    }
  }
  return null
}

/** The stems of the question that a sentence, its headings or the title of its document have. */
function askedIn(stems: readonly string[], { text, section }: RankedSentence): Set<string> {
  const said = taken(`${section.document.title} ${section.heading.join(' ')} ${text}`).stems
  return new Set(stems.filter((stem) => said.has(stem)))
}

function contradict(one: Said, other: Said): boolean {
  const shared = [...one.stems].filter((stem) => other.stems.has(stem)).length
  const least = Math.min(one.stems.size, other.stems.size)
  if (least === 0 || shared < 2 || shared / least < leastShared) return false
  if (haveOtherNumbers(one, other)) return true
  if (one.negated !== other.negated && shared / least >= 2 * leastShared && !hasPrefixedNot(one, other)) return true
  return opposites.some(([a, b]) => stands(a, b, one, other) || stands(b, a, one, other))
}

/** Whether the same thing has a number in both, and never the same one. */
function haveOtherNumbers(one: Said, other: Said): boolean {
  return [...one.numbers].some(([of, numbers]) => other.numbers.get(of)?.isDisjointFrom(numbers) ?? false)
}

/** "not acknowledged" and "unacknowledged" say the same. */
function hasPrefixedNot(one: Said, other: Said): boolean {
  const has = (some: Said, others: Said) =>
    [...some.words].some(
      (word) =>
        /^(?:un|in|im|ir|dis|non)\w{4}/.test(word) && others.words.has(word.replace(/^(?:un|in|im|ir|dis|non)/, '')),
    )
  return has(one, other) || has(other, one)
}

function stands(a: string, b: string, one: Said, other: Said): boolean {
  return one.words.has(a) && !one.words.has(b) && other.words.has(b) && !other.words.has(a)
}

function taken(text: string): Said {
  const words = wordsOf(text)
  return {
    stems: new Set(words.filter(({ stop, plain }) => !stop && !isNumber(plain)).map(({ stem }) => stem)),
    numbers: numbersIn(words),
    words: new Set(words.map(({ plain }) => plain)),
    negated: words.some(({ plain }) => negations.has(plain)) || /n['’]t\b/i.test(text),
  }
}

function numbersIn(words: readonly Word[]): Map<string, Set<string>> {
  const numbers = new Map<string, Set<string>>()
  const telling = words.filter(({ stop }) => !stop)
  telling.forEach(({ plain }, at) => {
    if (!isNumber(plain)) return
    const of =
      [telling[at + 1], telling[at - 1]].find((word) => word !== undefined && !isNumber(word.plain))?.stem ?? ''
    numbers.set(of, (numbers.get(of) ?? new Set()).add(plain))
  })
  return numbers
}

function isNumber(plain: string): boolean {
  return /^\d/.test(plain)
}
