import { describe, expect, test } from 'vitest'
import { readThreadCode, threadPrefix } from '../../core/thread-code.ts'
import { expectWithin, hugeInputs } from '../support/huge-input.ts'

describe('a line that answers into a thread', () => {
  test.each([
    ['[k3f9] on it', 'on it'],
    ['[K3F9]: on it', 'on it'],
    ['@k3f9 on it', 'on it'],
    ['@k3f9, on\nit', 'on\nit'],
    [`${threadPrefix('k3f9')}as the house writes it`, 'as the house writes it'],
  ])('%j names it', (text, rest) => {
    expect(readThreadCode(text)).toEqual({ code: 'k3f9', rest })
  })

  test.each(['[k3f9]', 'see [k3f9] there', '[k3f] x', '@k3f9', '@k3f9x y', '[12345] x', 'k3f9 x'])(
    '%j names none',
    (text) => {
      expect(readThreadCode(text)).toBeNull()
    },
  )

  test.each([...hugeInputs, ['100,000 brackets', '['.repeat(100_000)]])('S35: %s takes no time', (_, text) => {
    expectWithin(50, () => readThreadCode(`[k3f9] ${text}`))
    expectWithin(50, () => readThreadCode(text))
  })
})
