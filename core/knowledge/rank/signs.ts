import { numbersOf } from '../number-words.ts'
import type { Question } from '../question.ts'
import { at, type Feature } from './evidence.ts'
import { createTurning } from './opposites.ts'
import type { Ranked } from './ranker.ts'
import type { ReadSection } from './reading.ts'
import type { Weighing } from './weighing.ts'

/** What tells whether a finding is right. All are between 0 and 1; more can only mean surer. */
export const signs = [
  /**
   * BM25 of the section of the best sentence, in units of a word that stands nowhere else: much when it has several rare words. It means
   * the same in a small corpus as in a large one.
   */
  'evidence',
  /** Coverage by the best sentence with its title, and with the sentences around it too; BM25 of the sentence; its pairs of words. */
  'above',
  'around',
  'bm25',
  'bigrams',
  /** Share of the question's names, and of its numbers, that stand in the best sentence, beside it or above it. */
  'names',
  'numbers',
  /** How far the ranker prefers the block, and the section, to everything else. */
  'blockShare',
  'sectionShare',
  /** The sentence has no opposite of a word of the question; and a "not" when the question has one. */
  'notOpposed',
  'notAffirmed',
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
    const value = (feature: Feature): number => best.values[at(feature)] ?? 0
    const near = windowOf(section, best.index)
    const tokens = section.sentences[best.index] ?? []
    const { opposed, affirms } = turned(
      question.words.map(({ plain }) => plain),
      tokens.map(({ plain }) => plain),
    )
    const seen: Signs = {
      evidence: 1 - Math.exp(-section.found.score / (4 * weighing.rarest)),
      above: value('above'),
      around: value('around'),
      bm25: value('bm25'),
      bigrams: value('bigrams'),
      names: namesIn(weighing, hitsIn(weighing, near)),
      numbers: numbersIn(question, near),
      blockShare: Math.min(
        1,
        ranked.slice(0, 3).reduce((sum, { share }) => sum + share, 0),
      ),
      sectionShare: Math.min(
        1,
        ranked.reduce((sum, one) => sum + (one.candidate.section === best.section ? one.share : 0), 0),
      ),
      notOpposed: opposed ? 0 : 1,
      notAffirmed: affirms ? 0 : 1,
    }
    return { signs: seen, inSection: hitsIn(weighing, section) }
  }
}

/** A sentence of a section and those beside it, with title and headings. */
function windowOf({ found, above, sentences }: ReadSection, index: number): ReadSection {
  const [from, to] = [Math.max(0, index - 1), index + 2]
  return {
    found: { ...found, sentences: found.sentences.slice(from, to) },
    above,
    sentences: sentences.slice(from, to),
  }
}

/** Share of the names' weight that is hit; all of it when there are none. */
function namesIn({ weights, names }: Weighing, hits: Float64Array): number {
  let [all, hit] = [0, 0]
  for (const [term, weight] of weights.entries()) {
    const named = weight * (names[term] ?? 0)
    all += named
    hit += named * (hits[term] ?? 0)
  }
  return all > 0 ? hit / all : 1
}

/** Share of the question's numbers that stand there; all of them when it has none. */
function numbersIn({ text }: Question, { found: { document, heading, sentences } }: ReadSection): number {
  const wanted = numbersOf(text)
  if (wanted.size === 0) return 1
  const here = numbersOf([document.title, ...heading, ...sentences].join(' '))
  return [...wanted].filter((number) => here.has(number)).length / wanted.size
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
