import { expect, test } from 'vitest'
import { conflictIn } from '../../../core/knowledge/conflict.ts'
import { stemsOf } from '../../../core/knowledge/words.ts'
import { ranked } from '../../support/finding.ts'

const question = 'How many days of vacation does an employee have?'
const found = (...texts: [string, string, Partial<Parameters<typeof ranked>[2]>?][]) =>
  conflictIn(
    stemsOf(question),
    texts.map(([document, text, facts = {}]) => ranked(document, text, facts)),
  )?.map(({ text }) => text) ?? null

const thirty = 'Every employee has 30 days of vacation a year.'
const twenty = 'An employee has 25 days of vacation.'

test('other numbers for the same thing in two documents', () => {
  expect(found(['a.md', thirty], ['b.md', twenty])).toEqual([thirty, twenty])
})

test('a "not" in one of two that say the same', () => {
  const may = 'An employee may carry days of vacation over.'
  const mayNot = 'An employee may not carry days of vacation over.'
  expect(found(['a.md', may], ['b.md', mayNot])).toEqual([may, mayNot])
})

test.each<[string, Parameters<typeof found>]>([
  [
    'the same document',
    [
      ['a.md', thirty],
      ['a.md', twenty],
    ],
  ],
  [
    'the same number',
    [
      ['a.md', thirty],
      ['b.md', 'The 30 days of vacation of an employee are paid.'],
    ],
  ],
  [
    'something else altogether',
    [
      ['a.md', thirty],
      ['b.md', 'The office has 4 floors and 12 rooms.'],
    ],
  ],
  [
    'what is superseded',
    [
      ['a.md', thirty],
      ['b.md', twenty, { status: 'superseded' }],
    ],
  ],
  ['one source', [['a.md', thirty]]],
])('is none: %s', (_, sentences) => {
  expect(found(...sentences)).toBeNull()
})

test('numbers of other things, and two ways of saying "not", are none', () => {
  const asked = stemsOf('how long is the lease of a task?')
  const lease = ranked('a.md', 'The lease of a task lasts 40 seconds and is kept by 3 signs of work.')
  const fleet = ranked('b.md', 'The lease of a task is one of 12 words that name the work of 40 people.')
  expect(conflictIn(asked, [lease, fleet])).toBeNull()
  const open = ranked('a.md', 'While the lease of a task is not acknowledged it stays open.')
  const shut = ranked('b.md', 'While the lease of a task is unacknowledged it stays open.')
  expect(conflictIn(asked, [open, shut])).toBeNull()
})

test('two numbers are none when one is of something else than what is asked for', () => {
  const asked = stemsOf('When does the office in Berlin open?')
  const berlin = ranked('berlin.md', 'The office in Berlin opens at 8.')
  const paris = ranked('paris.md', 'The office in Paris opens at 9.')
  const oslo = ranked('oslo.md', 'The office in Oslo opens at 10.')
  expect(conflictIn(asked, [berlin, paris, oslo])).toBeNull()
  const also = ranked('hours.md', 'The office in Berlin opens at 9.')
  expect(conflictIn(asked, [berlin, paris, also])).toEqual([berlin, also])
})
