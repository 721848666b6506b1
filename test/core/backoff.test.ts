import fc from 'fast-check'
import { expect, test } from 'vitest'
import { backoffMs } from '../../core/backoff.ts'

test('the window doubles with each attempt until the cap', () => {
  const longest = (attempt: number) => backoffMs(attempt, () => 1, { floorMs: 100, capMs: 1_000 })
  expect([1, 2, 3, 4, 5].map(longest)).toEqual([200, 400, 800, 1_000, 1_000])
})

test('any attempt waits between the floor and the cap', () => {
  fc.assert(
    fc.property(
      fc.integer(),
      fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      fc.integer({ min: 1, max: 5_000 }),
      fc.integer({ min: 5_000, max: 600_000 }),
      (attempt, chance, floorMs, capMs) => {
        const wait = backoffMs(attempt, () => chance, { floorMs, capMs })
        expect(wait).toBeGreaterThanOrEqual(floorMs)
        expect(wait).toBeLessThanOrEqual(capMs)
      },
    ),
  )
})
