import { setTimeout as pause } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import type { Leadership, Term } from '../../ports/leadership.ts'
import { until } from '../support/process.ts'

export interface LeadershipUnderTest extends AsyncDisposable {
  /** Two processes that may lead. */
  first: Leadership
  second: Leadership
  kill(): Promise<void>
  start(): Promise<void>
}

/** What leadership promises. `create` gives one in which nobody leads. The tests mostly wait, so they do it side by side. */
export function leadershipContract(name: string, create: () => Promise<LeadershipUnderTest>): void {
  describe.concurrent(`leadership in ${name}`, () => {
    it('lets one lead for as long as it can', async () => {
      await using house = await create()
      await using one = lead(house.first)
      await until('it leads', one.leads)
      await using other = lead(house.second)
      const end = performance.now() + 5_000
      while (performance.now() < end) {
        expect(one.leads()).toBe(true)
        await pause(20)
      }
      expect(one.terms).toHaveLength(1)
      expect(other.terms).toEqual([])
    })

    it('hands over at once after a farewell, when the work has ended and not before', async () => {
      await using house = await create()
      const leaving = new AbortController()
      const work = Promise.withResolvers<void>()
      const seen: boolean[] = []
      const leading = house.first.lead(
        'office',
        async (term) => {
          seen.push(term.current)
          await work.promise
          seen.push(term.current)
        },
        leaving.signal,
      )
      await until('it leads', () => seen.length > 0)
      await using other = lead(house.second)
      leaving.abort()
      await pause(1_500)
      expect(other.terms).toEqual([])

      work.resolve()
      await leading
      const began = performance.now()
      expect(seen).toEqual([true, true])
      await until('the other leads', other.leads)
      expect(performance.now() - began).toBeLessThan(1_000)
    })

    it('tells the one who leads that the lead is to be given up', async () => {
      await using house = await create()
      const one = lead(house.first)
      await until('it leads', one.leads)
      await one[Symbol.asyncDispose]()
      expect(one.terms.map(({ signal }) => signal.aborted)).toEqual([true])
    })

    it('gives the lead up when the work ends or throws, and seeks it again', async () => {
      await using house = await create()
      const stop = new AbortController()
      let terms = 0
      const leading = house.first.lead(
        'office',
        async () => {
          terms += 1
          if (terms === 1) throw new Error('it cannot be done')
          if (terms === 3) stop.abort()
        },
        stop.signal,
      )
      await leading
      expect(terms).toBe(3)
    })

    it('lets offices of different names have different leaders', async () => {
      await using house = await create()
      await using one = lead(house.first, 'a')
      await using other = lead(house.second, 'b')
      await until('both lead', () => one.leads() && other.leads())
    })

    it('ends while it waits, without having led', async () => {
      await using house = await create()
      await using one = lead(house.first)
      await until('one leads', one.leads)
      const other = lead(house.second)
      await other[Symbol.asyncDispose]()
      expect(other.terms).toEqual([])
    })

    it('F14: keeps the lead over a short absence of the bus', async () => {
      await using house = await create()
      await using one = lead(house.first)
      await until('one leads', one.leads)
      await using other = lead(house.second)
      for (let round = 0; round < 2; round++) {
        await house.kill()
        await pause(300)
        await house.start()
        await pause(1_500)
      }
      expect(one.leads()).toBe(true)
      expect(other.terms).toEqual([])
    })

    it('F14: leads no more when the bus is away for long, and one of them leads when it is back', async () => {
      await using house = await create()
      await using one = lead(house.first)
      await until('one leads', one.leads)
      await using other = lead(house.second)
      const [term] = one.terms
      await house.kill()
      const began = performance.now()
      await until('it knows that it does not', () => term?.signal.aborted)
      expect(term?.current).toBe(false)
      expect(performance.now() - began).toBeLessThan(4_000)
      await house.start()
      await until('one leads', () => one.leads() || other.leads())
      await pause(1_000)
      expect([one.leads(), other.leads()].toSorted()).toEqual([false, true])
    })
  })
}

/** Leads until it is disposed, and shows the terms that it was given. */
function lead(leadership: Leadership, office = 'office') {
  const stop = new AbortController()
  const terms: Term[] = []
  const work = async (term: Term) => {
    terms.push(term)
    await aborted(term.signal)
  }
  const leading = leadership.lead(office, work, stop.signal)
  return {
    terms,
    leads: () => terms.at(-1)?.current === true && !terms.at(-1)?.signal.aborted,
    async [Symbol.asyncDispose]() {
      stop.abort()
      await leading
    },
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    signal.addEventListener('abort', () => resolve(), { once: true })
  })
}
