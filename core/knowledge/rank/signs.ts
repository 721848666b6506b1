import { fit } from '../bm25.ts'
import { numbersOf } from '../number-words.ts'
import type { Question } from '../question.ts'
import { at, type Feature } from './evidence.ts'
import { createTurning } from './opposites.ts'
import type { Ranked } from './ranker.ts'
import type { ReadSection } from './reading.ts'
import type { Weighing } from './weighing.ts'

/** What tells whether a finding is right. All are between 0 and 1; of all but `terms` more can only mean surer. */
export const signs = [
  /** BM25 of the first section as a share of the most that any could have, and that of the best sentence's. */
  'fit',
  'fitBest',
  /** Coverage by the best sentence with its title, and with the sentence before it. */
  'above',
  'before',
  /** Share of the question's names, and of its numbers, that stand in the section. */
  'names',
  'numbers',
  /** How far the ranker prefers the block, and the section, to everything else; and its score by itself. */
  'blockShare',
  'sectionShare',
  'score',
  /** How much of the sentence is words of the question. */
  'echo',
  /** The sentence has no opposite of a word of the question; and a "not" when the question has one. */
  'notOpposed',
  'notAffirmed',
  /** How many words are looked for. */
  'terms',
] as const
export type Sign = (typeof signs)[number]
export type Signs = Readonly<Record<Sign, number>>

/** How the best of what was found stands to the question. */
export interface Judgement {
  signs: Signs
  /** Of each term: how well it stands in the section of the best sentence, its title and headings, 0-1. */
  inSection: Float64Array
}

/** Judges what was found; null when nothing was. Linear in the words of the sections. */
export function createJudging(): (found: {
  question: Question
  weighing: Weighing
  sections: readonly ReadSection[]
  ranked: readonly Ranked[]
}) => Judgement | null {
  const turned = createTurning()
  return ({ question, weighing, sections, ranked }) => {
    const best = ranked[0]?.candidate
    const section = sections.find(({ found }) => found === best?.section)
    if (!best || !section) return null
    const { weights, names } = weighing
    const value = (feature: Feature): number => best.values[at(feature)] ?? 0
    const inSection = hitsIn(weighing, section)
    const fits = sections.map((one) => fitOf(weighing, one, meanLength(sections)))
    const tokens = section.sentences[best.index] ?? []
    const { opposed, affirms } = turned(
      question.words.map(({ plain }) => plain),
      tokens.map(({ plain }) => plain),
    )
    const sumOf = (of: (weight: number, term: number) => number) =>
      weights.reduce((sum, weight, term) => sum + of(weight, term), 0)
    const named = sumOf((weight, term) => weight * (names[term] ?? 0))
    const numbers = numbersOf(question.text)
    const shareIn = (text: string) => {
      const here = numbersOf(text)
      return numbers.size === 0 ? 1 : [...numbers].filter((number) => here.has(number)).length / numbers.size
    }
    const { title } = section.found.document
    const seen: Signs = {
      fit: fits[0] ?? 0,
      fitBest: fits[sections.indexOf(section)] ?? 0,
      above: value('above'),
      before: value('before'),
      names: named <= 0 ? 1 : sumOf((weight, term) => weight * (names[term] ?? 0) * (inSection[term] ?? 0)) / named,
      numbers: shareIn(
        `${title} ${section.found.heading.join(' ')} ${section.found.sentences.slice(0, 150).join(' ')}`,
      ),
      blockShare: Math.min(
        1,
        ranked.slice(0, 3).reduce((sum, { share }) => sum + share, 0),
      ),
      sectionShare: Math.min(
        1,
        ranked.reduce((sum, one) => sum + (one.candidate.section === best.section ? one.share : 0), 0),
      ),
      score: 1 / (1 + Math.exp(3 - (ranked[0]?.score ?? 0) / 4)),
      echo: value('echo'),
      notOpposed: opposed ? 0 : 1,
      notAffirmed: affirms ? 0 : 1,
      terms: Math.min(1, Math.log(1 + weights.length) / 3),
    }
    return { signs: seen, inSection }
  }
}

function hitsIn(weighing: Weighing, { sentences, above }: ReadSection): Float64Array {
  const hits = new Float64Array(weighing.terms.length)
  const take = (stem: string) => {
    const match = weighing.match(stem)
    if (match && match.likeness > (hits[match.term] ?? 0)) hits[match.term] = match.likeness
  }
  for (const stem of above) take(stem)
  for (const tokens of sentences) for (const { stem } of tokens) take(stem)
  return hits
}

const wordsIn = ({ sentences }: ReadSection): number => sentences.reduce((sum, tokens) => sum + tokens.length, 0)

function meanLength(sections: readonly ReadSection[]): number {
  return Math.max(1, sections.reduce((sum, section) => sum + wordsIn(section), 0) / Math.max(1, sections.length))
}

/** BM25 of a section, as a share of the most that any text could have. */
function fitOf({ terms, weights, total }: Weighing, section: ReadSection, mean: number): number {
  if (total <= 0) return 0
  const place = new Map(terms.map(({ stem }, term) => [stem, term] as const))
  const times = new Float64Array(terms.length)
  const count = (stem: string) => {
    const term = place.get(stem)
    if (term !== undefined) times[term] = (times[term] ?? 0) + 1
  }
  for (const stem of section.above) count(stem)
  for (const tokens of section.sentences) for (const { stem } of tokens) count(stem)
  const length = { of: wordsIn(section), average: mean, slope: 0.75 }
  return weights.reduce((sum, weight, term) => sum + fit(weight, times[term] ?? 0, length), 0) / (total * mostFit)
}

/** What `fit` of a weight of 1 comes near to when a word is repeated without end. */
const mostFit = 2.2
