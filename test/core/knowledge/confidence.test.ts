import { describe, expect, it } from 'vitest'
import {
  along,
  bandOf,
  confidenceIn,
  type Missing,
  missingIn,
  nothingFound,
} from '../../../core/knowledge/confidence.ts'
import { questionOf } from '../../../core/knowledge/question.ts'
import { type Signs, signs } from '../../../core/knowledge/rank/signs.ts'
import { weigh } from '../../../core/knowledge/rank/weighing.ts'

const all = (value: number) => Object.fromEntries(signs.map((sign) => [sign, value])) as Signs
const fitted = {
  confidence: {
    intercept: -4,
    weights: { fit: 4, above: 4 },
    steps: [
      [0.1, 0.05],
      [0.5, 0.5],
      [0.9, 0.95],
    ] as [number, number][],
  },
  bands: { high: 0.8, medium: 0.6, low: 0.4 },
}
const nothingMissing: Missing = { unknown: [], elsewhere: [], around: [] }

describe('confidence', () => {
  it('is the share of answers with such signs that were right, between the corners on a straight line', () => {
    expect(along(fitted.confidence.steps, 0)).toBe(0.05)
    expect(along(fitted.confidence.steps, 0.3)).toBeCloseTo(0.275)
    expect(along(fitted.confidence.steps, 1)).toBe(0.95)
    expect(along([[0.4, 0.3]], 0.9)).toBe(0.3)
  })

  it('is surer the more speaks for it, and says which band that is', () => {
    const one = confidenceIn(all(1), nothingMissing, fitted)
    const other = confidenceIn(all(0.2), nothingMissing, fitted)
    expect(one).toMatchObject({ probability: 0.95, band: 'high' })
    expect(other.probability).toBeLessThan(0.2)
    expect(other.band).toBe('none')
    expect(bandOf(0.6, fitted.bands)).toBe('medium')
    expect(bandOf(0.4, fitted.bands)).toBe('low')
    expect(bandOf(0.399, fitted.bands)).toBe('none')
  })

  it('says which words stand nowhere, which elsewhere, and when it says so in the words of the question', () => {
    const why = (signs: Signs, missing: Partial<Missing>) =>
      confidenceIn(signs, { ...nothingMissing, ...missing }, fitted).why
    expect(why(all(1), {})).toBe('says so in nearly your words')
    expect(why(all(1), { unknown: ['zephyr'] })).toBe('fits well, though one of your words stands nowhere: "zephyr"')
    expect(why(all(0.2), { unknown: ['zephyr', 'quokka'] })).toBe('2 of your words stand nowhere: "zephyr", "quokka"')
    expect(why(all(0.2), { elsewhere: ['yale'] })).toBe('one of your words is not in this passage: "yale"')
    expect(why({ ...all(0.2), notOpposed: 0 }, {})).toBe('it says the opposite of one of your words')
    expect(why(all(0.2), {})).toBe('several passages fit about as well')
  })

  it('keeps the reason short, whatever the words of the question are', () => {
    const { why } = confidenceIn(all(0), { ...nothingMissing, unknown: Array(40).fill('x'.repeat(1000)) }, fitted)
    expect(why.length).toBeLessThan(200)
  })

  it('is nought when nothing was found', () => {
    expect(nothingFound(questionOf('Who is Zephyr?'))).toEqual({
      probability: 0,
      band: 'none',
      why: 'nothing here speaks of "zephyr"',
    })
    expect(nothingFound(questionOf('?!')).why).toBe('there is nothing in it to look for')
  })

  it('misses only what the question itself says', () => {
    const { terms, ...question } = questionOf('Does Zephyr deploy gateway pods')
    const [first, ...others] = terms
    const earlier = {
      ...question,
      terms: [...(first ? [first] : []), ...others, { ...first, plain: 'old', weight: 0.4 }],
    }
    const weighing = weigh(earlier as never, { sections: 9, frequency: (stem) => (stem === 'zephyr' ? 0 : 3) }, [])
    const hits = (...values: number[]) => Float64Array.from(values)
    expect(missingIn(weighing, hits(0, 1, 0, 1, 0), hits(0, 1, 0, 0, 0))).toEqual({
      unknown: ['zephyr'],
      elsewhere: ['gateway'],
      around: ['pods'],
    })
  })
})
