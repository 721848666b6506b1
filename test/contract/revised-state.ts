import { describe, expect, it } from 'vitest'
import type { RevisedState } from '../../ports/revised-state.ts'

export interface RevisedStateUnderTest {
  /** The same state, as two processes have it. */
  state: RevisedState
  other: RevisedState
}

/** What a revised state promises. `create` gives an empty one. */
export function revisedStateContract(name: string, create: () => Promise<RevisedStateUnderTest>): void {
  describe(`revised state in ${name}`, () => {
    it('has nothing under revision 0, then what was written last, for everybody', async () => {
      const { state, other } = await create()
      expect(await state.read('stall cto t-1')).toEqual({ value: null, revision: 0 })
      const first = await state.write('stall cto t-1', { rungs: ['ping'] }, 0)
      expect(first).toBeGreaterThan(0)
      expect(await other.read('stall cto t-1')).toEqual({ value: { rungs: ['ping'] }, revision: first })
      const second = await other.write('stall cto t-1', { rungs: ['ping', 'escalate'] }, first)
      expect(second).toBeGreaterThan(first)
      expect(await state.read('stall cto t-1')).toEqual({ value: { rungs: ['ping', 'escalate'] }, revision: second })
    })

    it('keeps keys apart, whatever they are', async () => {
      const { state } = await create()
      const keys = ['', '*', '>', 'a.b', 'with space', 'ünïcode 🎉', 'line\r\nbreak', 'x'.repeat(300)]
      for (const key of keys) await state.write(key, key, 0)
      for (const key of keys) expect((await state.read(key)).value).toBe(key)
    })

    it('refuses whoever means to replace what is not the newest any more, and keeps what is there', async () => {
      const { state, other } = await create()
      const first = await state.write('a', 1, 0)
      await expect(other.write('a', 2, 0)).rejects.toMatchObject({ code: 'conflict' })
      const second = await state.write('a', 3, first)
      await expect(other.write('a', 4, first)).rejects.toMatchObject({ code: 'conflict' })
      await expect(other.write('never written', 5, second)).rejects.toMatchObject({ code: 'conflict' })
      expect(await other.read('a')).toEqual({ value: 3, revision: second })
    })

    it('F11: of those who write at once exactly one succeeds', async () => {
      const { state, other } = await create()
      let revision = 0
      for (let round = 0; round < 20; round++) {
        const writers = [state, other, state, other].map((one, n) => one.write('a', `${round}.${n}`, revision))
        const outcomes = await Promise.allSettled(writers)
        const won = outcomes.flatMap((one, n) => (one.status === 'fulfilled' ? [{ n, revision: one.value }] : []))
        expect(won).toHaveLength(1)
        for (const one of outcomes) {
          if (one.status === 'rejected') expect(one.reason).toMatchObject({ code: 'conflict' })
        }
        revision = won[0]?.revision ?? 0
        expect(await other.read('a')).toEqual({ value: `${round}.${won[0]?.n}`, revision })
      }
    })

    it('gives a copy, and undefined for what is not JSON, which can be replaced', async () => {
      const { state } = await create()
      const list = [1]
      await state.write('list', list, 0)
      list.push(2)
      expect((await state.read('list')).value).toEqual([1])
      const revision = await state.write('nothing', undefined, 0)
      expect(await state.read('nothing')).toEqual({ value: undefined, revision })
      await state.write('nothing', null, revision)
      expect((await state.read('nothing')).value).toBeNull()
    })
  })
}
