import type { FoundSection } from '../found.ts'
import type { Question } from '../question.ts'
import { couldAnswer } from './answer-words.ts'
import { coverage, density, inOrder, nearness, pairs, runs, sameForms, saturated } from './likeness.ts'
import type { ReadSection, Token } from './reading.ts'
import type { Weighing } from './weighing.ts'

/** What a sentence has in common with a question, in the order of `features`. */
export interface Candidate {
  section: FoundSection
  /** Place of the section among those found. */
  rank: number
  /** Place of the sentence in `section.sentences`. */
  index: number
  values: Float64Array
  /** Of each term: how well it stands in the sentence itself, 0-1. */
  hits: Float64Array
}

/** Names of the values, most of them shares between 0 and 1. */
export const features = [
  'coverage',
  'exact',
  'above',
  'before',
  'after',
  'around',
  'section',
  'sectionExact',
  'bm25',
  'bigrams',
  'order',
  'span',
  'echo',
  'trigrams',
  'focus',
  'score',
  'rank',
  'first',
  'position',
  'length',
  'short',
  'novel',
  'asks',
  'leans',
  'leansBefore',
  'answers',
  'near',
  'name',
  'place',
  'time',
  'count',
  'reason',
  'manner',
  'definition',
  'best',
  'first3',
  'subject',
  'verb',
  'sameForm',
] as const
export type Feature = (typeof features)[number]

const leaning = new Set('he she it they this that these those his her its their him them such'.split(' '))

/** Compares each sentence of the sections with the question. Linear in the words of the sections. */
export function gather(question: Question, weighing: Weighing, sections: readonly ReadSection[]): Candidate[] {
  const best = Math.max(1e-9, sections[0]?.found.score ?? 0)
  const candidates = sections.flatMap((section, rank) => ofSection(question, weighing, section, rank, best))
  // How far it is behind the sentence that covers most.
  const most = Math.max(1e-9, ...candidates.map(({ values }) => values[at('around')] ?? 0))
  for (const { values } of candidates) values[at('best')] = (values[at('around')] ?? 0) / most
  return candidates
}

const places = new Map(features.map((feature, place) => [feature, place] as const))
/** Where a feature stands in `values`. */
export function at(feature: Feature): number {
  return places.get(feature) ?? 0
}

function ofSection(
  question: Question,
  weighing: Weighing,
  section: ReadSection,
  rank: number,
  best: number,
): Candidate[] {
  const { found, sentences, above } = section
  const { terms } = weighing
  const aboveHits = hitsOf(weighing, [...above])
  const each = sentences.map((tokens) =>
    hitsOf(
      weighing,
      tokens.map(({ stem }) => stem),
    ),
  )
  const all = each.reduce<Float64Array>(union, aboveHits)
  const ofSectionAlone = { section: coverage(weighing, all), sectionExact: coverage(weighing, exactly(all)) }
  return sentences.map((tokens, index) => {
    const hits = each[index] ?? new Float64Array(terms.length)
    const before = each[index - 1]
    const after = each[index + 1]
    const value: Record<Feature, number> = {
      ...inSentence(question, weighing, tokens, hits),
      above: coverage(weighing, union(hits, aboveHits)),
      before: coverage(weighing, union(hits, before)),
      after: coverage(weighing, union(hits, after)),
      around: coverage(weighing, union(union(union(hits, aboveHits), before), after)),
      ...ofSectionAlone,
      score: found.score / best,
      rank: 1 / (1 + rank),
      first: index === 0 ? 1 : 0,
      position: index / Math.max(1, sentences.length - 1),
      asks: found.sentences[index]?.trimEnd().endsWith('?') ? 1 : 0,
      leansBefore: 0,
      best: 0,
    }
    value.leansBefore = value.leans * (value.before - value.coverage)
    return { section: found, rank, index, values: Float64Array.from(features, (name) => value[name]), hits }
  })
}

type InSentence = Omit<
  Record<Feature, number>,
  | 'above'
  | 'before'
  | 'after'
  | 'around'
  | 'section'
  | 'sectionExact'
  | 'score'
  | 'rank'
  | 'first'
  | 'position'
  | 'asks'
  | 'leansBefore'
  | 'best'
>

function inSentence(question: Question, weighing: Weighing, tokens: readonly Token[], hits: Float64Array): InSentence {
  const { terms } = weighing
  // Which term each word stands for, -1 for none.
  const standsFor = tokens.map(({ stem }) => weighing.match(stem)?.term ?? -1)
  const matched = standsFor.flatMap((term, place) => (term >= 0 ? [place] : []))
  const answering = tokens.flatMap((_, place) =>
    (standsFor[place] ?? -1) < 0 && couldAnswer(question.kind, tokens, place) ? [place] : [],
  )
  const novel = tokens.filter(({ stop }, place) => !stop && (standsFor[place] ?? -1) < 0).length
  const answers = answering.length > 0 ? 1 : 0
  const kinded = question.kind
  const firsts = tokens.slice(0, 4)
  return {
    coverage: coverage(weighing, hits),
    exact: coverage(weighing, exactly(hits)),
    bm25: saturated(weighing, tokens, standsFor),
    bigrams: pairs(weighing, standsFor, tokens),
    order: inOrder(weighing, standsFor),
    span: density(weighing, standsFor, hits),
    echo: tokens.length === 0 ? 0 : matched.length / tokens.length,
    trigrams: runs(question, tokens),
    focus: question.focus !== null && tokens.some(({ stem }) => stem === question.focus) ? 1 : 0,
    length: Math.log(1 + tokens.length) / 5,
    short: tokens.length < 5 ? 1 : 0,
    leans: firsts.slice(0, 1).some(({ plain }) => leaning.has(plain)) ? 1 : 0,
    answers,
    novel: Math.min(1, novel / 10),
    near: nearness(answering, matched),
    name: kinded === 'name' ? answers : 0,
    place: kinded === 'place' ? answers : 0,
    time: kinded === 'time' ? answers : 0,
    count: kinded === 'count' ? answers : 0,
    reason: kinded === 'reason' ? answers : 0,
    manner: kinded === 'manner' ? answers : 0,
    definition: kinded === 'definition' ? answers : 0,
    first3: firsts.some((_, place) => (standsFor[place] ?? -1) >= 0) ? 1 : 0,
    subject: hits[0] ?? 0,
    verb: hits[terms.length - 1] ?? 0,
    sameForm: sameForms(weighing, tokens, standsFor),
  }
}

function hitsOf(weighing: Weighing, stems: readonly string[]): Float64Array {
  const hits = new Float64Array(weighing.terms.length)
  for (const stem of stems) {
    const match = weighing.match(stem)
    if (match && match.likeness > (hits[match.term] ?? 0)) hits[match.term] = match.likeness
  }
  return hits
}

function union(one: Float64Array, other: Float64Array | undefined): Float64Array {
  return other ? one.map((hit, term) => Math.max(hit, other[term] ?? 0)) : one
}

/** Without the words that are only of the same family. */
function exactly(hits: Float64Array): Float64Array {
  return hits.map((hit) => (hit >= 1 ? 1 : 0))
}
