import { quantile } from '../quantile.ts'
import {
  accuracyAt,
  auroc,
  bootstrap,
  coverageAt,
  ece,
  type Interval,
  type Judged,
  mean,
  ndcg10,
  recallAt,
} from './metrics.ts'
import { type Kind, weightsOf } from './mix.ts'
import type { Lookup, Outcome, Run } from './run.ts'

/** What is told of each set, in the order of the issue. */
export const figureNames = [
  'r1',
  'r5',
  'ndcg10',
  'typo_r1',
  'sentence1',
  'block3',
  'auroc',
  'accuracy_at_80',
  'coverage_at_90',
  'ece',
  'p50_ms',
  'p99_ms',
] as const
export type FigureName = (typeof figureNames)[number]

/** A figure with its 95 % interval; null when it cannot be worked out of this set. `of`: what it was measured on, when several might. */
export interface Measured {
  value: number
  interval: Interval | null
  of?: string
}
export type Figures = Record<FigureName, Measured | null>

/** From a raw signal to a probability. */
export type Calibration = (value: number) => number

/** What a signal of a run is worth. */
export type Worth = Record<'auroc' | 'accuracy_at_80' | 'coverage_at_90' | 'ece', Measured | null>

/** All figures of a run: of its one signal, which is a probability. */
export function figuresOf(run: Run, signal: string): Figures {
  return { ...lookupFigures(run), ...worthOf(run.outcomes, { [signal]: (value) => value }), ...timesOf(run) }
}

/** Everything but how sure it was. */
export function lookupFigures({ lookups }: Pick<Run, 'lookups'>) {
  const of = (value: (lookup: Lookup) => number | boolean | null): Measured | null => {
    const values = lookups.map(value).flatMap((one) => (one === null ? [] : [Number(one)]))
    return values.length === 0 ? null : { value: mean(values), interval: bootstrap([values], mean) }
  }
  return {
    r1: of(({ ranks }) => recallAt(1, ranks)),
    r5: of(({ ranks }) => recallAt(5, ranks)),
    ndcg10: of(({ ranks, gold }) => ndcg10(ranks, gold)),
    typo_r1: of(({ typoRanks }) => recallAt(1, typoRanks)),
    sentence1: of(({ first }) => first),
    block3: of(({ block }) => block),
  }
}

/** The figures of sureness: all but ECE are the same for whatever rises with the signal. */
const worths = {
  auroc,
  accuracy_at_80: (answers: readonly Judged[]) => accuracyAt(0.8, answers),
  coverage_at_90: (answers: readonly Judged[]) => coverageAt(0.9, answers),
  ece,
}

/**
 * How well signals tell right from wrong over the mix: for each figure, the best of them. Only calibrated signals have an ECE. Null
 * without outcomes, and where all are right or all wrong.
 */
export function worthOf(outcomes: readonly Outcome[], signals: Readonly<Record<string, Calibration | null>>): Worth {
  const best = (name: keyof Worth): Measured | null => {
    if (outcomes.length === 0) return null
    const tried = Object.entries(signals).flatMap(([signal, calibration]) => {
      if (name === 'ece' && calibration === null) return []
      const raw = judgedBy(outcomes, signal)
      const judged = name === 'ece' && calibration ? raw.map((one) => ({ ...one, score: calibration(one.score) })) : raw
      const value = worths[name](judged)
      return Number.isNaN(value) ? [] : [{ value, of: signal, judged, interval: null }]
    })
    const chosen = tried.reduce<(typeof tried)[number] | null>((one, other) => better(name, one, other), null)
    if (chosen === null) return null
    const interval = bootstrap(strataOf(outcomes, chosen.judged), (drawn) => worths[name](drawn.flat()))
    return { value: chosen.value, of: chosen.of, interval }
  }
  return {
    auroc: best('auroc'),
    accuracy_at_80: best('accuracy_at_80'),
    coverage_at_90: best('coverage_at_90'),
    ece: best('ece'),
  }
}

/** Against what a right answer is told apart, and how well. */
export function aurocBy(outcomes: readonly Outcome[], signal: string): Record<Wrong, number | null> {
  const judged = judgedBy(outcomes, signal)
  const against = (kind: Kind) => {
    const value = auroc(judged.filter(({ right }, index) => right || outcomes[index]?.kind === kind))
    return Number.isNaN(value) ? null : value
  }
  return {
    'knocked out': against('knocked out'),
    'near miss': against('near miss'),
    'wrong sentence': against('answerable'),
  }
}
type Wrong = 'knocked out' | 'near miss' | 'wrong sentence'

/** The outcomes as answers that count as much as the mix wants. */
export function judgedBy(outcomes: readonly Outcome[], signal: string): Judged[] {
  const weights = weightsOf(outcomes)
  return outcomes.map(({ kind, right, signals }) => ({ score: signals[signal] ?? 0, right, weight: weights[kind] }))
}

export function timesOf({ times }: Pick<Run, 'times'>) {
  const at = (share: number): Measured | null =>
    times.length === 0 ? null : { value: quantile(times, share), interval: null }
  return { p50_ms: at(0.5), p99_ms: at(0.99) }
}

/** What belongs to one question stays together; answerable questions and near misses are drawn apart. */
function strataOf(outcomes: readonly Outcome[], judged: readonly Judged[]): Judged[][][] {
  const strata = { answerable: new Map<string, Judged[]>(), other: new Map<string, Judged[]>() }
  for (const [index, { question, kind }] of outcomes.entries()) {
    const answer = judged[index]
    if (answer === undefined) continue
    const stratum = strata[isAnswerable(kind) ? 'answerable' : 'other']
    stratum.set(question, [...(stratum.get(question) ?? []), answer])
  }
  return Object.values(strata).map((stratum) => [...stratum.values()])
}

function isAnswerable(kind: Kind): boolean {
  return kind !== 'near miss'
}

/** The better of two: the higher; of ECE and times, the lower. */
export function better<T extends { value: number }>(name: FigureName, one: T | null, other: T | null): T | null {
  if (one === null || other === null) return one ?? other
  const lower = name === 'ece' || name === 'p50_ms' || name === 'p99_ms'
  return one.value < other.value === lower ? one : other
}
