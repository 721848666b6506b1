import { describe, expect, it } from 'vitest'
import type { Timer, Timers } from '../../ports/timers.ts'
import { until } from '../support/process.ts'

/** A bell that notes what rang, and when, until its timers are closed. `answer` is asked each time; without one everything is done at once. */
export function listen(timers: Timers, answer: (id: string) => Promise<Date | null> = async () => null) {
  const ending = new AbortController()
  const heard: { id: string; at: number }[] = []
  timers.ring((id) => {
    heard.push({ id, at: Date.now() })
    return answer(id)
  }, ending.signal)
  return { heard, ids: () => heard.map(({ id }) => id).sort(), end: () => ending.abort() }
}

export function inMs(id: string, ms: number): Timer {
  return { id, due: new Date(Date.now() + ms) }
}

/** What everything that keeps timers promises. `create` gives one without any. The tests mostly wait, so they do it side by side. */
export function timersContract(name: string, create: () => Promise<Timers>): void {
  describe.concurrent(`timers in ${name}`, () => {
    it('rings at the moment and not before, once', async () => {
      const timers = await create()
      const { heard } = listen(timers)
      const [near, far] = [inMs('near', 150), inMs('far', 400)]
      await timers.set([far, near])
      expect(await timers.pending()).toEqual(new Set(['near', 'far']))

      await until('both have rung', () => heard.length === 2)

      expect(heard.map(({ id }) => id)).toEqual(['near', 'far'])
      expect(heard[0]?.at).toBeGreaterThanOrEqual(near.due.getTime())
      expect(heard[1]?.at).toBeGreaterThanOrEqual(far.due.getTime())
      expect(heard[1]?.at).toBeLessThan(far.due.getTime() + 2_000)
      await until('nothing waits', async () => (await timers.pending()).size === 0)
    })

    it('rings at once for what is past, whatever its name is', async () => {
      const timers = await create()
      const odd = [
        '0',
        '0:1',
        '17',
        'wait',
        'meta',
        'a:b:c',
        '',
        ' ',
        'é👍',
        '~',
        't_x',
        '%41',
        '../x',
        'x\ny\0',
        '\ud800',
      ]
      const ids = [...odd, 'x'.repeat(200), '👍'.repeat(100)]
      await timers.set(ids.map((id) => inMs(id, -1_000)))
      expect(await timers.pending()).toEqual(new Set(ids))

      const bell = listen(timers)

      await until('all have rung', () => bell.heard.length === ids.length)
      expect(bell.ids()).toEqual(ids.toSorted())
    })

    it('moves a timer that is there already, to later and to sooner', async () => {
      const timers = await create()
      await timers.set([inMs('later', 100), inMs('sooner', 60_000), inMs('due', -1)])
      const later = inMs('later', 500)
      await timers.set([later, inMs('sooner', 200), inMs('due', 60_000)])
      const { heard } = listen(timers)

      await until('two have rung', () => heard.length === 2)

      expect(heard.map(({ id }) => id)).toEqual(['sooner', 'later'])
      expect(heard[1]?.at).toBeGreaterThanOrEqual(later.due.getTime())
      expect(await timers.pending()).toContain('due')
    })

    it('takes the last moment of a timer that is named twice', async () => {
      const timers = await create()
      await timers.set([inMs('x', 60_000), inMs('x', -1)])
      const { heard } = listen(timers)
      await until('it has rung', () => heard.length === 1)
    })

    it('rings no more for what was removed, and knows nothing wrong in removing what is not there', async () => {
      const timers = await create()
      await timers.set([inMs('gone', 100), inMs('stays', 200), inMs('due', -1)])
      await timers.remove(['gone', 'due', 'never'])
      expect(await timers.pending()).toEqual(new Set(['stays']))
      const { heard } = listen(timers)

      await until('one has rung', () => heard.length > 0)

      expect(heard.map(({ id }) => id)).toEqual(['stays'])
    })

    it('rings again at the moment that the answer names, and waits until then', async () => {
      const timers = await create()
      const moment = { due: new Date(0) }
      const { heard } = listen(timers, async () => {
        if (heard.length > 1) return null
        moment.due = new Date(Date.now() + 400)
        return moment.due
      })
      await timers.set([inMs('x', -1)])
      await until('it rang early', () => heard.length === 1)
      expect(await timers.pending()).toEqual(new Set(['x']))

      await until('it has rung again', () => heard.length === 2)

      expect(heard[1]?.at).toBeGreaterThanOrEqual(moment.due.getTime())
      await until('nothing waits', async () => (await timers.pending()).size === 0)
    })

    it('is not driven into a circle by an answer that is past', async () => {
      const timers = await create()
      const { heard } = listen(timers, async () => (heard.length > 2 ? null : new Date(0)))
      await timers.set([inMs('x', -1)])

      await until('it has rung three times', () => heard.length === 3)

      expect((heard[2]?.at ?? 0) - (heard[0]?.at ?? 0)).toBeGreaterThanOrEqual(1_900)
    })

    it('rings again after a second when the handler fails, as often as it fails', async () => {
      const timers = await create()
      const { heard } = listen(timers, async () => {
        if (heard.length < 4) throw new Error('not now')
        return null
      })
      await timers.set([inMs('x', -1)])

      await until('it has rung four times', () => heard.length === 4)

      const waits = heard.slice(1).map(({ at }, index) => at - (heard[index]?.at ?? 0))
      expect(Math.min(...waits)).toBeGreaterThanOrEqual(950)
      expect(Math.max(...waits)).toBeLessThan(2_000)
      await until('nothing waits', async () => (await timers.pending()).size === 0)
    })

    it('rings for others while some take long', async () => {
      const timers = await create()
      const slow = Promise.withResolvers<null>()
      const bell = listen(timers, (id) => (id.startsWith('slow') ? slow.promise : Promise.resolve(null)))
      await timers.set([inMs('slow 1', -1), inMs('slow 2', -1)])
      await until('the slow ones are rung for', () => bell.heard.length === 2)
      await timers.set([inMs('quick', -1)])

      await until('the quick one has rung', () => bell.ids().includes('quick'))
      await until('only the slow ones wait', async () => !(await timers.pending()).has('quick'))

      expect(await timers.pending()).toEqual(new Set(['slow 1', 'slow 2']))
      slow.resolve(null)
      await until('nothing waits', async () => (await timers.pending()).size === 0)
    })

    it('rings again for what was set while it was being rung for', async () => {
      const timers = await create()
      const first = Promise.withResolvers<null>()
      const { heard } = listen(timers, () => (heard.length === 1 ? first.promise : Promise.resolve(null)))
      await timers.set([inMs('x', -1)])
      await until('it is rung for', () => heard.length === 1)
      const due = Date.now() + 300
      const set = timers.set([{ id: 'x', due: new Date(due) }])
      first.resolve(null)
      await set

      await until('it has rung again', () => heard.length === 2)

      expect(heard[1]?.at).toBeGreaterThanOrEqual(due)
    })

    it('does not ring again for what was removed while it was being rung for', async () => {
      const timers = await create()
      const first = Promise.withResolvers<Date>()
      const { heard } = listen(timers, () => first.promise)
      await timers.set([inMs('x', -1)])
      await until('it is rung for', () => heard.length === 1)
      const removed = timers.remove(['x'])
      first.resolve(new Date(Date.now() + 60_000))
      await removed
      await until('nothing waits', async () => (await timers.pending()).size === 0)
    })

    it('rings for nobody after the end, and for whoever comes next', async () => {
      const timers = await create()
      const first = listen(timers)
      await timers.set([inMs('a', -1)])
      await until('it has rung', () => first.heard.length === 1)
      first.end()
      await timers.set([inMs('b', -1)])

      const second = listen(timers)

      await until('the next one hears it', () => second.heard.length === 1)
      expect(second.ids()).toEqual(['b'])
      expect(first.ids()).toEqual(['a'])
    })

    it('keeps thousands, and says at once which', async () => {
      const timers = await create()
      const all = Array.from({ length: 5_000 }, (_, index) => inMs(`task-${index}.acknowledge`, 60_000 + index))
      await timers.set(all)
      const began = performance.now()
      expect(await timers.pending()).toEqual(new Set(all.map(({ id }) => id)))
      expect(performance.now() - began).toBeLessThan(1_000)

      await timers.remove(all.slice(1).map(({ id }) => id))

      expect(await timers.pending()).toEqual(new Set(['task-0.acknowledge']))
    })

    it('refuses whatever is asked after the end', async () => {
      const timers = await create()
      await timers.close()
      await expect(timers.pending()).rejects.toMatchObject({ code: 'closed' })
      await expect(timers.set([inMs('x', 0)])).rejects.toMatchObject({ code: 'closed' })
      expect(timers.connected).toBe(false)
    })
  })
}
