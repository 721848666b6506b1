import { along, rawOf } from '../../../core/knowledge/confidence.ts'
import type { Fitted } from '../../../core/knowledge/fitted.ts'
import type { RankerWeights } from '../../../core/knowledge/rank/ranker.ts'
import { accuracyAt, auroc, coverageAt, ece, type Judged } from '../metrics.ts'
import { weightsOf } from '../mix.ts'
import { type Seen, seenIn } from './certainty.ts'
import type { FromSource } from './sources.ts'

/** What a ranker would answer to each. Each source counts by its weight; inside of it the kinds are mixed as they should be. */
export function sawIn(
  looked: readonly FromSource[],
  rankerFor: (one: FromSource) => RankerWeights,
): (Seen & { one: FromSource })[] {
  return [...Map.groupBy(looked, ({ source }) => source)].flatMap(([source, own]) => {
    const kinds = weightsOf(own)
    return own.map((one) => ({
      ...seenIn(one, rankerFor(one), source.weight * kinds[one.kind] * looked.length),
      one,
    }))
  })
}

/** How sure each would be. */
export function judgedBy(seen: readonly Seen[], confidence: Fitted['confidence']): Judged[] {
  return seen.map(({ signs, right, weight }) => {
    return { score: along(confidence.steps, rawOf(signs, confidence)), right, weight }
  })
}

/** What that is worth. */
export function worthOf(
  judged: readonly Judged[],
): Record<'auroc' | 'accuracy_at_80' | 'coverage_at_90' | 'ece', number> {
  return {
    auroc: auroc(judged),
    accuracy_at_80: accuracyAt(0.8, judged),
    coverage_at_90: coverageAt(0.9, judged),
    ece: ece(judged),
  }
}
