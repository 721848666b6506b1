import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { isPressAction, newTaskAction, pressAction } from '../../../../adapters/slack/draw/ids.ts'
import { pressValue, readPressValue } from '../../../../adapters/slack/draw/press-value.ts'

const value = { command: 'ack t-13', asks: null, until: null }

describe('what a button carries', () => {
  it('is read as it was written, and is nothing when Slack would not take it', () => {
    const any = fc.record({
      command: fc.string({ unit: 'binary', minLength: 1, maxLength: 1_000 }),
      asks: fc.constantFrom('result' as const, 'reason' as const, 'role' as const, null),
      until: fc.constantFrom('2026-11-21T12:20:30.000Z', null),
    })
    fc.assert(
      fc.property(any, (value) => {
        fc.pre(value.command.isWellFormed() && value.command.length <= 1_000)
        if (JSON.stringify(value).length > 2_000) expect(pressValue(value)).toBeNull()
        else expect(readPressValue(pressValue(value))).toEqual(value)
      }),
    )
  })

  test.each<[string, unknown]>([
    ['nothing', undefined],
    ['no text', 7],
    ['no JSON', '{'],
    ['no object', '"ack t-13"'],
    ['no command', JSON.stringify({ ...value, command: '' })],
    ['a command that is no text', JSON.stringify({ ...value, command: ['ack'] })],
    ['another field', JSON.stringify({ ...value, tier: 'founder' })],
    ['a field less', JSON.stringify({ command: 'ack t-13' })],
    ['another question', JSON.stringify({ ...value, asks: 'password' })],
    ['another end', JSON.stringify({ ...value, until: 'never' })],
    ['too much', JSON.stringify({ ...value, command: 'x'.repeat(2_000) })],
  ])('S9: is null when it is forged: %s', (_, forged) => {
    expect(readPressValue(forged)).toBeNull()
  })

  it('is known by the name of its action', () => {
    expect(['br_press', pressAction('ack'), pressAction('waiting-0-ack')].every(isPressAction)).toBe(true)
    expect([newTaskAction, 'br_pressure', 'x', ''].some(isPressAction)).toBe(false)
  })
})
