import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { byteLength, splitText } from '../../../../adapters/irc/wire/split.ts'

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' })
const unkind = fc.string({
  unit: fc.oneof(
    fc.constantFrom(' ', '\n', '\r', 'é', '👩‍👩‍👧‍👦', 'e\u0301', '\u0301', '\u200d', '🇩🇪', '漢', 'word'),
    fc.string({ minLength: 1, maxLength: 1, unit: 'binary' }),
  ),
  maxLength: 60,
})

describe('splitting text into lines', () => {
  it('leaves a text that fits as it is', () => {
    expect(splitText('two  spaces stay', 400)).toEqual(['two  spaces stay'])
  })

  it('cuts between words and loses only the space at the cut', () => {
    expect(splitText('one two three four', 9)).toEqual(['one two', 'three', 'four'])
  })

  it('makes a line of each line and leaves blank ones out', () => {
    expect(splitText('a\r\n\r\nb\n  \nc\rd\u2028e', 400)).toEqual(['a', 'b', 'c', 'd', 'e'])
  })

  it('cuts a word that is too long between its grapheme clusters', () => {
    expect(splitText('👩‍👩‍👧‍👦'.repeat(3), 30)).toEqual(['👩‍👩‍👧‍👦', '👩‍👩‍👧‍👦', '👩‍👩‍👧‍👦'])
    expect(splitText('e\u0301'.repeat(8), 8)).toEqual([
      'e\u0301e\u0301',
      'e\u0301e\u0301',
      'e\u0301e\u0301',
      'e\u0301e\u0301',
    ])
  })

  it('never parts a space from the mark it carries', () => {
    expect(splitText('abcdefg \u0301hij', 8)).toEqual(['abcdefg', ' \u0301hij'])
  })

  it('S14: keeps every part within the budget, whole in UTF-8 and without line breaks, and loses nothing but white space (100,000 random texts)', () => {
    fc.assert(
      fc.property(unkind, fc.integer({ min: 8, max: 80 }), (raw, budget) => {
        const text = raw.toWellFormed()
        const parts = splitText(text, budget)
        for (const part of parts) {
          if (byteLength(part) > budget || !part.isWellFormed() || /[\r\n]/.test(part) || part.trim() === '')
            return false
        }
        return parts.join('').replace(/\s/g, '') === text.replace(/\s/g, '')
      }),
      { numRuns: 100_000 },
    )
  })

  it('cuts inside no cluster that would fit in a line', () => {
    fc.assert(
      fc.property(unkind, fc.integer({ min: 40, max: 80 }), (raw, budget) => {
        const text = raw.toWellFormed().replace(/[\r\n\u2028\u2029]/g, '')
        const whole = [...graphemes.segment(text)].map(({ segment }) => segment)
        if (whole.some((cluster) => byteLength(cluster) > budget)) return true
        const shown = splitText(text, budget).flatMap((part) =>
          [...graphemes.segment(part)].map(({ segment }) => segment),
        )
        const kept = (clusters: string[]) =>
          clusters.filter((cluster) => cluster.trim() !== '').map((cluster) => cluster.trim())
        return JSON.stringify(kept(shown)) === JSON.stringify(kept(whole))
      }),
      { numRuns: 5_000 },
    )
  })

  it('takes linear time: 100,000 combining marks and 40,000 characters', () => {
    const marks = `a${'\u0301'.repeat(100_000)}`
    const words = 'wörd '.repeat(8_000)
    splitText(marks.slice(0, 1000), 400)
    const began = performance.now()
    const parts = splitText(marks, 400)
    splitText(words, 400)
    expect(performance.now() - began).toBeLessThan(150)
    expect(parts.join('')).toBe(marks)
  })
})
