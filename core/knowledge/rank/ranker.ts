import type { RankedSentence } from '../found.ts'
import { type Candidate, type Feature, features } from './evidence.ts'

/** How much each feature counts. One that is left out counts nothing. */
export type RankerWeights = Readonly<Partial<Record<Feature, number>>>

/** A sentence with its score and how likely it is the best of those found, by the ranker alone (all add up to 1). */
export interface Ranked {
  candidate: Candidate
  score: number
  share: number
}

/** Best first; of equals, the one that was found first. */
export function rankSentences(candidates: readonly Candidate[], weights: RankerWeights): Ranked[] {
  const factors = Float64Array.from(features, (feature) => weights[feature] ?? 0)
  const scores = candidates.map(({ values }) => product(values, factors))
  const highest = Math.max(...scores)
  const odds = scores.map((score) => Math.exp(score - highest))
  const all = odds.reduce((sum, one) => sum + one, 0)
  return candidates
    .map((candidate, place) => ({ candidate, score: scores[place] ?? 0, share: (odds[place] ?? 0) / all }))
    .sort((one, other) => other.score - one.score)
}

/** What others see of it. */
export function sentenceOf({ candidate: { section, index }, score }: Ranked): RankedSentence {
  return { section, index, text: section.sentences[index] ?? '', score }
}

function product(values: Float64Array, factors: Float64Array): number {
  let sum = 0
  for (let place = 0; place < factors.length; place++) sum += (values[place] ?? 0) * (factors[place] ?? 0)
  return sum
}
