import { rarity } from '../bm25.ts'
import type { TermStatistics } from '../found.ts'
import type { Question, Term } from '../question.ts'
import type { ReadSection } from './reading.ts'

/** How much each word of a question counts, and which words of a text stand for it. */
export interface Weighing {
  terms: readonly Term[]
  /** Of each term: how rare it is, times its own weight. */
  weights: readonly number[]
  total: number
  /** Of each term: how often its kind of word is found; 0 when it stands nowhere. */
  frequencies: readonly number[]
  /** Of each term, 0-1: how far it is a name, as the texts write it; of a word that stands nowhere, as the question does. */
  names: readonly number[]
  /** The term that a stem stands for, and how well (1 the same stem); null when for none. */
  match(stem: string): Match | null
}

interface Match {
  term: number
  likeness: number
}

/** Weighs the words of a question by how rare they are in what the reader may read. */
export function weigh(question: Question, statistics: TermStatistics, sections: readonly ReadSection[]): Weighing {
  const { terms } = question
  const frequencies = terms.map(({ stem }) => statistics.frequency(stem))
  const weights = terms.map(({ weight }, at) => weight * rarity(frequencies[at] ?? 0, statistics.sections))
  const exact = new Map(terms.map(({ stem }, term) => [stem, { term, likeness: 1 }] as const))
  const seen = new Map<string, Match | null>(exact)
  return {
    terms,
    weights,
    total: weights.reduce((sum, weight) => sum + weight, 0),
    frequencies,
    names: namesIn(terms, sections),
    match(stem) {
      const known = seen.get(stem)
      if (known !== undefined) return known
      const found = related(stem, terms)
      seen.set(stem, found)
      return found
    },
  }
}

/** The term whose stem shares a long beginning with this one: `invas` and `invad`, `discov` and `discoveri`. */
function related(stem: string, terms: readonly Term[]): Match | null {
  if (stem.length < 4 || /\p{N}/u.test(stem)) return null
  let best: Match | null = null
  for (const [term, { stem: wanted, number }] of terms.entries()) {
    if (number || wanted.length < 4) continue
    const shared = sharedStart(stem, wanted)
    if (shared < 4) continue
    const likeness = (shared / Math.max(stem.length, wanted.length)) * 0.9
    if (likeness >= 0.5 && likeness > (best?.likeness ?? 0)) best = { term, likeness }
  }
  return best
}

function sharedStart(one: string, other: string): number {
  let at = 0
  while (at < one.length && one[at] === other[at]) at += 1
  return at
}

/** How often each term is written with a capital inside a sentence. */
function namesIn(terms: readonly Term[], sections: readonly ReadSection[]): number[] {
  const place = new Map(terms.map(({ stem }, at) => [stem, at] as const))
  const seen = terms.map(() => 0)
  const capital = terms.map(() => 0)
  for (const { sentences } of sections) {
    for (const tokens of sentences) {
      for (let at = 1; at < tokens.length; at++) {
        const token = tokens[at]
        const term = token && place.get(token.stem)
        if (term === undefined) continue
        seen[term] = (seen[term] ?? 0) + 1
        if (token?.capital) capital[term] = (capital[term] ?? 0) + 1
      }
    }
  }
  return terms.map(({ name }, at) => (seen[at] ? (capital[at] ?? 0) / (seen[at] ?? 1) : name ? 1 : 0))
}
