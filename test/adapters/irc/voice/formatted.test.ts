import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatted } from '../../../../adapters/irc/voice/formatted.ts'
import { byteLength } from '../../../../adapters/irc/wire/split.ts'
import { hostileMarks } from '../../../support/hostile-marks.ts'
import { expectWithin } from '../../../support/huge-input.ts'

describe('a text as lines of IRC', () => {
  it('shows styles, code and links as IRC does', () => {
    expect(formatted('**Done**: `npm test`, see [the log](https://a.b/c) @alice', 400)).toEqual([
      '\x02Done\x02: `npm test`, see the log (https://a.b/c) @alice',
    ])
  })

  it('shows what is no markup as it is', () => {
    for (const text of ['2 * 3 * 4', '**kwargs', 'snake_case', '<@U1> &amp; @here', '/quit', '  two  spaces']) {
      expect(formatted(text, 400)).toEqual([text])
    }
  })

  it('formats nothing inside of a fence, also where it is cut', () => {
    expect(formatted('see\n```ts\nf(**a, **b) and\n\n  _x_\n```\n_end_', 14)).toEqual([
      'see',
      '\x11f(**a, **b)\x11',
      '\x11and\x11',
      '\x11  _x_\x11',
      '\x1dend\x1d',
    ])
  })

  it('shows the marks of a style that a cut goes through', () => {
    expect(formatted('**one two** _three_', 9)).toEqual(['**one', 'two**', '\x1dthree\x1d'])
  })

  it('S14, S15: takes out every control byte that was said, then adds its own', () => {
    expect(formatted('\x01DCC SEND\x01 **a\x02b**\0\r\n\x0304QUIT', 400)).toEqual(['DCC SEND \x02ab\x02', 'QUIT'])
  })

  it('S14: stays within the budget and has no control byte but closed formatting codes (50,000 random texts)', () => {
    const unit = fc.oneof(
      fc.constantFrom(
        '**',
        '_',
        '~~',
        '`',
        '```',
        '\n',
        ' ',
        'word',
        '漢',
        '👩‍💻',
        '[l](https://a.b)',
        '> ',
        '\x02',
        '\x01',
        '\r',
      ),
      fc.string({ unit: 'binary', maxLength: 2 }),
    )
    fc.assert(
      fc.property(fc.string({ unit, maxLength: 24 }), fc.integer({ min: 12, max: 60 }), (text, budget) => {
        for (const line of formatted(text, budget)) {
          expect(byteLength(line)).toBeLessThanOrEqual(budget)
          expect(line).not.toMatch(/(?![\x02\x11\x1d\x1e])[\x00-\x1f\x7f-\x9f]/)
          for (const code of ['\x02', '\x11', '\x1d', '\x1e']) expect((line.split(code).length - 1) % 2).toBe(0)
        }
      }),
      { numRuns: 50_000 },
    )
  })

  it.each(hostileMarks)('S35: %s are formatted in linear time', (_, text) => {
    expectWithin(400, () => formatted(text, 400))
  })
})
