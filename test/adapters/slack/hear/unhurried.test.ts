import { expect, test } from 'vitest'
import { createUnhurried } from '../../../../adapters/slack/hear/unhurried.ts'
import { createVirtualClock } from '../../../support/virtual-clock.ts'

function reader() {
  const clock = createVirtualClock()
  const ending = new AbortController()
  const unhurried = createUnhurried({ clock, sleep: clock.sleep, signal: ending.signal })
  const begun: string[] = []
  const add = (key: string, rank = 0) => unhurried.add(key, rank, async () => void begun.push(key))
  return { clock, ending, unhurried, begun, add }
}

test('what nobody waits for is read in bursts that leave half of the minute’s calls, the highest rank first', async () => {
  const { clock, begun, add } = reader()
  for (let index = 0; index < 60; index++) void add(`${index}`, index)
  await clock.advance(0)
  expect(begun).toEqual(['0', '59', '58', '57', '56', '55', '54', '53'])
  await clock.advance(59_999)
  expect(begun).toHaveLength(24)
})

test('what somebody begins to wait for is read at once, and once', async () => {
  const { clock, unhurried, begun, add } = reader()
  for (let index = 0; index < 20; index++) void add(`${index}`)
  await clock.advance(0)
  unhurried.hurry('19')
  unhurried.hurry('nothing')
  await clock.advance(0)
  expect(begun).toEqual(['0', '1', '2', '3', '4', '5', '6', '7', '19'])
  await clock.advance(60_000)
  expect(begun).toHaveLength(20)
})

test('a job that fails fails alone, and at the end nothing sleeps', async () => {
  const { clock, ending, unhurried, begun, add } = reader()
  await expect(unhurried.add('bad', 0, () => Promise.reject(new Error('no')))).rejects.toThrow('no')
  const all = Array.from({ length: 20 }, (_, index) => add(`${index}`))
  ending.abort()
  await Promise.all(all)
  expect(begun).toHaveLength(20)
  expect(clock.pending).toBe(0)
})
