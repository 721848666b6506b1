import { expect, test } from 'vitest'
import { judgeSweep } from '../../../cli/commands/doctor-sweep.ts'
import { anyReport, reported } from '../../support/sweep-report.ts'

const everyMs = 5 * 60_000
const after = (minutes: number) => new Date(Date.parse(anyReport().at) + minutes * 60_000)

test('doctor has nothing against a sweep that looked and found all well, or has not looked yet', () => {
  expect(judgeSweep(anyReport(), everyMs, after(2))).toEqual({
    check: 'sweep',
    state: 'ok',
    found: 'looked 2 min ago; 5 agents looked at in 41 ms: all is well',
  })
  expect(judgeSweep(null, everyMs, after(0))).toMatchObject({ state: 'ok' })
})

test('doctor passes on what a sweep found, and where to read all of it', () => {
  const agents = [reported('cto', 'dead', 4, 'no heartbeat for 4 min')]
  const report = anyReport({ states: { dead: ['cto'] }, agents })
  expect(judgeSweep(report, everyMs, after(0.5))).toEqual({
    check: 'sweep',
    state: 'warning',
    found: 'looked 30 s ago; 1 agent: cto dead 4 min (no heartbeat)',
    fix: 'breakroom sweep tells all of it',
  })
})

test('doctor warns of a sweep that has missed its time', () => {
  expect(judgeSweep(anyReport(), everyMs, after(10)).state).toBe('ok')
  expect(judgeSweep(anyReport(), everyMs, after(11))).toEqual({
    check: 'sweep',
    state: 'warning',
    found: 'looked 11 min ago, and is to look every 5 min',
    fix: 'end the sweep and start it again: breakroom run sweep',
  })
})
