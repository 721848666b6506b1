import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseIrc, printIrc } from '../../../core/markup/irc.ts'
import { parseMarkdown, printMarkdown } from '../../../core/markup/markdown.ts'
import { hostileMarks } from '../../support/hostile-marks.ts'
import { expectWithin } from '../../support/huge-input.ts'
import { bare, blocks, plainLine, wild, withoutLanguages } from './canonical.ts'

const heard = (text: string) => printMarkdown(parseIrc(text))
const shown = (text: string) => printIrc(parseMarkdown(text))

describe('a line of IRC is read', () => {
  test.each([
    ['\x02bold\x02 and \x1ditalic\x1d, \x1estruck\x1e, \x11co*de\x11', '**bold** and _italic_, ~~struck~~, `co*de`'],
    ['\x02bold \x1dboth\x0f neither', '**bold _both_** neither'],
    ['\x02a \x1db\x02 c\x1d', '**a _b_** _c_'],
    ['\x02 a \x02b', ' **a** b'],
    ['never closed \x02here', 'never closed **here**'],
    ['\x0304,01red\x03 \x1funder\x1f \x16reverse\x16 \x04ff0000hex', 'red under reverse hex'],
    ['wo\x02r\x02d and sk-\x02abc\x02-def', 'word and sk-abc-def'],
    ['\x1dsnake_case _x\x1d y', 'snake_case _x y'],
    ['**typed** by hand', '**typed** by hand'],
    ['\x02\x02\x11\x11nothing', 'nothing'],
  ])('%j', (text, canonical) => {
    expect(heard(text)).toBe(canonical)
  })

  test('a line without formatting codes stays as it is', () => {
    fc.assert(
      fc.property(wild, (text) => {
        const plain = text.replace(/[\x02-\x04\x0f\x11\x16\x1d-\x1f\n]/g, '')
        expect(heard(plain)).toBe(plain)
      }),
      { numRuns: 5_000 },
    )
  })
})

describe('nodes are shown on IRC', () => {
  test('marks become codes, each of them closed', () => {
    expect(shown('**b** _i_ ~~s~~ `c` [l](https://a.b) https://a.b @cto')).toBe(
      '\x02b\x02 \x1di\x1d \x1es\x1e `c` l (https://a.b) https://a.b @cto',
    )
    expect(shown('> q **b**')).toBe('> q \x02b\x02')
  })

  test('a line means the same when it is heard again', () => {
    fc.assert(
      fc.property(plainLine, (line) => {
        expect(parseMarkdown(heard(printIrc([line])))).toEqual([line])
      }),
      { numRuns: 5_000 },
    )
  })

  test('S14: no control byte but our formatting codes comes out, in no more bytes, and no word is lost or moved (20,000 random texts)', () => {
    fc.assert(
      fc.property(fc.oneof(wild, blocks.map(printMarkdown)), (text) => {
        const line = shown(text)
        expect(line).not.toMatch(/(?![\x02\x11\x1d\x1e])[\x00-\x1f\x7f-\x9f]/)
        expect(Buffer.byteLength(line)).toBeLessThanOrEqual(Buffer.byteLength(text))
        expect(bare(line)).toBe(bare(printMarkdown(withoutLanguages(parseMarkdown(text)))))
      }),
      { numRuns: 20_000 },
    )
  })

  test('S14: control bytes inside of nodes do not come out either', () => {
    const line = printIrc([
      {
        kind: 'line',
        children: [
          { kind: 'bold', children: [{ kind: 'text', text: 'a\r\nQUIT\0\x01\x02' }] },
          { kind: 'link', href: 'https://a\r\n', label: '\x01' },
          { kind: 'mention', of: 'user', id: 'U1', name: 'x\ny' },
        ],
      },
      { kind: 'fence', language: '', text: 'b\n\x11c' },
    ])
    expect(line).toBe('\x02a  QUIT\x02 (https://a  )@x y \x11b c\x11')
  })
})

test.each(hostileMarks)('S35: %s are read and shown in linear time', (_, text) => {
  expectWithin(300, () => printIrc(parseIrc(text)))
  expectWithin(300, () => heard(text))
})
