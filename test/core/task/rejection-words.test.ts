import { expect, test } from 'vitest'
import { readRejection } from '../../../core/task/rejection-words.ts'
import { rejectionCategories } from '../../../core/task/task.ts'
import { expectWithin, hugeInputs } from '../../support/huge-input.ts'

test('a category in front of a reason is told from it', () => {
  for (const category of rejectionCategories)
    expect(readRejection(`${category}: it loses the last line`)).toEqual({ category, reason: 'it loses the last line' })
})

test.each([
  ['Defect: it loses', { category: 'defect', reason: 'it loses' }],
  ['SPEC : which\nof the two?', { category: 'spec', reason: 'which\nof the two?' }],
  ['security:a key is in it', { category: 'security', reason: 'a key is in it' }],
])('%j has a category', (words, read) => {
  expect(readRejection(words)).toEqual(read)
})

test.each([
  'no test',
  'defect',
  'defect:',
  'defect: ',
  'the defect: it loses',
  'note: it loses',
  'defects: two',
  '',
  '"defect: x"',
])('%j is a reason and nothing else', (words) => {
  expect(readRejection(words)).toEqual({ reason: words })
})

test.each(hugeInputs)('S35: %s take less than 50 ms', (_, text) => {
  for (const start of ['', 'defect: ', 'defect']) expectWithin(50, () => readRejection(start + text))
})
