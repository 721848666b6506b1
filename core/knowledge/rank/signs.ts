import type { Question } from '../question.ts'
import { at, coverage, type Feature } from './evidence.ts'
import type { Ranked } from './ranker.ts'
import type { ReadSection } from './reading.ts'
import type { Weighing } from './weighing.ts'

/** What tells whether a finding is right; the larger, the surer, and all between 0 and 1. */
export const signs = [
  'fit',
  'fitBest',
  'fitLead',
  'coverage',
  'above',
  'around',
  'section',
  'sectionExact',
  'block',
  'known',
  'names',
  'numbers',
  'rarest',
  'sentenceRarest',
  'bigrams',
  'order',
  'span',
  'trigrams',
  'answers',
  'near',
  'share',
  'blockShare',
  'sectionShare',
  'margin',
  'score',
  'agrees',
  'terms',
] as const
export type Sign = (typeof signs)[number]
export type Signs = Readonly<Record<Sign, number>>

/** What tells whether the best of what was found answers the question. Of nothing found, nothing speaks for it. */
export function signsOf(
  question: Question,
  weighing: Weighing,
  sections: readonly ReadSection[],
  ranked: readonly Ranked[],
): Signs {
  const best = ranked[0]
  if (!best) return Object.fromEntries(signs.map((sign) => [sign, 0])) as Record<Sign, number>
  const { terms, weights, total, frequencies, names } = weighing
  const value = (feature: Feature): number => best.candidate.values[at(feature)] ?? 0
  const section = sections.find(({ found }) => found === best.candidate.section)
  const inSection = section ? hitsIn(weighing, section) : new Float64Array(terms.length)
  const fits = sections.map((one) => fitOf(weighing, one, meanLength(sections)))
  const ofBest = section ? (fits[sections.indexOf(section)] ?? 0) : 0
  const others = fits.filter((_, place) => place > 0)
  const block = ranked.slice(0, 3)
  const together = block
    .filter(({ candidate }) => candidate.section === best.candidate.section)
    .reduce(
      (hits, { candidate }) => hits.map((hit, term) => Math.max(hit, candidate.hits[term] ?? 0)),
      new Float64Array(terms.length),
    )
  const second = ranked.find(({ candidate }) => candidate.section !== best.candidate.section)
  const heaviest = Math.max(1e-9, ...weights)
  const missing = (hits: Float64Array): number =>
    Math.max(0, ...weights.map((weight, term) => weight * (1 - (hits[term] ?? 0)))) / heaviest
  const shareOf = (kind: (term: number) => number): number => {
    const all = weights.reduce((sum, weight, term) => sum + weight * kind(term), 0)
    return all <= 0
      ? 1
      : weights.reduce((sum, weight, term) => sum + weight * kind(term) * (inSection[term] ?? 0), 0) / all
  }
  return {
    fit: fits[0] ?? 0,
    fitBest: ofBest,
    fitLead: (fits[0] ?? 0) - Math.max(0, ...others),
    coverage: value('coverage'),
    above: value('above'),
    around: value('around'),
    section: value('section'),
    sectionExact: value('sectionExact'),
    block: coverage(weighing, together),
    known:
      total <= 0
        ? 0
        : weights.reduce((sum, weight, term) => sum + ((frequencies[term] ?? 0) > 0 ? weight : 0), 0) / total,
    names: shareOf((term) => names[term] ?? 0),
    numbers: shareOf((term) => (terms[term]?.number ? 1 : 0)),
    rarest: 1 - missing(inSection),
    sentenceRarest: 1 - missing(best.candidate.hits),
    bigrams: value('bigrams'),
    order: value('order'),
    span: value('span'),
    trigrams: value('trigrams'),
    answers: value('answers'),
    near: value('near'),
    share: best.share,
    blockShare: block.reduce((sum, { share }) => sum + share, 0),
    sectionShare: ranked.reduce(
      (sum, { candidate, share }) => sum + (candidate.section === best.candidate.section ? share : 0),
      0,
    ),
    margin: second ? 1 - Math.exp(second.score - best.score) : 1,
    score: 1 / (1 + Math.exp(-best.score / 4 + 3)),
    agrees: best.candidate.rank === 0 ? 1 : 0,
    terms: Math.min(1, Math.log(1 + question.terms.length) / 3),
  }
}

/** Of each term: how well it stands in a section, its title and headings, 0-1. */
export function hitsIn(weighing: Weighing, { sentences, above }: ReadSection): Float64Array {
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
  const length = 0.25 + (0.75 * wordsIn(section)) / mean
  return (
    weights.reduce(
      (sum, weight, term) => sum + (weight * (times[term] ?? 0)) / ((times[term] ?? 0) + 1.2 * length),
      0,
    ) / total
  )
}
