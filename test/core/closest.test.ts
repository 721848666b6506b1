import fc from 'fast-check'
import { expect, test } from 'vitest'
import { closest } from '../../core/closest.ts'

const verbs = ['help', 'agents', 'status', 'say', 'ping', 'stop', 'resume', 'whoami', 'login']

test.each([
  ['hlep', 'help'],
  ['HELP', 'help'],
  ['statsu', 'status'],
  ['agent', 'agents'],
  ['reusme', 'resume'],
  ['stpo', 'stop'],
  ['who am i', 'whoami'],
])('takes %s for %s', (word, meant) => {
  expect(closest(word, verbs)).toBe(meant)
})

test.each(['', 'x', 'no', 'deploy', 'assassinate', 'h'.repeat(40_000)])('suggests nothing for %j', (word) => {
  expect(closest(word.slice(0, 40_000), verbs)).toBeNull()
})

test('finds every word that one typing slip changed', () => {
  const slip = fc.constantFrom('drop', 'double', 'swap', 'replace')
  fc.assert(
    fc.property(fc.constantFrom('status', 'resume', 'agents', 'whoami'), slip, fc.nat(4), (word, kind, index) => {
      const [head, letter, next, tail] = [word.slice(0, index), word[index], word[index + 1], word.slice(index + 2)]
      const slipped = {
        drop: `${head}${next}${tail}`,
        double: `${head}${letter}${letter}${next}${tail}`,
        swap: `${head}${next}${letter}${tail}`,
        replace: `${head}#${next}${tail}`,
      }[kind]
      expect(closest(slipped, verbs)).toBe(word)
    }),
  )
})
