import { expect, it } from 'vitest'
import { endOf, failureOf, succeeded } from '../../../bots/worker/program-words.ts'
import type { ProgramOutcome } from '../../../ports/program.ts'

const outcome = (changes: Partial<ProgramOutcome>): ProgramOutcome => ({
  exitCode: 0,
  ended: null,
  durationMs: 1,
  outputTail: '',
  outputSha256: '0'.repeat(64),
  ...changes,
})

it('counts as finished only what ended by itself and says that all is well', () => {
  expect(succeeded(outcome({}))).toBe(true)
  expect(succeeded(outcome({ exitCode: 1 }))).toBe(false)
  expect(succeeded(outcome({ exitCode: null, ended: 'killed after 60 s' }))).toBe(false)
  expect(succeeded(outcome({ exitCode: 0, ended: 'killed after 60 s' }))).toBe(false)
})

it('tells how a run failed and what it said last', () => {
  const failed = outcome({ exitCode: 1, outputTail: '3 passed\n1 failed\n' })
  expect(failureOf('npm test', failed)).toBe('`npm test`: ended with exit code 1; its last words: 1 failed')
  const killed = outcome({ exitCode: null, ended: 'killed after 60 s' })
  expect(failureOf('npm test', killed)).toBe('`npm test`: killed after 60 s; without a word')
})

it('keeps the end of what is too long, within what is allowed', () => {
  const long = outcome({ exitCode: 1, outputTail: `${'a'.repeat(4_000)} the end` })
  expect(endOf(long, 1_000)).toMatch(/^…a+ the end$/)
  expect(endOf(long, 1_000)).toHaveLength(1_000)
  expect(failureOf('x', long).length).toBeLessThan(400)
  expect(endOf(outcome({ outputTail: ' short \n' }), 1_000)).toBe('short')
})
