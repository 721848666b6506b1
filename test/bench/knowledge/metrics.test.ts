import { expect, test } from 'vitest'
import {
  accuracyAt,
  auroc,
  binsOf,
  bootstrap,
  coverageAt,
  ece,
  type Judged,
  mean,
  ndcg10,
  ranksOf,
  recallAt,
  reciprocalRank,
} from '../../../bench/knowledge/metrics.ts'

const judged = (...answers: [score: number, right: boolean, weight?: number][]): Judged[] =>
  answers.map(([score, right, weight = 1]) => ({ score, right, weight }))

test('a passage counts from the place at which it was found', () => {
  const ranks = ranksOf(['a', 'b', 'c', 'd'], new Set(['b', 'd', 'x']))
  expect(ranks).toEqual([2, 4])
  expect([recallAt(1, ranks), recallAt(2, ranks), recallAt(5, [])]).toEqual([0, 1, 0])
  expect([reciprocalRank(ranks), reciprocalRank([])]).toEqual([0.5, 0])
})

test('nDCG is one when all gold comes first, and less the later it comes', () => {
  expect(ndcg10([1, 2], 2)).toBe(1)
  expect(ndcg10([2], 1)).toBeCloseTo(0.6309)
  // (1/log2(3) + 1/log2(5)) / (1 + 1/log2(3) + 1/log2(4)): three were to be found, two were.
  expect(ndcg10([2, 4], 3)).toBeCloseTo((0.63093 + 0.43068) / (1 + 0.63093 + 0.5))
  expect(ndcg10([11], 1)).toBe(0)
  expect(ndcg10([], 1)).toBe(0)
})

test('AUROC is the share of pairs in which the right answer is surer, one half for a tie', () => {
  // Pairs (right, wrong): .9>.5, .9>.2, .5=.5, .5>.2 -> 3.5 of 4.
  expect(auroc(judged([0.9, true], [0.5, true], [0.5, false], [0.2, false]))).toBe(3.5 / 4)
  expect(auroc(judged([0.4, true], [0.4, false]))).toBe(0.5)
  expect(auroc(judged([0.1, true], [0.9, false]))).toBe(0)
})

test('AUROC counts a pair by both weights', () => {
  // Won: 1x1 (.9 over .5); lost: 1x3 (.9 under .95).
  expect(auroc(judged([0.9, true], [0.5, false, 1], [0.95, false, 3]))).toBe(1 / 4)
})

test('AUROC is not a number when nothing is right, or nothing wrong', () => {
  expect(auroc(judged([0.9, true]))).toBeNaN()
  expect(auroc(judged([0.9, false]))).toBeNaN()
})

test('accuracy at a coverage is of the surest ones, whatever their order', () => {
  const answers = judged([0.1, false], [0.9, true], [0.8, true], [0.7, false], [0.6, true])
  expect(accuracyAt(0.8, answers)).toBe(3 / 4)
  expect(accuracyAt(0.4, answers)).toBe(1)
})

test('accuracy at a coverage takes part of those that are equally sure', () => {
  // Two of the three at .5 fit, and one in three of these is right.
  const answers = judged([0.9, true], [0.9, true], [0.5, true], [0.5, false], [0.5, false])
  expect(accuracyAt(0.8, answers)).toBeCloseTo((2 + 2 / 3) / 4)
})

test('coverage at an accuracy is the largest share that reaches it, and never part of a level', () => {
  // Accuracy by coverage: 1, .5, .67, .75, .6
  const answers = judged([0.9, true], [0.8, false], [0.7, true], [0.6, true], [0.5, false])
  expect(coverageAt(0.75, answers)).toBe(0.8)
  expect(coverageAt(0.9, answers)).toBe(0.2)
  expect(coverageAt(0.9, judged([0.5, true], [0.5, false]))).toBe(0)
})

test('ECE is how far what was said is from what was right, bin by bin', () => {
  // Bin .9: said .95, right .5 (two of four); bin .1: said .15, right 0.
  const answers = judged([0.95, true], [0.95, false], [0.15, false], [0.15, false])
  expect(ece(answers)).toBeCloseTo(0.5 * 0.45 + 0.5 * 0.15)
  expect(ece(judged([1, true], [0, false]))).toBe(0)
})

test('a bin keeps how many answers it has and how much they count', () => {
  const bins = binsOf(judged([0.3, true, 3], [0.39, false, 1], [1, true, 4]))
  expect(bins.filter(({ count }) => count > 0)).toEqual([
    { from: 0.3, count: 2, share: 0.5, said: expect.closeTo((0.9 + 0.39) / 4), right: 0.75 },
    { from: 0.9, count: 1, share: 0.5, said: 1, right: 1 },
  ])
})

test('an interval holds what was measured, is the same for a seed, and is narrower with more', () => {
  const some = [Array.from({ length: 40 }, (_, index) => index % 2)]
  const more = [Array.from({ length: 4000 }, (_, index) => index % 2)]
  const narrow = bootstrap(more, mean)
  const wide = bootstrap(some, mean)
  expect(wide).toEqual(bootstrap(some, mean))
  expect(wide?.low).toBeLessThan(0.42)
  expect(wide?.high).toBeGreaterThan(0.58)
  expect(narrow?.low).toBeGreaterThan(0.48)
  expect(narrow?.high).toBeLessThan(0.52)
})

test('an interval draws from each stratum as many as it has', () => {
  const counted = bootstrap([['a'], ['b', 'b', 'b']], (drawn) => drawn.filter((kind) => kind === 'b').length)
  expect(counted).toEqual({ low: 3, high: 3 })
  expect(bootstrap([[1]], () => Number.NaN)).toBeNull()
})
