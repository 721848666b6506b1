import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { KeyedState } from '../../ports/keyed-state.ts'
import { until } from '../support/process.ts'

interface Value {
  n: number
}

/** What every keyed state promises. `create` gives an empty one; `restart` kills what it is kept in and brings it back. */
export function keyedStateContract(
  name: string,
  create: () => Promise<{ state: KeyedState<Value>; other: KeyedState<Value>; restart(): Promise<void> }>,
): void {
  describe(`keyed state in ${name}`, () => {
    let stop: AbortController
    beforeEach(() => {
      stop = new AbortController()
    })
    afterEach(() => stop.abort())

    it('gives back what was put, under any string as key', async () => {
      const { state } = await create()
      const keys = ['plain', '', 'a.b', '*', '>', 'with space', 'ünïcode 🎉', '$KV.x', 'x'.repeat(300), 'line\r\nbreak']
      for (const [n, key] of keys.entries()) await state.put(key, { n })
      for (const [n, key] of keys.entries()) expect(await state.get(key)).toEqual({ n })
      expect(await state.entries()).toEqual(new Map(keys.map((key, n) => [key, { n }])))
    })

    it('gives null for what is not there, and for what was deleted', async () => {
      const { state } = await create()
      expect(await state.get('gone')).toBeNull()
      await state.put('gone', { n: 1 })
      await state.delete('gone')
      expect(await state.get('gone')).toBeNull()
      expect(await state.entries()).toEqual(new Map())
    })

    it('keeps the last of many values', async () => {
      const { state } = await create()
      for (let n = 0; n < 20; n++) await state.put('count', { n })
      expect(await state.get('count')).toEqual({ n: 19 })
    })

    it('tells a watcher what is there, then every change by whomever, also across a restart', async () => {
      const { state, other, restart } = await create()
      await state.put('a', { n: 1 })
      await state.put('b', { n: 2 })
      await state.delete('b')
      const seen: [string, number | null][] = []

      await state.watch((key, value) => seen.push([key, value?.n ?? null]), stop.signal)
      expect(seen).toContainEqual(['a', 1])

      await other.put('c', { n: 3 })
      await other.delete('a')
      await until('both changes are seen', () => seen.some(([key, n]) => key === 'a' && n === null))
      expect(seen.slice(-2)).toEqual([
        ['c', 3],
        ['a', null],
      ])

      await restart()
      await until('it takes values again', () =>
        other.put('d', { n: 4 }).then(
          () => true,
          () => false,
        ),
      )
      await until('the change after the restart is seen', () => seen.some(([key]) => key === 'd'))
      expect(seen.filter(([key]) => key === 'c')).toHaveLength(1)
    })

    it('resolves a watch of nothing at once', async () => {
      const { state } = await create()
      const seen: string[] = []
      await state.watch((key) => seen.push(key), stop.signal)
      expect(seen).toEqual([])
    })
  })
}
