import { describe, expect, it } from 'vitest'
import type { Counter } from '../../ports/counter.ts'
import { until } from '../support/process.ts'

export interface CounterUnderTest {
  /** The same counter, in two processes. */
  counter: Counter
  second: Counter
  /** The same counter as a process that starts now sees it. */
  fresh(): Counter
  /** Ends what keeps it without warning; nothing answers until `start`. */
  kill(): Promise<void>
  start(): Promise<void>
}

/** What a counter promises. `create` gives one that was never used. */
export function counterContract(name: string, create: () => Promise<CounterUnderTest>): void {
  describe(`counter in ${name}`, () => {
    it('counts from 1, also across a restart of its callers', async () => {
      const { counter, fresh } = await create()
      expect([await counter.next(), await counter.next()]).toEqual([1, 2])
      expect(await fresh().next()).toBe(3)
    })

    it('gives no number twice, whoever asks at the same time', async () => {
      const { counter, second } = await create()
      const given = await Promise.all(
        Array.from({ length: 40 }, async (_, index) => {
          const numbers: number[] = []
          for (let round = 0; round < 10; round++) numbers.push(await (index % 2 === 0 ? counter : second).next())
          return numbers
        }),
      )
      const all = given.flat()
      expect(new Set(all).size).toBe(400)
      expect(Math.min(...all)).toBe(1)
      for (const numbers of given) expect(numbers).toEqual(numbers.toSorted((a, b) => a - b))
    })

    it('gives only numbers above the one that it is told, and goes never back', async () => {
      const { counter, second } = await create()
      await counter.atLeast(41)
      expect(await second.next()).toBe(42)
      expect(await counter.next()).toBe(43)
      await second.atLeast(7)
      expect(await second.next()).toBe(44)
      expect(await counter.next()).toBe(45)
    })

    it('F14: rejects while it is away, and gives no number twice when it is back', async () => {
      const { counter, second, kill, start } = await create()
      const given = [await counter.next(), await second.next()]
      await kill()
      await expect(counter.next()).rejects.toMatchObject({ code: 'unavailable' })
      await start()
      for (const asked of [counter, second, counter]) {
        given.push(await until('it counts again', () => asked.next().catch(() => null)))
      }
      expect(given).toEqual(given.toSorted((a, b) => a - b))
      expect(new Set(given).size).toBe(given.length)
    })
  })
}
