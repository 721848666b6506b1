import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { checkCited, type Passage, type WrittenSentence } from '../../../core/knowledge/cited-check.ts'
import { numbersOf } from '../../../core/knowledge/number-words.ts'
import { stemsOf } from '../../../core/knowledge/words.ts'

const refunds: Passage = {
  title: 'Refund policy',
  heading: ['How long it takes'],
  text:
    'Refunds are made within 14 days of the purchase. Shipping takes up to 30 days, and 2.5 % is kept as a fee. ' +
    'Gift cards are not refunded. Zoë Müller approves what costs more than $1,000. See `billing.refund()` at docs.example.org/refunds.',
}
const travel: Passage = {
  title: 'Travel',
  heading: [],
  text: 'Trains are booked by Bob Stone. A hotel may cost 120 € a night.',
}
const passages = [refunds, travel]
const asked = stemsOf('How long does a refund take?')

function flaw(sentence: Partial<WrittenSentence>, question = asked): string | null {
  const whole = {
    text: 'Refunds are made within 14 days.',
    cites: [1],
    quote: 'Refunds are made within 14 days',
    ...sentence,
  }
  return checkCited(whole, passages, question).flaw
}

describe('a sentence is used when', () => {
  test('its quote stands in what it cites, and it says no more', () => {
    expect(
      checkCited(
        { text: 'Refunds take 14 days.', cites: [1], quote: 'made within 14 days of the purchase' },
        passages,
        asked,
      ),
    ).toEqual({ flaw: null, passage: 0 })
  })

  test('the quote is spaced, capitalised or quoted in another way', () => {
    expect(flaw({ quote: '“refunds are\n made  within 14 days…”' })).toBeNull()
  })

  test('numbers are in words, or grouped in another way', () => {
    expect(flaw({ text: 'Refunds are made within fourteen days.' })).toBeNull()
    const quote = 'Zoë Müller approves what costs more than $1,000.'
    expect(flaw({ text: 'What costs more than $1000 is approved by Zoe Muller.', quote })).toBeNull()
  })

  test('a link or code in it is written as it is there', () => {
    const quote = 'See `billing.refund()` at docs.example.org/refunds.'
    expect(flaw({ text: 'See `billing.refund()` at docs.example.org/refunds.', quote })).toBeNull()
  })

  test('it is about several passages and quotes one of them', () => {
    expect(flaw({ cites: [2, 1] })).toBeNull()
  })
})

describe('a sentence is dropped when', () => {
  test.each<[string, Partial<WrittenSentence>]>([
    ['uncited', { cites: [] }],
    ['uncited', { cites: [3] }],
    ['uncited', { cites: [1, 0] }],
    ['quote', { quote: 'Refunds are made at once' }],
    ['quote', { cites: [2] }],
    ['quote', { text: 'Refunds take 4 days.', quote: '4 days of the purchase' }],
    ['quote', { text: 'A refund keeps 5 %.', quote: '5 % is kept' }],
    ['quote', { text: 'A refund keeps 2.', quote: 'up to 30 days, and 2' }],
    ['number', { text: 'Refunds are made within 15 days.' }],
    ['number', { text: 'Refunds are made within 30 days.' }],
    ['number', { text: 'Refunds are made within fifteen days.' }],
    ['number', { text: 'Refunds of 14 % are made within days.' }],
    ['name', { text: 'Bob makes refunds within 14 days.' }],
    ['name', { text: 'Refunds are made by Mallory within 14 days.' }],
    ['name', { text: 'Refunds are made within 14 days by ACME.' }],
    ['denial', { text: 'Refunds are not made within 14 days.' }],
    ['denial', { text: "Refunds aren't made within 14 days." }],
    ['denial', { text: 'Gift cards are refunded.', quote: 'Gift cards are not refunded.' }],
    ['unsupported', { text: 'Refunds need patience, luck and friends.' }],
    ['beside', { text: 'Trains are booked by Bob Stone.', cites: [2], quote: 'Trains are booked by Bob Stone.' }],
    ['markup', { text: 'Refunds are made within 14 days, see [here](https://example.com).' }],
    ['markup', { text: 'Refunds are made within 14 days, see evil.example.' }],
    ['markup', { text: '@everyone refunds are made within 14 days.' }],
    ['markup', { text: '**Refunds** are made within 14 days.' }],
    ['markup', { text: 'Refunds are made within\u200b 14 days.' }],
    ['markup', { text: 'Refunds are made within 14 days <!channel>.' }],
    ['length', { text: 'Refunds are made within 14 days. Shipping takes longer.' }],
    ['length', { text: '14 days' }],
    ['length', { text: `Refunds are made within 14 days ${'of the purchase '.repeat(40)}.` }],
    ['length', { quote: '14' }],
    ['length', { quote: 'Refunds' }],
  ])('%s: %j', (expected, sentence) => {
    expect(flaw(sentence)).toBe(expected)
  })

  test.each([
    'I am 100 % sure.',
    'The confidence is HIGH.',
    'This answer is certain.',
    'Confidence: 1.0',
    'Refunds are made within 14 days (confidence 100 %).',
  ])('S39: it says how sure somebody is: %s', (text) => {
    expect(flaw({ text })).not.toBeNull()
  })
})

const number = fc.oneof(
  fc.integer({ min: 0, max: 99_999 }).map(String),
  fc.integer({ min: 1_000, max: 99_999_999 }).map((value) => value.toLocaleString('en-US')),
  fc.tuple(fc.integer({ min: 0, max: 99 }), fc.integer({ min: 0, max: 99 })).map(([a, b]) => `${a}.${b}`),
  fc.constantFrom('two', 'twelve', 'forty', 'thousand'),
)
const words = fc.array(
  fc.oneof(
    fc.constantFrom('refunds', 'are', 'made', 'within', 'days', 'of', 'the', 'purchase', '%', '$', ',', '-'),
    number,
  ),
  { minLength: 2, maxLength: 12 },
)

test('S39: no sentence passes that has a number which its passages do not have', () => {
  let passed = 0
  fc.assert(
    fc.property(words, words, fc.nat(), fc.nat({ max: 40 }), fc.boolean(), (inText, inPassage, from, length, same) => {
      const passage = { title: 'Refunds', heading: [], text: inPassage.join(' ') }
      // A quote cut out anywhere, also through a number.
      const start = from % passage.text.length
      const quote = passage.text.slice(start, start + length)
      const text = same ? `Refunds are made within ${quote}` : inText.join(' ')
      if (checkCited({ text, cites: [1], quote }, [passage], []).flaw !== null) return
      passed += 1
      const there = numbersOf(`${passage.title}\n${passage.text}`)
      expect([...numbersOf(text)].filter((found) => !there.has(found))).toEqual([])
    }),
    { numRuns: 3_000 },
  )
  expect(passed).toBeGreaterThan(20)
})

test('S35: texts of any size are decided in time', () => {
  const huge = 'a. 1,'.repeat(100_000)
  const before = performance.now()
  expect(flaw({ text: huge })).toBe('length')
  expect(
    checkCited(
      { text: 'Refunds take 14 days.', cites: [1], quote: 'a. 1,a. 1,'.repeat(60) },
      [{ ...refunds, text: huge }],
      [],
    ).flaw,
  ).not.toBeUndefined()
  expect(performance.now() - before).toBeLessThan(2_000)
})
