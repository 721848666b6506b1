import { rawOf } from '../../../core/knowledge/confidence.ts'
import type { Fitted } from '../../../core/knowledge/fitted.ts'
import { type RankerWeights, rankSentences } from '../../../core/knowledge/rank/ranker.ts'
import { createJudging, type Sign, type Signs, signs } from '../../../core/knowledge/rank/signs.ts'
import { isRight } from '../gold.ts'
import { type Judged, riskCoverage } from '../metrics.ts'
import type { Kind } from '../mix.ts'
import { fitIsotonic } from './isotonic.ts'
import { fitLogistic } from './logistic.ts'
import type { Looked } from './lookup.ts'
import { rounded } from './ranker.ts'

/** A finding by its signs, and whether its block was right. */
export interface Seen {
  signs: Signs
  kind: Kind
  right: boolean
  weight: number
}

const judged = createJudging()
/** Of nothing found, nothing speaks for it. */
const nothing = Object.fromEntries(signs.map((sign) => [sign, 0])) as Record<Sign, number>

/** What a ranker would answer, and what tells whether that is right. */
export function seenIn({ found, gold, kind }: Looked, ranker: RankerWeights, weight: number): Seen {
  const ranked = rankSentences(found.candidates, ranker)
  const block = ranked.slice(0, 3).map(({ candidate: { section, index } }) => {
    return { passage: section.document.id, sentence: section.sentences[index] ?? '' }
  })
  return {
    signs: judged({ ...found, ranked })?.signs ?? nothing,
    kind,
    right: kind === 'answerable' && isRight(gold, block),
    weight,
  }
}

/** Near misses are few and hard to tell, so they count this much more while the signs are weighed, but not while it is calibrated. */
const nearMissWeight = 2

/** Signs of which more can mean anything. Of all others more can only mean surer. */
const either: ReadonlySet<Sign> = new Set<Sign>(['terms'])

/** Fits how the signs add up, and then how often that is right. `without`: signs that are left out, to see what they are worth. */
export function fitConfidence(seen: readonly Seen[], without: ReadonlySet<Sign> = new Set()): Fitted['confidence'] {
  const logistic = fitLogistic(
    seen.map(({ signs: values, right, weight, kind }) => {
      const counts = kind === 'near miss' ? weight * nearMissWeight : weight
      return { values: signs.map((sign) => values[sign]), right, weight: counts }
    }),
    { ridge: 1e-2, steps: 250, directions: signs.map((sign) => (without.has(sign) ? null : either.has(sign) ? 0 : 1)) },
  )
  const line = {
    intercept: rounded(logistic.intercept),
    weights: Object.fromEntries(
      signs.flatMap((sign, at) => (logistic.weights[at] ? [[sign, rounded(logistic.weights[at])]] : [])),
    ),
  }
  const points = seen.map(({ signs: values, right, weight }) => ({ value: rawOf(values, line), right, weight }))
  const steps = fitIsotonic(points, 0.03).map(([x, y]): [number, number] => [rounded(x), rounded(y)])
  return { ...line, steps }
}

/** Of all answers at least as sure as the least of a band so many are right. */
const wanted = { high: 0.9, medium: 0.85, low: 0.8 }

/** The least probability of each band, off the risk-coverage curve: as many answers as can be while enough of them are right. */
export function fitBands(judged: readonly Judged[]): Fitted['bands'] {
  const curve = riskCoverage(judged)
  const least = (accuracy: number) => rounded(curve.findLast((point) => point.accuracy >= accuracy)?.score ?? 1)
  return { high: least(wanted.high), medium: least(wanted.medium), low: least(wanted.low) }
}
