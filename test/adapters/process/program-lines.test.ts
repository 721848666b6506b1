import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createProgramLines } from '../../../adapters/process/program-lines.ts'

/** Which lines of a text are the same, as numbers: `1 2 1`. */
function sameness(...chunks: string[]): string {
  const lines = createProgramLines('salt')
  const numbers = new Map<string, number>()
  const hashes = chunks.flatMap((chunk) => lines.add(Buffer.from(chunk)))
  return hashes.map((hash) => numbers.get(hash) ?? numbers.set(hash, numbers.size + 1).size).join(' ')
}

test.each<[what: string, text: string, same: string]>([
  ['lines are told apart', 'a\nb\na\n', '1 2 1'],
  ['a line counts at its end', 'a\na', '1'],
  ['digits that change are another line', 'at 12 %\nat 13 %\n', '1 2'],
  ['spaces count', 'a\n a\na \n', '1 2 3'],
  ['colours do not', '\x1b[31ma\x1b[0m\na\n', '1 1'],
  ['titles and links do not', '\x1b]0;title\x07a\n\x1b]8;;http://b\x1b\\a\n', '1 1'],
  ['what is drawn over is no line', '12 %\r13 %\r14 %', ''],
  ['of what was drawn over the last counts', '12 %\rdone\n13 %\rdone\n', '1 1'],
  ['line ends of other systems are line ends', 'a\r\na\n', '1 1'],
  ['empty lines are none', '\n\n \n\x1b[0m\na\n\n', '1'],
])('%s', (_, text, same) => {
  expect(sameness(text)).toBe(same)
})

test('however it comes, it is the same', () => {
  const word = fc.constantFrom('a', 'bc', 'é', '\r', '\n', '\x1b[1m', ' ')
  fc.assert(
    fc.property(fc.array(word, { maxLength: 30 }), fc.array(fc.nat(5), { minLength: 1 }), (words, sizes) => {
      const bytes = Buffer.from(words.join(''))
      const [whole, parts] = [createProgramLines('salt'), createProgramLines('salt')]
      const hashes: string[] = []
      for (let at = 0, turn = 0; at < bytes.length; turn++) {
        const size = 1 + (sizes[turn % sizes.length] ?? 0)
        hashes.push(...parts.add(bytes.subarray(at, at + size)))
        at += size
      }
      expect(hashes).toEqual(whole.add(bytes))
    }),
  )
})

test('S33: of a flood the last lines are looked at, and a line without end is kept nowhere and is like no other', () => {
  const lines = createProgramLines('salt')
  expect(lines.add(Buffer.from('y\n'.repeat(30_000)))).toHaveLength(32)
  const before = process.memoryUsage().arrayBuffers
  for (let at = 0; at < 1_000; at++) expect(lines.add(Buffer.alloc(65_536, 'x'))).toEqual([])
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(100_000_000)
  const long = Buffer.from(`${'x'.repeat(20_000)}\n`)
  const [end] = lines.add(Buffer.from('\n'))
  const hashes = [end, ...lines.add(long), ...lines.add(long)]
  expect(new Set(hashes).size).toBe(3)
})

test('a hash says nothing to somebody who can guess the line', () => {
  const [one, other] = [createProgramLines(), createProgramLines()]
  expect(one.add(Buffer.from('yes\n'))).not.toEqual(other.add(Buffer.from('yes\n')))
})
