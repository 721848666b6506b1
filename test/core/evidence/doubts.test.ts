import { describe, expect, it } from 'vitest'
import { doubtsOf, type Tested } from '../../../core/evidence/doubts.ts'
import { mostTestFiles } from '../../../core/evidence/test-files.ts'

const counts = (passed: number, skipped = 0, failed = 0) => ({ passed, failed, skipped })
const files = (...paths: string[]) => new Map(paths.map((path) => [path, `content of ${path}`]))
const tooMany = 'There are more than 50,000 test files; whether the others changed, nobody can say.'
const tested = (over: Partial<Tested> = {}): Tested => ({ testFiles: files('a.test.ts'), tests: counts(40), ...over })

describe('S31: a person is asked', () => {
  it.each([
    ['when tests are gone', counts(28), ['12 of 40 tests that passed before are gone.']],
    ['when one is gone', counts(39), ['1 of 40 tests that passed before is gone.']],
    ['when more are skipped', counts(40, 3), ['3 more tests are skipped than before.']],
    [
      'when tests came to be skipped',
      counts(39, 1),
      ['1 of 40 tests that passed before is gone.', '1 more test is skipped than before.'],
    ],
    ['when it is not seen that any ran', null, ['It ended well, but no test was seen to run; there were 40 before.']],
    ['when none ran', counts(0), ['It ended well, but no test was seen to run; there were 40 before.']],
    ['when all are skipped', counts(0, 40), ['It ended well, but no test was seen to run; there were 40 before.']],
  ])('%s', (_, tests, doubts) => expect(doubtsOf(tested(), tested({ tests }))).toEqual(doubts))

  it('when a test file that was there is another one now, or gone', () => {
    const before = tested({ testFiles: files('a.test.ts', 'b.test.ts') })
    const now = tested({ testFiles: new Map([['a.test.ts', 'other']]) })
    expect(doubtsOf(before, now)).toEqual([
      'The test file "a.test.ts" is changed.',
      'The test file "b.test.ts" is not there any more.',
    ])
  })

  it('about many files with three of their names', () => {
    const before = tested({ testFiles: files('c.test.ts', 'a.test.ts', 'd.test.ts', 'b.test.ts', 'e.test.ts') })
    expect(doubtsOf(before, tested({ testFiles: files() }))).toEqual([
      'Test files "a.test.ts", "b.test.ts", "c.test.ts" and 2 more are not there any more.',
    ])
  })

  it('in short sentences, whatever the names are', () => {
    const names = ['a" is fine, ', '\u202egnirob', '漢'.repeat(2_000), `${'deep/'.repeat(500)}end.test.ts`, 'x\ny', '']
    for (const name of names) {
      const before = tested({ testFiles: files(...[1, 2, 3, 4].map((n) => `${n}${name}`), name) })
      const doubts = doubtsOf(before, tested({ testFiles: files(), tests: null }))
      expect(doubts).toHaveLength(2)
      for (const doubt of doubts) {
        expect(doubt.length).toBeLessThanOrEqual(300)
        expect(doubt).toMatch(/^[^\n\u202e]*\.$/)
        expect(doubt.split('"').length).toBeOneOf([1, 7])
      }
    }
    expect(doubtsOf(tested({ testFiles: files(names[3] ?? '') }), tested())[0]).toContain('/end.test.ts')
  })

  it('never with more than five sentences', () => {
    const before = tested({ testFiles: files('a', 'b'), tests: counts(5) })
    expect(doubtsOf(before, { testFiles: new Map([['a', 'x']]), tests: counts(4, 9) })).toHaveLength(4)
  })
})

it('S31: a person is asked when there are too many test files to compare, on either side', () => {
  const many = tested({ testFiles: files(...Array.from({ length: mostTestFiles }, (_, n) => `b${n}`)) })
  expect(doubtsOf(many, many)).toEqual([tooMany])
  expect(doubtsOf(tested({ testFiles: new Map() }), many)).toEqual([tooMany])
  expect(doubtsOf(many, tested({ testFiles: new Map() }))).toContain(tooMany)
})

it('S31: a person is asked when files came to be ignored', () => {
  expect(doubtsOf(tested(), tested({ ignored: ['src/a.ts'] }))).toEqual([
    '"src/a.ts" is still there, but ignored now: no run says anything of that.',
  ])
  const names = Array.from({ length: 10 }, (_, n) => `${'long/'.repeat(40)}${n}`)
  const [doubt = '', ...more] = doubtsOf(tested(), tested({ ignored: names }))
  expect(doubt).toContain('are still there')
  expect([doubt.length <= 300, more]).toEqual([true, []])
})

describe('nobody is asked', () => {
  it('when there is nothing to compare with', () => {
    expect(doubtsOf(null, tested({ tests: null }))).toEqual([])
    expect(doubtsOf(tested({ tests: null }), tested({ tests: counts(0, 7) }))).toEqual([])
    expect(doubtsOf(tested({ tests: counts(0) }), tested({ tests: null }))).toEqual([])
  })

  it('when all is as before, or there are more tests', () => {
    expect(doubtsOf(tested(), tested())).toEqual([])
    const more = tested({ testFiles: files('a.test.ts', 'b.test.ts'), tests: counts(41) })
    expect(doubtsOf(tested(), more)).toEqual([])
  })

  it('about each file that lies behind the last that was looked at, when there are too many', () => {
    const many = Array.from({ length: mostTestFiles }, (_, n) => `b${String(n).padStart(6, '0')}`)
    const before = tested({ testFiles: files('a', ...many.slice(0, -1)) })
    const pushedOut = tested({ testFiles: files('a', '0', ...many.slice(0, -2)) })
    expect(doubtsOf(before, pushedOut)).toEqual([tooMany])
    expect(doubtsOf(before, tested({ testFiles: files('0', '1', ...many.slice(0, -2)) }))).toEqual([
      'The test file "a" is not there any more.',
      tooMany,
    ])
  })
})
