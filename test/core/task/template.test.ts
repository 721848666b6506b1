import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { fillTemplate, placeholders, unknownPlaceholders } from '../../../core/task/template.ts'
import { expectWithin, hugeInputs } from '../../support/huge-input.ts'

const values = { task_id: 't-13', title: 'Add it', role: 'cto', requester: 'alice', result: 'merged' }

describe('a template', () => {
  test.each([
    ['Review {task_id}', 'Review t-13'],
    ['{requester}: {title} by {role}: {result}', 'alice: Add it by cto: merged'],
    ['{{task_id}} is {task_id}', '{task_id} is t-13'],
    ['{task_id} did not fail: {reason}', 't-13 did not fail: (none)'],
    ['{{{task_id}}}', '{t-13}'],
    ['a { b } c }} {{', 'a { b } c } {'],
    ['no braces', 'no braces'],
    ['{task_id', '{task_id'],
    ['{\ntask_id}', '{\ntask_id}'],
  ])('%j becomes %j', (text, filled) => {
    expect(fillTemplate(text, values)).toBe(filled)
  })

  test.each([
    ['Review {task}', ['task']],
    ['{Task_ID} { title } {}', ['Task_ID', ' title ', '']],
    ['{x} and {x}', ['x']],
    ['{{x}} {task_id} {', []],
  ])('%j names as unknown %j', (text, unknown) => {
    expect(unknownPlaceholders(text)).toEqual(unknown)
  })
})

test('what follows a failure may say why it failed', () => {
  expect(fillTemplate('Look at {task_id}: {reason}', { ...values, reason: 'the\ntests' })).toBe(
    'Look at t-13: the tests',
  )
  expect(unknownPlaceholders('{reason}')).toEqual([])
})

describe('a value is data', () => {
  it('is never expanded again', () => {
    expect(fillTemplate('{result}', { ...values, result: '{title} {{role}}' })).toBe('{title} {{role}}')
  })

  it('is one line of at most 200 characters, and never nothing', () => {
    const filled = fillTemplate('{result}|{title}', { ...values, result: `a\n\u202eb ${'x'.repeat(500)}`, title: ' ' })
    expect(filled).toMatch(/^a b x+…\|\(none\)$/)
    expect(filled.length).toBe(200 + '|(none)'.length)
  })

  it('makes nothing longer than it may be, and cuts no character in two', () => {
    expect(fillTemplate('{title} '.repeat(100), values, 20)).toBe('Add it Add it Add i…')
    expect(fillTemplate('😀😀😀', values, 4)).toBe('😀…')
  })
})

it('fills in whatever it does not call unknown, and throws for nothing', () => {
  const piece = fc.oneof(fc.constantFrom('{', '}', '{{', ...placeholders.map((word) => `{${word}}`)), fc.string())
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      const text = pieces.join('')
      const filled = fillTemplate(text, { task_id: '', title: '', role: '', requester: '', result: '' })
      for (const word of unknownPlaceholders(text)) expect(filled).toContain(`{${word}}`)
    }),
  )
})

test.each(hugeInputs)('S35: %s take less than 50 ms', (_, text) => {
  expectWithin(50, () => fillTemplate(text, { ...values, result: text }))
  expectWithin(50, () => unknownPlaceholders(text.replaceAll(/\W/g, '{')))
})
