import { expect, test } from 'vitest'
import { createVirtualClock, realClock } from './virtual-clock.ts'

test('sleepers wake in the order of their time, and what they set off happens before the next wakes', async () => {
  const clock = createVirtualClock(new Date(0))
  const woken: [string, number][] = []
  const sleep = async (name: string, ms: number) => {
    await clock.sleep(ms)
    woken.push([name, clock.monotonic()])
  }
  void sleep('late', 200)
  void sleep('early', 100).then(() => sleep('between', 50))
  expect(clock.pending).toBe(2)
  await clock.advance(99)
  expect(woken).toEqual([])
  await clock.advance(1_000)
  expect(woken).toEqual([
    ['early', 100],
    ['between', 150],
    ['late', 200],
  ])
  expect(clock.now()).toEqual(new Date(1_099))
  expect(clock.pending).toBe(0)
})

test.each([
  ['virtual', createVirtualClock()],
  ['real', realClock],
])('a sleep on the %s clock ends early when its signal aborts', async (_, clock) => {
  const abort = new AbortController()
  const slept = clock.sleep(60_000, abort.signal)
  abort.abort()
  await slept
  await clock.sleep(60_000, abort.signal)
})
