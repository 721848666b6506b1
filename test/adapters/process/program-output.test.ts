import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createProgramOutput } from '../../../adapters/process/program-output.ts'
import { redact } from '../../../core/redact.ts'

const awsKey = `AKIA${'Q3EGXAMP7LK2WXYZ'}`
const filler = (chars: number) => 'all is well here\n'.repeat(Math.ceil(chars / 17)).slice(-chars)

/** What is shown of a program that printed this. */
function tailOf(...printed: (string | Buffer)[]): string {
  const output = createProgramOutput()
  for (const chunk of printed) output.add(Buffer.from(chunk as string))
  return output.tail(redact)
}

test('a short output is shown whole, without the white space at its end', () => {
  expect(tailOf('one\n', '  two\n\n')).toBe('one\n  two')
  expect(tailOf()).toBe('')
})

test('of a long output the last whole lines are shown, at most 4,000 characters', () => {
  const tail = tailOf(filler(500_000), 'the last line')
  expect(tail.length).toBeLessThanOrEqual(4_000)
  expect(tail.length).toBeGreaterThan(3_900)
  expect(tail.startsWith('all is well here\n')).toBe(true)
  expect(tail.endsWith('\nthe last line')).toBe(true)
})

test('of one endless line the end is shown, and no half of a character', () => {
  const tail = tailOf('x', '\u{1f680}'.repeat(30_000))
  expect(tail).toBe('\u{1f680}'.repeat(2_000))
  expect(tailOf('\u{1f680}'.repeat(30_000), 'x')).toBe(`${'\u{1f680}'.repeat(1_999)}x`)
})

test('S21: no part of a secret is shown, wherever the 4,000 characters begin in it', () => {
  for (let after = 3_970; after <= 4_010; after++) {
    const tail = tailOf(`${filler(9_000)}key ${awsKey}`, filler(after).replace(/^./, '\n'))
    for (let at = 0; at + 6 <= awsKey.length; at++) expect(tail).not.toContain(awsKey.slice(at, at + 6))
  }
})

test('S21: the half of a secret whose beginning was not kept is not shown, however little shows of what follows it', () => {
  const invisible = ['\u200b', '\0', '\x1b[31m', '\x1b]0;title\x07', '\u{e0041}'].map((one) => one.repeat(70_000))
  for (const junk of invisible) {
    expect(tailOf(awsKey.slice(0, 8), junk, awsKey.slice(8), ' is the end')).not.toContain(awsKey.slice(8))
  }
})

test('S21: a private key is not shown by its last lines', () => {
  const lines = Array.from({ length: 150 }, (_, index) => createHash('sha512').update(String(index)).digest('base64'))
  const key = `-----BEGIN PRIVATE KEY-----\n${lines.join('\n')}\n-----END PRIVATE KEY-----\n`
  expect(tailOf(filler(100_000), key, 'done')).toMatch(/\u00abredacted:private-key:[0-9a-f]{4}\u00bb\ndone$/)
})

test('S14: colours, titles, links, control characters and what is no UTF-8 leave plain text', () => {
  expect(
    tailOf('\x1b[1;31mFAIL\x1b[0m a\x1b]0;owned\x07b\x1b]8;;http://x\x1b\\link\x1b(B\x1b[2K\x9b31m\x08\x07\n'),
  ).toBe('FAIL ablink')
  expect(tailOf('ok ', Buffer.from([0xff, 0xfe, 0xc3]), ' \u202eevil')).toBe('ok \ufffd\ufffd\ufffd evil')
  expect(tailOf('10%\r50%\r100%\r\ndone')).toBe('10%\n50%\n100%\ndone')
})

test('of what is counted in, the last 256 KiB are handed on as they were printed, and no more of it is shown', () => {
  const text = `${filler(200_000)}key ${awsKey}\x1b[1m${filler(50_000)}`
  const output = createProgramOutput(true)
  output.add(Buffer.from(text))
  expect(output.end()).toEqual({ text, isWhole: true })
  expect(output.tail(redact)).toBe(tailOf(text))
  output.add(Buffer.from(filler(100_000)))
  expect(output.end().isWhole).toBe(false)
  expect(output.end().text).toBe(`${text}${filler(100_000)}`.slice(-262_144))
  expect(output.tail(redact)).toBe(tailOf(text, filler(100_000)))
})

test('S33: nothing that a program can print takes long to clean', () => {
  const size = 65_536
  const hostile = [
    '\x1b]',
    '\x1b',
    '\x1b[',
    '\x1b[1;',
    '\x1b];a',
    '\x1b]x\x9b',
    '\x9b',
    '\0',
    '\u0301',
    '\u200b',
    'a=',
    '-----BEGIN PRIVATE KEY-----\n',
  ]
  for (const one of [...hostile, `\x1b]${'a'.repeat(size)}`, `\x1b[${';'.repeat(size)}`]) {
    const start = performance.now()
    tailOf(one.repeat(Math.ceil(size / one.length)))
    expect(performance.now() - start, JSON.stringify(one.slice(0, 20))).toBeLessThan(500)
  }
})

test('neither the end nor the hash depend on the pieces in which it came', () => {
  const pieces = fc.array(fc.oneof(fc.uint8Array({ maxLength: 300 }), fc.constant(Buffer.from(filler(40_000)))), {
    maxLength: 8,
  })
  fc.assert(
    fc.property(pieces, fc.integer({ min: 1, max: 70_000 }), (printed, step) => {
      const all = Buffer.concat(printed)
      const output = createProgramOutput(step % 2 === 0)
      for (let at = 0; at < all.length; at += step) output.add(all.subarray(at, at + step))
      expect(output.tail(redact)).toBe(tailOf(all))
      expect(all.toString('utf8').endsWith(output.end().text.slice(-1_000))).toBe(true)
      expect(output.sha256()).toBe(createHash('sha256').update(all).digest('hex'))
    }),
    { numRuns: 60 },
  )
})
