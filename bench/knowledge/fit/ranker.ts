import { type Feature, features } from '../../../core/knowledge/rank/evidence.ts'
import type { RankerWeights } from '../../../core/knowledge/rank/ranker.ts'
import { fitListwise, type List } from './listwise.ts'
import type { Looked } from './lookup.ts'

/** The sentences found for a question, and which of them answer it. */
export function listOf({ found, gold }: Looked, weight: number): List {
  return {
    rows: found.candidates.map(({ values }) => values),
    right: found.candidates.map(({ section, index }) =>
      gold.answers({ passage: section.document.id, sentence: section.sentences[index] ?? '' }),
    ),
    weight,
  }
}

/** Fits the ranker. `without`: features that are left out, to see what they are worth. */
export function fitRanker(lists: readonly List[], without: ReadonlySet<Feature> = new Set()): RankerWeights {
  const weights = fitListwise(lists, {
    ridge: 1e-3,
    steps: 200,
    directions: features.map((feature) => (without.has(feature) ? null : 0)),
  })
  return Object.fromEntries(features.flatMap((feature, at) => (weights[at] ? [[feature, rounded(weights[at])]] : [])))
}

/** Four digits are enough, and the file stays readable. */
export function rounded(value: number): number {
  return Number(value.toPrecision(4))
}
