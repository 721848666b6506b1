import { expect } from 'vitest'

/**
 * Fails unless `work` takes less than `limitMs` of this thread's own time, which is what it would block: on a busy machine the clock
 * on the wall says something else. The best of three runs, because the first ones compile.
 */
export function expectWithin(limitMs: number, work: () => void): void {
  const took = [1, 2, 3].map(() => {
    const before = process.threadCpuUsage()
    work()
    const { user, system } = process.threadCpuUsage(before)
    return (user + system) / 1_000
  })
  expect(Math.min(...took)).toBeLessThan(limitMs)
}

/** Inputs that make a careless parser take quadratic time, by what they are made of. */
export const hugeInputs: [string, string][] = [
  ['40,000 letters', 'a'.repeat(40_000)],
  ['100,000 combining marks', `a${'\u0301'.repeat(100_000)}`],
  ['100,000 marks that must be sorted', `a${'\u0301\u0316'.repeat(50_000)}`],
  ['10,000 mentions', '@cto '.repeat(10_000)],
  ['10,000 leading addresses', 'cto, '.repeat(10_000)],
  ['100,000 spaces', `x${' '.repeat(100_000)}x`],
  ['100,000 line breaks', `x${'\n'.repeat(100_000)}x`],
  ['100,000 exclamation marks', `!a${'!'.repeat(100_000)}b`],
  ['20,000 backticks', '` '.repeat(20_000)],
  ['backtick runs of all lengths', Array.from({ length: 280 }, (_, i) => '`'.repeat(i + 1)).join(' ')],
  ['20,000 quoted lines', '> x\n'.repeat(20_000)],
  ['100,000 quotation marks', `!ping ${'"'.repeat(100_000)}`],
  ['100,000 backslashes in quotation marks', `!ping "${'\\'.repeat(100_000)}`],
  ['100,000 zero-width joiners', '\u200d'.repeat(100_000)],
  ['20,000 emoji', '👩‍💻'.repeat(20_000)],
  ['100,000 escapes', '\x1b'.repeat(100_000)],
  ['100,000 percent signs', '%'.repeat(100_000)],
  ['30,000 percent-encoded characters', '%41'.repeat(30_000)],
  ['100,000 equals signs', 'a='.repeat(50_000)],
  ['20,000 words that end in "password"', 'password '.repeat(20_000)],
  ['10,000 passwords', 'password=x '.repeat(10_000)],
  ['20,000 addresses', 'a://b:'.repeat(20_000)],
  ['5,000 PEM headers', '-----BEGIN PRIVATE KEY-----\n'.repeat(5_000)],
  ['100,000 hyphens', '-'.repeat(100_000)],
  ['100,000 dots', 'eyJ.'.repeat(25_000)],
  ['100,000 base64 characters', 'QUJD'.repeat(25_000)],
  ['20,000 key prefixes', 'xoxb-'.repeat(20_000)],
]
