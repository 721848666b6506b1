import fc from 'fast-check'
import { expect, test } from 'vitest'
import { inPairs } from '../../core/in-pairs.ts'
import { all, take } from '../support/collect.ts'

async function* valuesOf(values: number[], onEnd = () => {}): AsyncGenerator<number> {
  try {
    yield* values
  } finally {
    onEnd()
  }
}

test('what has the same place comes together, and everything comes once, in order', async () => {
  const places = fc.uniqueArray(fc.nat(40)).map((values) => values.toSorted((a, b) => a - b))
  await fc.assert(
    fc.asyncProperty(places, places, async (left, right) => {
      const pairs = await all(inPairs(valuesOf(left), valuesOf(right), (value) => value))
      expect(pairs.flatMap(([one]) => one ?? [])).toEqual(left)
      expect(pairs.flatMap(([, other]) => other ?? [])).toEqual(right)
      const order = pairs.map(([one, other]) => one ?? other)
      expect(order).toEqual([...new Set([...left, ...right])].toSorted((a, b) => a - b))
    }),
  )
})

test('both are ended when whoever reads stops', async () => {
  const ended: string[] = []
  const [left, right] = [valuesOf([1, 2], () => ended.push('left')), valuesOf([1, 2], () => ended.push('right'))]
  expect(
    await take(
      inPairs(left, right, (value) => value),
      1,
    ),
  ).toEqual([[1, 1]])
  expect(ended.toSorted()).toEqual(['left', 'right'])
})
