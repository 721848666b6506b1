import { expect, it } from 'vitest'
import { watchSilence } from '../../../../adapters/slack/app/silence.ts'
import { createVirtualClock } from '../../../support/virtual-clock.ts'

const minute = 60_000

it('F36: a silence is told by itself, each further span of it once, and no more when something comes in', async () => {
  const clock = createVirtualClock()
  const over = new AbortController()
  const began = clock.now()
  let silentSince: Date | null = began
  const told: [number, number][] = []
  const minutesAt = (at: Date) => (at.getTime() - began.getTime()) / minute
  let done = Promise.resolve()
  const watching = watchSilence({
    name: 'breakroom',
    link: {
      get silentSince() {
        return silentSince
      },
    },
    handlers: {
      onSilence(_app, since) {
        told.push([minutesAt(clock.now()), minutesAt(since)])
        return done
      },
    },
    everyMs: 5 * minute,
    clock,
    sleep: clock.sleep,
    signal: over.signal,
  })
  await clock.advance(11 * minute)
  expect(told).toEqual([
    [5, 0],
    [10, 5],
  ])
  silentSince = null
  await clock.advance(10 * minute)
  expect(told).toHaveLength(2)
  silentSince = new Date(began.getTime() + 21 * minute)
  const { promise, resolve } = Promise.withResolvers<void>()
  done = promise
  await clock.advance(20 * minute)
  expect(told.slice(2)).toEqual([[25, 21]])
  resolve()
  over.abort()
  await watching
})
