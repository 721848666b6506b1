import type { Band, Confidence } from './answer.ts'
import type { Fitted } from './fitted.ts'
import type { Question } from './question.ts'
import { type Signs, signs } from './rank/signs.ts'
import type { Weighing } from './rank/weighing.ts'

/** How likely a finding is right, its band, and why. */
export function confidenceIn(signs: Signs, words: Missing, fitted: Pick<Fitted, 'confidence' | 'bands'>): Confidence {
  const probability = probabilityOf(signs, fitted.confidence)
  const band = bandOf(probability, fitted.bands)
  return { probability: Math.round(probability * 1000) / 1000, band, why: why(signs, words, band) }
}

/** Nothing was found: then it is certain that we do not know. */
export function nothingFound(question: Question): Confidence {
  const words = question.terms.map(({ plain }) => plain)
  const why = words.length === 0 ? 'there is nothing in it to look for' : `nothing here speaks of ${listed(words)}`
  return { probability: 0, band: 'none', why }
}

/** What the signs add up to, 0-1: right order, but not yet how often that is right. */
export function rawOf(
  seen: Signs,
  { intercept, weights }: Pick<Fitted['confidence'], 'intercept' | 'weights'>,
): number {
  const sum = signs.reduce((all, sign) => all + (weights[sign] ?? 0) * seen[sign], intercept)
  return 1 / (1 + Math.exp(-sum))
}

function probabilityOf(seen: Signs, { intercept, weights, steps }: Fitted['confidence']): number {
  return along(steps, rawOf(seen, { intercept, weights }))
}

/** On a line through corners that rise in both; level before the first and after the last. */
export function along(corners: readonly (readonly [number, number])[], value: number): number {
  const after = corners.findIndex(([x]) => x >= value)
  const [x1, y1] = corners[after] ?? corners.at(-1) ?? [0, 0]
  const [x0, y0] = corners[after - 1] ?? [x1, y1]
  if (after <= 0 || x1 === x0) return y1
  return y0 + ((y1 - y0) * (value - x0)) / (x1 - x0)
}

export function bandOf(probability: number, { high, medium, low }: Fitted['bands']): Band {
  if (probability >= high) return 'high'
  if (probability >= medium) return 'medium'
  return probability >= low ? 'low' : 'none'
}

/** Words of the question that were missed, as people write them. */
export interface Missing {
  /** That stand nowhere. */
  unknown: readonly string[]
  /** That stand somewhere, but not in the section of the answer. */
  elsewhere: readonly string[]
  /** That stand in the section, but not in its first sentence. */
  around: readonly string[]
}

/** Where the words of a question are missed; words that earlier turns brought in are not. */
export function missingIn(
  { terms, frequencies }: Weighing,
  inSection: Float64Array,
  inSentence: Float64Array,
): Missing {
  const own = terms.map((term, at) => ({ ...term, at })).filter(({ weight }) => weight === 1)
  const wordsWhere = (holds: (at: number) => boolean) => own.filter(({ at }) => holds(at)).map(({ plain }) => plain)
  const known = (at: number) => (frequencies[at] ?? 0) > 0
  return {
    unknown: wordsWhere((at) => !known(at) && inSection[at] === 0),
    elsewhere: wordsWhere((at) => known(at) && inSection[at] === 0),
    around: wordsWhere((at) => (inSection[at] ?? 0) > 0 && inSentence[at] === 0),
  }
}

/** Why, in a few plain words: what speaks most for it, or against it. */
function why(signs: Signs, { unknown, elsewhere, around }: Missing, band: Band): string {
  const turned =
    signs.notOpposed === 0
      ? 'it says the opposite of one of your words'
      : signs.notAffirmed === 0
        ? 'you say "not", and it does not'
        : null
  const missed = unknown.length > 0 ? `${count(unknown, 'stands', 'stand')} nowhere: ${listed(unknown)}` : null
  const apart =
    elsewhere.length > 0 ? `${count(elsewhere, 'is', 'are')} not in this passage: ${listed(elsewhere)}` : null
  const but = missed ?? apart ?? turned
  if (band === 'high' || band === 'medium') {
    if (but) return `fits well, though ${but}`
    return around.length === 0
      ? 'says so in nearly your words'
      : 'the passage has all your words, the sentence most of them'
  }
  if (but) return but
  if (signs.sectionShare < 0.5) return 'several passages fit about as well'
  return 'the passage is about it, the sentence may not be'
}

function count(words: readonly string[], one: string, more: string): string {
  return words.length === 1 ? `one of your words ${one}` : `${words.length} of your words ${more}`
}

/** At most three, in quotation marks, each cut short. */
function listed(words: readonly string[]): string {
  const shown = words.slice(0, 3).map((word) => `"${word.length > 30 ? `${word.slice(0, 29)}…` : word}"`)
  return shown.join(', ') + (words.length > 3 ? ', …' : '')
}
