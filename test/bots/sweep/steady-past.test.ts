import { expect, it } from 'vitest'
import { createSteadyPast } from '../../../bots/sweep/steady-past.ts'
import { session } from '../../support/sweep-captures.ts'

const minutes = (count: number) => count * 60_000
const noon = Date.parse('2026-11-22T12:00:00Z')

/** A clock that can be set, and what is made of it. */
function clockAt(start: number) {
  let [wall, monotonic] = [start, 0]
  const clock = { now: () => new Date(wall), monotonic: () => monotonic }
  return {
    past: createSteadyPast(clock),
    passes(ms: number) {
      wall += ms
      monotonic += ms
    },
    isSet(ms: number) {
      wall += ms
    },
    now: () => wall,
  }
}

it('F50: what happened before the clock was set ahead is as long ago as it was', () => {
  const { past, passes, isSet, now } = clockAt(noon)
  passes(minutes(20))
  isSet(minutes(60))
  past.look()
  expect(now() - past.asOfNow(noon)).toBe(minutes(20))
  const since = now()
  passes(minutes(5))
  past.look()
  expect(now() - past.asOfNow(since)).toBe(minutes(5))
  expect(now() - past.asOfNow(noon)).toBe(minutes(25))
})

it('F50: keeps more than one jump apart, and moves all that a brain showed', () => {
  const { past, passes, isSet, now } = clockAt(noon)
  isSet(minutes(60))
  past.look()
  passes(minutes(10))
  const between = now()
  isSet(minutes(30))
  past.look()
  passes(minutes(1))
  expect([noon, between].map((moment) => now() - past.asOfNow(moment))).toEqual([minutes(11), minutes(1)])
  const at = new Date(noon).toISOString()
  const asks = { kind: 'question', text: 'Which port?', at } as const
  const shown = past.sessionAsOfNow(session({}, { started_at: at, output_at: at, files_at: null, asks }))
  const moved = new Date(now() - minutes(11)).toISOString()
  expect(shown).toMatchObject({ started_at: moved, output_at: moved, files_at: null, asks: { at: moved } })
})

it('F50: after a clock was set back nothing is older than it is', () => {
  const { past, passes, isSet, now } = clockAt(noon)
  passes(minutes(40))
  isSet(-minutes(30))
  past.look()
  expect(now() - past.asOfNow(noon)).toBe(minutes(10))
})

it('takes a clock for steady that is only kept right', () => {
  const { past, passes, isSet } = clockAt(noon)
  for (let look = 0; look < 100; look++) {
    passes(5_000)
    isSet(500)
    past.look()
  }
  expect(past.asOfNow(noon)).toBe(noon)
})
