import { describe, expect, it } from 'vitest'
import { fit, rarity } from '../../../core/knowledge/bm25.ts'

describe('BM25', () => {
  it('makes a stem say the more the rarer it is, and never nothing', () => {
    const rarities = [1, 10, 500, 999, 1000].map((frequency) => rarity(frequency, 1000))
    expect(rarities).toEqual(rarities.toSorted((one, other) => other - one))
    expect(rarities.at(-1)).toBeGreaterThan(0)
  })

  it('counts repetition less and less, and never beyond what the stem says', () => {
    const length = { of: 100, average: 100, slope: 0.75 }
    const fits = [0, 1, 2, 3].map((times) => fit(5, times, length))
    const steps = fits.slice(1).map((value, at) => value - (fits[at] ?? 0))
    expect(fits[0]).toBe(0)
    expect(steps).toEqual(steps.toSorted((one, other) => other - one))
    expect(fit(5, 1_000_000, length)).toBeLessThanOrEqual(5 * 2.2)
  })

  it('holds back what is long, as far as the slope says', () => {
    const fitOf = (of: number, slope: number) => fit(5, 2, { of, average: 100, slope })
    expect(fitOf(200, 0.75)).toBeLessThan(fitOf(50, 0.75))
    expect(fitOf(200, 0)).toBe(fitOf(50, 0))
  })

  it('does not divide by a length that nothing has', () => {
    expect(fit(5, 1, { of: 0, average: 0, slope: 0.75 })).toBeGreaterThan(0)
  })
})
