import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { harmless, stripFormatting } from '../../../../adapters/irc/wire/plain-text.ts'
import { guardLine, isChannelTarget, isNickTarget } from '../../../../adapters/irc/wire/write-guard.ts'

describe('the guard on every line out', () => {
  it('lets an ordinary line through unchanged', () => {
    expect(guardLine('@label=1 PRIVMSG #a :hello  there')).toBe('@label=1 PRIVMSG #a :hello  there')
  })

  it('S14: makes one line of what would have been two commands', () => {
    expect(guardLine('PRIVMSG #a :hi\r\nQUIT :x\0')).toBe('PRIVMSG #a :hi QUIT :x')
    expect(guardLine('\r\n')).toBeNull()
    expect(guardLine('@only-tags')).toBeNull()
  })

  it('leaves tags off that are too long, and keeps the message', () => {
    expect(guardLine(`@x=${'y'.repeat(5_000)} PRIVMSG #a :hi`)).toBe('PRIVMSG #a :hi')
  })

  it('S14: gives one line of valid UTF-8 within 512 bytes whatever comes (100,000 random lines)', () => {
    const unit = fc.oneof(
      fc.constantFrom('\r', '\n', '\0', '@', ' ', ':', ';', '漢', '👩', '\ud800', 'x'.repeat(90), '漢'.repeat(30)),
      fc.string({ maxLength: 4, unit: 'binary' }),
    )
    fc.assert(
      fc.property(fc.string({ unit, maxLength: 20 }), (raw) => {
        const line = guardLine(raw)
        if (line === null) return true
        const body = line.startsWith('@') ? line.slice(line.indexOf(' ') + 1) : line
        return (
          !/[\r\n\0]/.test(line) &&
          line.isWellFormed() &&
          Buffer.byteLength(body) <= 510 &&
          Buffer.byteLength(line) <= 4096 + 510
        )
      }),
      { numRuns: 100_000 },
    )
  })

  it('S14: takes no target that is more than one name', () => {
    for (const bad of [
      '',
      'a b',
      'a,b',
      '#room',
      '$$*',
      'a!b@c',
      ':a',
      'a\r\nQUIT',
      'x'.repeat(300),
      '@#a',
      'a*',
      '\ud800',
    ]) {
      expect(isNickTarget(bad), JSON.stringify(bad)).toBe(false)
    }
    for (const good of ['alice', '[a]{b}', 'сео', 'Alice_', '7seven', 'a-b'])
      expect(isNickTarget(good), good).toBe(true)
    expect(['#a', '#a b', '#a,b', 'a', '#a\r\nQUIT', '#'].map(isChannelTarget)).toEqual([
      true,
      false,
      false,
      false,
      false,
      false,
    ])
  })
})

describe('text on its way out and in', () => {
  it('S15: goes out without CTCP, colours or any other control byte', () => {
    expect(harmless('\x01DCC SEND x\x01 \x0304,01red\x03 \x02bold\x0f \x04ff0000hex \x9b31m\x1b[0m tab\there')).toBe(
      'DCC SEND x red bold hex 31m[0m tab here',
    )
  })

  it('comes in without formatting and otherwise as it was', () => {
    expect(stripFormatting('\x0304red\x03 \x02bold\x02 \x1fline\x1f <b>&amp; \u202e')).toBe(
      'red bold line <b>&amp; \u202e',
    )
  })
})
