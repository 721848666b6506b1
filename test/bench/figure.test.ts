import { expect, test } from 'vitest'
import {
  atLeast,
  atLeastTimes,
  atMost,
  atMostTimes,
  type Figure,
  isMet,
  none,
  ratioOf,
  renderTable,
} from '../../bench/figure.ts'
import { median, quantile } from '../../bench/quantile.ts'

const figure = (more: Partial<Figure>): Figure => ({ name: 'one way p50', value: 1.5, unit: 'ms', ...more })

test.each<[string, Partial<Figure>, boolean | null]>([
  ['no target', {}, null],
  ['a value under its limit', { target: atMost(2) }, true],
  ['a value over its limit', { target: atMost(1) }, false],
  ['a value that should be higher', { target: atLeast(2) }, false],
  ['a ratio just met', { floor: 1.25, target: atMostTimes(1.2) }, true],
  ['a ratio over its limit', { floor: 1, target: atMostTimes(1.2) }, false],
  ['a ratio that should be higher', { floor: 2, target: atLeastTimes(0.8) }, false],
  ['a ratio that is high enough', { floor: 1.8, target: atLeastTimes(0.8) }, true],
  ['a ratio without floor', { target: atMostTimes(1.2) }, false],
  ['a sample that was never taken', { value: Number.NaN, target: atMost(2) }, false],
  ['nothing lost', { value: 0, target: none }, true],
])('%s', (_, more, met) => {
  expect(isMet(figure(more))).toBe(met)
})

test('a ratio needs a floor that is not nothing', () => {
  expect(ratioOf(figure({ floor: 0.5 }))).toBe(3)
  expect(ratioOf(figure({ floor: 0 }))).toBeNull()
  expect(ratioOf(figure({}))).toBeNull()
})

test('a table says of each figure what it is beside, what it should be, and whether it is', () => {
  const table = renderTable('Bridge', [
    figure({ floor: 1, target: atMostTimes(1.2) }),
    figure({ name: 'burst', value: 3000, unit: 'msg/s', target: atLeast(2500) }),
    figure({ name: 'memory', unit: 'MB' }),
  ])
  const rows = table.split('\n').map((row) => row.trim().split(/ {2,}/))
  expect(rows[0]).toEqual(['Bridge'])
  expect(rows[2]).toEqual(['one way p50', '1.50 ms', '1 ms', '1.50 x', '<= 1.20 x', 'NOT MET'])
  expect(rows[3]).toEqual(['burst', '3000 msg/s', '>= 2500 msg/s', 'met'])
  expect(rows[4]).toEqual(['memory', '1.50 MB'])
})

test('quantiles are taken from the sorted samples, whatever their order', () => {
  const samples = [5, 1, 4, 2, 3]
  expect(median(samples)).toBe(3)
  expect(quantile(samples, 0.99)).toBe(5)
  expect(quantile(samples, 0)).toBe(1)
  expect(median([])).toBeNaN()
  expect(samples).toEqual([5, 1, 4, 2, 3])
})
