import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { type EvidenceRun, evidenceRunSchema, hasPassed, isSigned, signRun } from '../../../core/evidence/run.ts'

function createKeys() {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  return {
    private: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    public: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    publicKey,
  }
}
const keys = createKeys()

const run: EvidenceRun = {
  version: 1,
  id: 'r-1',
  check: 'npm test',
  argv: ['npm', 'test'],
  role: 'backend',
  task: 't-13',
  tree: 'a'.repeat(40),
  commit: 'b'.repeat(40),
  exit_code: 0,
  ended: null,
  duration_ms: 1234.5,
  tests: { passed: 40, failed: 0, skipped: 1 },
  doubts: ['3 more tests are skipped than before.'],
  output_tail: 'ok',
  output_sha256: 'c'.repeat(64),
  at: '2026-03-01T12:00:00.000Z',
}

/** For each field, and each part of one, the run with another value there. */
const changes: [string, EvidenceRun][] = [
  ...(Object.keys(run) as (keyof EvidenceRun)[]).flatMap((key): [string, EvidenceRun][] => [
    [`${key} is another`, { ...run, [key]: otherThan(run[key]) } as EvidenceRun],
    [`${key} is missing`, Object.fromEntries(Object.entries(run).filter(([name]) => name !== key)) as EvidenceRun],
  ]),
  ...(['passed', 'failed', 'skipped'] as const).map((key): [string, EvidenceRun] => [
    `tests.${key} is another`,
    { ...run, tests: { passed: 40, failed: 0, skipped: 1, [key]: 4_000 } },
  ]),
  ['the program has one argument more', { ...run, argv: ['npm', 'test', ''] }],
  ['the arguments are in another order', { ...run, argv: ['test', 'npm'] }],
  ['a doubt is left out', { ...run, doubts: [] }],
  ['a field is added', { ...run, more: null } as EvidenceRun],
]

function otherThan(value: EvidenceRun[keyof EvidenceRun]): unknown {
  if (value === null) return 'x'
  if (typeof value === 'number') return value + 1
  return typeof value === 'string' ? `${value}x` : null
}

describe('a signed run', () => {
  it('holds, also after it was written and read', () => {
    const signed = signRun(evidenceRunSchema.parse(run), keys.private)
    expect(isSigned(signed, keys.public)).toBe(true)
    expect(isSigned(JSON.parse(JSON.stringify(signed)), keys.publicKey)).toBe(true)
  })

  it('holds whatever the order of its keys', () => {
    const { signature } = signRun(run, keys.private)
    const turned = Object.fromEntries(Object.entries(run).reverse()) as EvidenceRun
    const tests = { skipped: 1, passed: 40, failed: 0 }
    expect(isSigned({ run: { ...turned, tests }, signature }, keys.public)).toBe(true)
  })

  it.each(changes)('S31: does not hold when %s', (_, changed) => {
    expect(isSigned({ run: changed, signature: signRun(run, keys.private).signature }, keys.public)).toBe(false)
  })

  it.each(['', 'AAAA', 'not base64 at all!', 'A'.repeat(86)])(
    'S31: does not hold with the signature %j',
    (signature) => {
      expect(isSigned({ run, signature }, keys.public)).toBe(false)
    },
  )

  it('S31: does not hold when somebody else signed it', () => {
    expect(isSigned(signRun(run, createKeys().private), keys.public)).toBe(false)
  })
})

describe('a run has passed', () => {
  it.each([
    ['with exit code 0', 0, null, true],
    ['not with another', 1, null, false],
    ['not without one', null, null, false],
    ['F54: not when it was ended, whatever its exit code', 0, 'it took longer than 60 s', false],
  ])('%s', (_, exit_code, ended, passed) => expect(hasPassed({ exit_code, ended })).toBe(passed))
})
