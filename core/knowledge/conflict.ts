import type { RankedSentence } from './found.ts'
import { wordsOf } from './words.ts'

/** How much of the question both have to be about, and how much of what they say has to be the same words. */
const leastAsked = 0.6
const leastShared = 0.34

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
  numbers: Set<string>
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
  const sameNumbers = [...one.numbers].some((number) => other.numbers.has(number))
  if (one.numbers.size > 0 && other.numbers.size > 0 && !sameNumbers) return true
  if (one.negated !== other.negated && shared / least >= 2 * leastShared) return true
  return opposites.some(([a, b]) => stands(a, b, one, other) || stands(b, a, one, other))
}

function stands(a: string, b: string, one: Said, other: Said): boolean {
  return one.words.has(a) && !one.words.has(b) && other.words.has(b) && !other.words.has(a)
}

function taken(text: string): Said {
  const words = wordsOf(text)
  const numbers = words.filter(({ plain }) => /^\d/.test(plain)).map(({ plain }) => plain)
  return {
    stems: new Set(words.filter(({ stop, plain }) => !stop && !/^\d/.test(plain)).map(({ stem }) => stem)),
    numbers: new Set(numbers),
    words: new Set(words.map(({ plain }) => plain)),
    negated: words.some(({ plain }) => negations.has(plain)) || /n['’]t\b/i.test(text),
  }
}
