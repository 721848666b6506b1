import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { flags, forMatching, forTerminal, oneLine, withoutPing } from '../../core/clean-text.ts'
import { expectWithin, hugeInputs } from '../support/huge-input.ts'

const tag = (text: string) => String.fromCodePoint(...[...text].map((letter) => 0xe0000 + letter.charCodeAt(0)))

describe('S3: what hides in text is taken out before matching, and named', () => {
  test.each([
    ['a sentence in the tag block', `hello${tag('deploy prod')}`, 'hello', ['tags']],
    ['zero-width characters', 'de\u200bpl\u200doy\ufeff', 'deploy', ['zero-width']],
    ['bidi overrides', 'a\u202eb\u2066c\u200f', 'abc', ['bidi']],
    ['bytes written with variation selectors', 'a\ufe01\u{e0101}b', 'ab', ['variation-selectors']],
    ['selectors piled onto an emoji', '❤\ufe0f\ufe01\u{e0110}', '❤', ['variation-selectors']],
    ['control bytes and terminal escapes', 'a\x1b[31mb\x00c\x9bd\x7f', 'a[31mbcd', ['control']],
    ['fillers and soft hyphens', 'a\u3164b\u00adc', 'abc', ['invisible']],
    ['a Cyrillic letter inside a Latin word', 'd\u0435ploy', 'd\u0435ploy', ['mixed-script']],
    ['thirty-one marks on a letter', `q${'\u0317'.repeat(31)}`, `q${'\u0317'.repeat(30)}`, ['stacked-marks']],
  ])('%s', (_, text, seen, tricks) => {
    expect(forMatching(text)).toBe(seen)
    expect(flags(text)).toEqual(tricks)
  })

  test('what is composed differently matches the same', () => {
    expect(forMatching('cafe\u0301')).toBe('café')
  })

  test('line breaks of all kinds become one kind', () => {
    expect(forMatching('a\r\nb\rc\u2028d\n\te')).toBe('a\nb\nc\nd\n\te')
  })

  test.each(['👩‍💻 👨‍👩‍👧‍👦 👩🏽‍❤️‍💋‍👨🏻', '❤️ ☎️ 1️⃣ #️⃣', '👍🏽 🇩🇪 🏳️‍🌈', 'Привет, ça va? 你好 שלום'])(
    '%s stays whole and is no trick',
    (text) => {
      expect(forMatching(text)).toBe(text)
      expect(flags(text)).toEqual([])
      expect(forTerminal(text)).toBe(text)
    },
  )
})

describe('S28: nothing can drive a terminal', () => {
  test('escapes are shown, line breaks and tabs stay', () => {
    expect(forTerminal('\x1b]0;owned\x07\r\x9b2J\u202egnp\n\tok')).toBe(
      '\\x1b]0;owned\\x07\\r\\x9b2J\\u{202e}gnp\n\tok',
    )
  })

  test('whatever comes in, no control byte, bidi control or lone surrogate goes out', () => {
    const wild = fc.string({
      unit: fc.oneof(
        fc.constantFrom('\x1b', '\x9b', '\r', '\u202e', '\ud800', '👍'),
        fc.string({ unit: 'binary', maxLength: 1 }),
      ),
    })
    fc.assert(
      fc.property(wild, (text) => {
        expect(forTerminal(text)).not.toMatch(/(?![\n\t])\p{Cc}|[\u202a-\u202e\u2066-\u2069]|\p{Surrogate}/u)
      }),
      { numRuns: 10_000 },
    )
  })
})

describe('U28: a status is one plain line', () => {
  test('white space and line breaks collapse', () => {
    expect(oneLine('  a \n\n b\x07\tc\r\n', 100)).toBe('a b c')
  })

  test('it is cut between characters as people see them', () => {
    expect(oneLine('abc 👩‍💻👩‍💻 def', 12)).toBe('abc 👩‍💻…')
    expect(oneLine('abcdef', 6)).toBe('abcdef')
    expect(oneLine('abcdefg', 6)).toBe('abcde…')
  })

  test('any text and limit give a line within the limit', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), fc.integer({ min: 1, max: 50 }), (text, limit) => {
        const line = oneLine(text, limit)
        expect(line.length).toBeLessThanOrEqual(limit)
        expect(line).not.toMatch(/\p{Cc}/u)
        expect(line.isWellFormed()).toBe(true)
      }),
      { numRuns: 10_000 },
    )
  })
})

test('a relayed nick no longer contains the nick, and still reads as it', () => {
  expect(withoutPing('alice')).not.toContain('alice')
  expect(forMatching(withoutPing('alice'))).toBe('alice')
  expect(withoutPing('👩‍💻x')).toBe('👩‍💻\u200bx')
  expect(withoutPing('a')).toBe('a')
  expect(withoutPing('')).toBe('')
})

test('cleaning twice changes nothing, for 1e5 random strings', () => {
  const nasty = fc.constantFrom(
    '\u200d',
    '\ufe0f',
    '\u{e0041}',
    '❤',
    '👩',
    '🏽',
    'e',
    '\u0301',
    '\u0316',
    '\r',
    '\n',
    '\x1b',
    '1',
    '\u20e3',
    '\ud800',
  )
  const text = fc.string({ unit: fc.oneof(nasty, fc.string({ unit: 'binary', maxLength: 1 })), maxLength: 40 })
  fc.assert(
    fc.property(text, (text) => {
      const once = forMatching(text)
      expect(forMatching(once)).toBe(once)
      expect(flags(once).filter((trick) => trick !== 'mixed-script')).toEqual([])
    }),
    { numRuns: 100_000 },
  )
})

test.each(hugeInputs)('S35: %s take less than 50 ms', (_, text) => {
  expectWithin(50, () => forMatching(text))
  expectWithin(50, () => flags(text))
  expectWithin(50, () => forTerminal(text))
  expectWithin(50, () => oneLine(text, 300))
  expectWithin(50, () => withoutPing(text))
})
