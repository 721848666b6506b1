import { describe, expect, it } from 'vitest'
import { fitBands } from '../../../../bench/knowledge/fit/certainty.ts'
import { fitIsotonic } from '../../../../bench/knowledge/fit/isotonic.ts'
import { fitListwise } from '../../../../bench/knowledge/fit/listwise.ts'
import { fitLogistic } from '../../../../bench/knowledge/fit/logistic.ts'
import { styles } from '../../../../bench/knowledge/fit/styles.ts'

describe('fitting', () => {
  it('finds the weights that tell right candidates from the others, each in its allowed direction', () => {
    const lists = Array.from({ length: 60 }, (_, at) => ({
      rows: [0, 1, 2, 3].map((row) =>
        Float64Array.of(row === at % 4 ? 1 : 0.1 * row, (row * at) % 3, row === at % 4 ? 0 : 1),
      ),
      right: [0, 1, 2, 3].map((row) => row === at % 4),
      weight: 1,
    }))
    const free = fitListwise(lists, { ridge: 1e-3, steps: 100 })
    expect(free[0]).toBeGreaterThan(1)
    expect(free[2]).toBeLessThan(-1)
    const bound = fitListwise(lists, { ridge: 1e-3, steps: 100, directions: [null, 0, 1] })
    expect([bound[0], bound[2]]).toEqual([0, 0])
    expect(fitListwise(lists, { ridge: 1e-3, steps: 100 })).toEqual(free)
  })

  it('learns how likely something is right', () => {
    const cases = Array.from({ length: 400 }, (_, at) => {
      const value = (at % 20) / 20
      return { values: [value, 1 - value], right: (at * 7) % 20 < value * 20, weight: 1 }
    })
    const { intercept, weights } = fitLogistic(cases, { ridge: 1e-3, steps: 300, directions: [1, null] })
    const at = (value: number) => 1 / (1 + Math.exp(-intercept - (weights[0] ?? 0) * value))
    expect(at(0.05)).toBeLessThan(0.25)
    expect(at(0.5)).toBeCloseTo(0.5, 1)
    expect(at(0.95)).toBeGreaterThan(0.75)
    expect(weights[1]).toBe(0)
  })

  it('calibrates with steps that only rise, none of which rests on a handful', () => {
    const points = Array.from({ length: 200 }, (_, at) => ({
      value: at / 200,
      right: at % 3 === 0 || at > 120,
      weight: 1,
    }))
    const steps = fitIsotonic(points, 0.1)
    expect(steps.length).toBeGreaterThan(1)
    expect(steps.length).toBeLessThanOrEqual(11)
    expect(steps.map(([, share]) => share)).toEqual(steps.map(([, share]) => share).toSorted((a, b) => a - b))
    expect(steps.at(-1)?.[1]).toBe(1)
    expect(fitIsotonic([{ value: 0.3, right: true, weight: 1 }], 0.1)).toEqual([[0.3, 1]])
  })

  it('draws each band as far down as enough of what is at least as sure is right', () => {
    const judged = Array.from({ length: 100 }, (_, at) => ({
      score: 1 - at / 100,
      right: at < 40 || at % 2 === 0,
      weight: 1,
    }))
    const { high, medium, low } = fitBands(judged)
    const right = (least: number) => {
      const sure = judged.filter(({ score }) => score >= least)
      return sure.filter((one) => one.right).length / sure.length
    }
    expect(high).toBeGreaterThan(medium)
    expect(medium).toBeGreaterThan(low)
    expect(right(high)).toBeGreaterThanOrEqual(0.9)
    expect(right(medium)).toBeGreaterThanOrEqual(0.85)
  })

  it('writes a question in other styles, without new words', () => {
    const question = 'In what year did the Normans reach Sicily?'
    expect(styles['lower case'](question)).toBe('in what year did the normans reach sicily')
    expect(styles['without asking']('Who was the duke in the battle?')).toBe('duke in the battle')
    expect(styles['key words']('Who was the duke in the battle of Hastings?')).toBe('duke battle hastings')
    expect(styles['without asking']('Why?')).toBe('why')
  })
})
