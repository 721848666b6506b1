import type { FoundSection } from '../found.ts'
import type { Question } from '../question.ts'
import { couldAnswer } from './answer-words.ts'
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
  'rarest',
  'names',
  'numbers',
  'focus',
  'quoted',
  'score',
  'gap',
  'rank',
  'window',
  'first',
  'position',
  'length',
  'short',
  'asks',
  'leans',
  'leansBefore',
  'answers',
  'near',
  'novel',
  'name',
  'place',
  'time',
  'count',
  'reason',
  'manner',
  'definition',
  'best',
  'countMatched',
  'first3',
  'subject',
  'verb',
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
  const all = most(each, terms.length)
  const sectionCoverage = coverage(weighing, union(all, aboveHits))
  const sectionExact = coverage(
    weighing,
    union(all, aboveHits).map((hit) => (hit >= 1 ? 1 : 0)),
  )
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
      section: sectionCoverage,
      sectionExact,
      score: found.score / best,
      gap: rank === 0 ? 1 : 0,
      rank: 1 / (1 + rank),
      window: index >= found.window.from && index < found.window.to ? 1 : 0,
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
  | 'gap'
  | 'rank'
  | 'window'
  | 'first'
  | 'position'
  | 'asks'
  | 'leansBefore'
  | 'best'
>

function inSentence(question: Question, weighing: Weighing, tokens: readonly Token[], hits: Float64Array): InSentence {
  const { terms, weights, names } = weighing
  // Which term each word stands for, -1 for none.
  const standsFor = tokens.map(({ stem }) => weighing.match(stem)?.term ?? -1)
  const matched = standsFor.flatMap((term, place) => (term >= 0 ? [place] : []))
  const rarest = weights.indexOf(Math.max(...weights))
  const answering = tokens.flatMap((_, place) =>
    (standsFor[place] ?? -1) < 0 && couldAnswer(question.kind, tokens, place) ? [place] : [],
  )
  const answers = answering.length > 0 ? 1 : 0
  const novel = tokens.filter(({ stop }, place) => !stop && (standsFor[place] ?? -1) < 0).length
  const kinded = question.kind
  const hit = [...hits].map((value) => (value > 0 ? 1 : 0))
  const nameWeight = sumOf(weights, (weight, term) => weight * (names[term] ?? 0))
  const numbers = terms.flatMap(({ number }, term) => (number ? [term] : []))
  const firsts = tokens.slice(0, 4)
  return {
    coverage: coverage(weighing, hits),
    exact: coverage(
      weighing,
      hits.map((value) => (value >= 1 ? 1 : 0)),
    ),
    bm25: saturated(weighing, tokens, standsFor),
    bigrams: pairs(weighing, standsFor, tokens),
    order: inOrder(weighing, standsFor),
    span: density(weighing, standsFor, hits),
    echo: tokens.length === 0 ? 0 : matched.length / tokens.length,
    trigrams: runs(question, tokens),
    rarest: hits[rarest] ?? 0,
    names:
      nameWeight > 0
        ? sumOf(weights, (weight, term) => weight * (names[term] ?? 0) * (hits[term] ?? 0)) / nameWeight
        : 0,
    numbers: numbers.length === 0 ? 0 : numbers.filter((term) => (hits[term] ?? 0) > 0).length / numbers.length - 1,
    focus: question.focus !== null && tokens.some(({ stem }) => stem === question.focus) ? 1 : 0,
    quoted: question.quoted.some((stems) => standsIn(stems, tokens)) ? 1 : 0,
    length: Math.log(1 + tokens.length) / 5,
    short: tokens.length < 5 ? 1 : 0,
    leans: firsts.slice(0, 1).some(({ plain }) => leaning.has(plain)) ? 1 : 0,
    answers,
    near: nearness(answering, matched),
    novel: Math.min(1, novel / 10),
    name: kinded === 'name' ? answers : 0,
    place: kinded === 'place' ? answers : 0,
    time: kinded === 'time' ? answers : 0,
    count: kinded === 'count' ? answers : 0,
    reason: kinded === 'reason' ? answers : 0,
    manner: kinded === 'manner' ? answers : 0,
    definition: kinded === 'definition' ? answers : 0,
    countMatched: Math.min(1, hit.filter((value) => value > 0).length / Math.max(1, terms.length)),
    first3: firsts.some((_, place) => (standsFor[place] ?? -1) >= 0) ? 1 : 0,
    subject: hits[0] ?? 0,
    verb: hits[terms.length - 1] ?? 0,
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

function most(each: readonly Float64Array[], terms: number): Float64Array {
  return each.reduce<Float64Array>(union, new Float64Array(terms))
}

/** Share of the question's weight that is hit. */
export function coverage({ weights, total }: Weighing, hits: Float64Array): number {
  if (total <= 0) return 0
  return sumOf(weights, (weight, term) => weight * (hits[term] ?? 0)) / total
}

function sumOf(weights: readonly number[], value: (weight: number, term: number) => number): number {
  let sum = 0
  for (let term = 0; term < weights.length; term++) sum += value(weights[term] ?? 0, term)
  return sum
}

/** BM25 of the sentence, as a share of the most that it could be. */
function saturated(
  { weights, total, terms }: Weighing,
  tokens: readonly Token[],
  standsFor: readonly number[],
): number {
  if (total <= 0) return 0
  const times = new Float64Array(terms.length)
  for (const term of standsFor) if (term >= 0) times[term] = (times[term] ?? 0) + 1
  const length = 0.25 + (0.75 * tokens.length) / 25
  return sumOf(weights, (weight, term) => (weight * (times[term] ?? 0)) / ((times[term] ?? 0) + 1.2 * length)) / total
}

/** Of the question's neighbouring words, the share that stands close together and in the same order here. */
function pairs({ weights }: Weighing, standsFor: readonly number[], tokens: readonly Token[]): number {
  if (weights.length < 2) return 0
  const found = new Float64Array(weights.length)
  let last = -1
  let lastAt = -10
  for (let place = 0; place < tokens.length; place++) {
    const term = standsFor[place] ?? -1
    if (term < 0) continue
    if (term === last + 1 && place - lastAt <= 3) found[term] = place - lastAt === 1 ? 1 : 0.7
    last = term
    lastAt = place
  }
  let sum = 0
  let all = 0
  for (let term = 1; term < weights.length; term++) {
    const weight = (weights[term] ?? 0) + (weights[term - 1] ?? 0)
    all += weight
    sum += weight * (found[term] ?? 0)
  }
  return all > 0 ? sum / all : 0
}

/** Share of the weight in the longest run of terms that stand here in the order of the question. */
function inOrder({ weights, total }: Weighing, standsFor: readonly number[]): number {
  if (total <= 0) return 0
  const reach = new Float64Array(weights.length)
  for (const term of standsFor) {
    if (term < 0) continue
    let before = 0
    for (let other = 0; other < term; other++) before = Math.max(before, reach[other] ?? 0)
    reach[term] = Math.max(reach[term] ?? 0, before + (weights[term] ?? 0))
  }
  return Math.max(0, ...reach) / total
}

/** How close together the matched terms stand: coverage, thinned by the words between the first and the last of each. */
function density(weighing: Weighing, standsFor: readonly number[], hits: Float64Array): number {
  const wanted = hits.filter((hit) => hit > 0).length
  if (wanted < 2) return 0
  const times = new Int32Array(hits.length)
  let have = 0
  let from = 0
  let shortest = Number.POSITIVE_INFINITY
  for (let to = 0; to < standsFor.length; to++) {
    const term = standsFor[to] ?? -1
    if (term >= 0) {
      times[term] = (times[term] ?? 0) + 1
      if (times[term] === 1) have += 1
    }
    while (have === wanted) {
      shortest = Math.min(shortest, to - from + 1)
      const first = standsFor[from] ?? -1
      if (first >= 0) {
        times[first] = (times[first] ?? 0) - 1
        if (times[first] === 0) have -= 1
      }
      from += 1
    }
  }
  return (coverage(weighing, hits) * wanted) / shortest
}

/** Share of the question's runs of three words, those that say nothing too, that stand here as they are. */
function runs({ words }: Question, tokens: readonly Token[]): number {
  if (words.length < 3) return 0
  const here = new Set<string>()
  for (let place = 2; place < tokens.length; place++) {
    here.add(`${tokens[place - 2]?.stem} ${tokens[place - 1]?.stem} ${tokens[place]?.stem}`)
  }
  let found = 0
  const last = Math.min(words.length, 60)
  for (let place = 2; place < last; place++) {
    if (here.has(`${words[place - 2]?.stem} ${words[place - 1]?.stem} ${words[place]?.stem}`)) found += 1
  }
  return found / (last - 2)
}

function standsIn(stems: readonly string[], tokens: readonly Token[]): boolean {
  return tokens.some((_, from) => stems.every((stem, offset) => tokens[from + offset]?.stem === stem))
}

/** How close a word that could answer is to a word of the question. */
function nearness(answering: readonly number[], matched: readonly number[]): number {
  let nearest = Number.POSITIVE_INFINITY
  for (const one of answering) for (const other of matched) nearest = Math.min(nearest, Math.abs(one - other))
  return nearest === Number.POSITIVE_INFINITY ? 0 : 1 / nearest
}
