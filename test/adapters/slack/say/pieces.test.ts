import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cutIntoPieces } from '../../../../adapters/slack/say/pieces.ts'
import { expectWithin, hugeInputs } from '../../../support/huge-input.ts'

describe('cutting mrkdwn into pieces', () => {
  it('leaves a text that fits as it is', () => {
    expect(cutIntoPieces('one\n\ttwo  three', 100)).toEqual(['one\n\ttwo  three'])
  })

  it('cuts at line breaks before it cuts between words', () => {
    expect(cutIntoPieces('first line here\nsecond line here', 28)).toEqual(['first line here', 'second line here'])
    expect(cutIntoPieces('one two three four five six', 24)).toEqual(['one two three four', 'five six'])
  })

  it('cuts a word that is too long between its characters as people see them', () => {
    const family = '👩‍👩‍👧‍👦'
    const pieces = cutIntoPieces(family.repeat(6), 30)
    expect(pieces.join('')).toBe(family.repeat(6))
    for (const piece of pieces) expect(piece.length % family.length).toBe(0)
  })

  it('never cuts inside a mention, a link with its label or an escaped character', () => {
    const link = '<https://example.com/a|a label of words>'
    const pieces = cutIntoPieces(`before it ${link} <@U0123456789> &amp;&amp;&amp;&amp;&amp;&amp;&amp;&amp;`, 46)
    for (const piece of pieces) expect(piece.replace(/<[^<>]*>|&amp;/g, '')).not.toMatch(/[<>&|]/)
    expect(pieces.some((piece) => piece.includes(link))).toBe(true)
  })

  it('goes on with a code block in the next piece', () => {
    const code = ['```', 'let a = 1', 'let b = 2', 'let c = 3', '```', 'after it'].join('\n')
    expect(cutIntoPieces(code, 32)).toEqual(['```\nlet a = 1\nlet b = 2\n```', '```\nlet c = 3\n```\nafter it'])
  })

  it('keeps every word in order, within the budget, for any text', () => {
    const word = fc.constantFrom('a', 'word', '<@U0123456789>', '&lt;', '```', '\n', '漢字', '👩‍💻', 'x'.repeat(50))
    fc.assert(
      fc.property(fc.array(word, { maxLength: 80 }), fc.integer({ min: 40, max: 200 }), (words, budget) => {
        const text = words.join(' ')
        const pieces = cutIntoPieces(text, budget)
        const bare = (whole: string) => whole.replace(/```|\s/g, '')
        expect(bare(pieces.join(''))).toBe(bare(text))
        for (const piece of pieces) expect(piece.length).toBeLessThanOrEqual(budget)
      }),
    )
  })

  it.each(hugeInputs)('takes little time for %s', (_, text) => {
    expectWithin(400, () => cutIntoPieces(text, 3_900))
  })
})
