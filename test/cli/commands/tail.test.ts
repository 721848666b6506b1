import { expect, test } from 'vitest'
import { readable } from '../../../cli/commands/tail.ts'
import { envelopeOf } from '../../support/envelope.ts'

const line = (text: string, more: Record<string, unknown> = {}) =>
  readable(envelopeOf('a', { trace: 'xxxxab12', data: { text, kind: 'say', speaker: 'ada', tier: 'member', ...more } }))

test('a line shows when, where, who, what, and the code of its trace', () => {
  expect(line('hello')).toBe('10:00:00 #breakroom <ada> hello · ab12')
  expect(line('waves', { kind: 'action' })).toBe('10:00:00 #breakroom * ada waves · ab12')
})

test('a text that ends in its code does not show it twice', () => {
  expect(line('ada: kept · ab12')).toBe('10:00:00 #breakroom <ada> ada: kept · ab12')
  expect(line('ada: kept · zz99')).toBe('10:00:00 #breakroom <ada> ada: kept · zz99 · ab12')
})

test('S28: a text of several lines is one entry', () => {
  expect(line('one\n10:00:00 #breakroom <founder> two')).toBe(
    '10:00:00 #breakroom <ada> one ⏎ 10:00:00 #breakroom <founder> two · ab12',
  )
})

test('what is no line shows its actor and type', () => {
  expect(readable(envelopeOf('a', { type: 'presence.joined', trace: 'xxxxab12', data: {} }))).toBe(
    '10:00:00 #breakroom · human-ada presence.joined · ab12',
  )
})
