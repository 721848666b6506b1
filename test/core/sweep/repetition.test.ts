import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { nothingYet, trailingRepeats, withNext } from '../../../core/sweep/repetition.ts'

const of = (letters: string) => trailingRepeats([...letters])

test.each<[letters: string, period: number, repeats: number]>([
  ['', 1, 1],
  ['a', 1, 1],
  ['ab', 1, 1],
  ['aa', 1, 2],
  ['ababab', 2, 3],
  ['xababab', 2, 3],
  ['abababx', 1, 1],
  ['aaaa', 1, 4],
  ['aabaabaab', 3, 3],
  ['abcdefghabcdefgh', 8, 2],
  ['abcdefghiabcdefghi', 1, 1],
  ['abaa', 1, 2],
])('%j ends with a block of %i that comes %i times', (letters, period, repeats) => {
  expect(of(letters)).toEqual({ period, repeats })
})

/** Few letters, and blocks that come again, so that much repeats itself. */
const letters = fc
  .array(
    fc.tuple(fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 9 }), fc.integer({ min: 1, max: 30 })),
    {
      maxLength: 5,
    },
  )
  .map((blocks) => blocks.flatMap(([block, times]) => Array.from({ length: times }, () => block).flat()))

describe('whatever came', () => {
  test('the block stands there as often as is said, and no other covers more', () => {
    fc.assert(
      fc.property(letters, (all) => {
        const last = all.slice(-64)
        const { period, repeats } = trailingRepeats(all)
        const counted = (length: number) => {
          const block = last.slice(-length).join()
          let times = 1
          while (
            last.length >= (times + 1) * length &&
            last.slice(-(times + 1) * length, -times * length).join() === block
          )
            times++
          return times
        }
        if (repeats > 1) expect(counted(period)).toBe(repeats)
        for (let other = 1; other <= 8; other++) {
          const times = counted(other)
          if (times > 1) expect(times * other).toBeLessThanOrEqual(repeats * period)
        }
      }),
    )
  })

  test('it is known since when it repeats itself, and how often, also of what is kept no more, and however it came', () => {
    fc.assert(
      fc.property(letters, fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 1 }), (all, sizes) => {
        let said = nothingYet
        const times: number[] = []
        for (let at = 0, turn = 0; at < all.length; turn++) {
          const some = all.slice(at, at + (sizes[turn % sizes.length] ?? 1))
          said = withNext(said, some, turn)
          times.push(...some.map(() => turn))
          at += some.length
        }
        expect(said.last.length).toBeLessThanOrEqual(64)
        const { period, repeats } = trailingRepeats(all)
        if (repeats === 1) {
          expect(said).toMatchObject({ repeats: 1, since: null })
          return
        }
        let run = period
        while (run < all.length && all.at(-1 - run) === all.at(-1 - run + period)) run++
        expect(said).toMatchObject({ run, repeats: Math.floor(run / period), since: times.at(-run) })
      }),
    )
  })

  test('what never came before ends every repetition', () => {
    fc.assert(
      fc.property(letters, (all) => {
        expect(withNext(withNext(nothingYet, all, 1), ['new'], 2)).toMatchObject({ repeats: 1, since: null })
      }),
    )
  })
})

test('one line for an hour counts from its beginning, and something new begins anew', () => {
  let said = withNext(nothingYet, ['starting'], 0)
  for (let second = 1; second <= 3_600; second++) said = withNext(said, ['waiting'], second * 1_000)
  expect(said).toMatchObject({ repeats: 3_600, since: 1_000 })
  expect(said.last).toHaveLength(64)
  expect(withNext(said, ['connected'], 3_601_000)).toMatchObject({ repeats: 1, since: null })
})
