import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { hashOf, matchesIn, packTerms, termsIn } from '../../../../adapters/sqlite/knowledge/section-terms.ts'
import { wordsOf } from '../../../../core/knowledge/words.ts'
import { expectWithin, hugeInputs } from '../../../support/huge-input.ts'

describe('terms of a section', () => {
  it('are the words that core finds in a question, stemmed alike, in whatever letters', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        'The',
        'deployments',
        'Zoë',
        'e\u0301',
        'ΟΔΟΣ',
        'İ',
        'ﬁ',
        '’s',
        '—',
        '１２',
        '𝐀b',
        '家',
        '\0',
        '_',
        ' ',
        'naïve',
      ),
      fc.string({ unit: 'binary', maxLength: 4 }),
      fc.string({ maxLength: 10 }),
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 20 }), (pieces) => {
        const text = pieces.join('')
        const seen = termsIn(text).map(({ word, stem, stop, hash }) => [word, stem, stop, hash])
        expect(seen).toEqual(wordsOf(text).map(({ plain, stem, stop }) => [plain, stem, stop, hashOf(stem)]))
      }),
      { numRuns: 3_000 },
    )
  })

  it('leave out words that nobody asks for', () => {
    expect(termsIn(`${'x'.repeat(101)} a${'é'.repeat(200)} cat`).map(({ word }) => word)).toEqual(['cat'])
  })

  it('are counted by where they stand once they are packed', () => {
    const packed = packTerms({
      title: termsIn('Cats'),
      heading: termsIn('Cats and dogs'),
      windows: [termsIn('the cat sat on a cat'), [], termsIn('dogs bark')],
    })
    const places = new Map(['cat', 'dog', 'bird'].map((stem, place) => [hashOf(stem), place]))
    // As a database gives them: anywhere in memory.
    for (const shift of [0, 1]) {
      const bytes = new Uint8Array(packed.length + shift).subarray(shift)
      bytes.set(packed)
      const { title, heading, windows, lengths } = matchesIn(bytes, places)
      expect([title, heading, ...windows].map((counts) => [...counts])).toEqual([
        [1, 0, 0],
        [1, 1, 0],
        [2, 0, 0],
        [0, 0, 0],
        [0, 1, 0],
      ])
      expect(lengths).toEqual([6, 0, 2])
    }
  })

  it.each(hugeInputs)('take no long time for %s', (_, text) => {
    expectWithin(500, () => termsIn(text))
  })
})
