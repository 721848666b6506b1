import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createMemoryRevisedState } from '../../../adapters/memory/revised-state.ts'
import { createDoctor, type Doctor } from '../../../bots/sweep/doctor.ts'
import { orgSubjects } from '../../../core/subject.ts'
import type { SweepReport } from '../../../core/sweep/report.ts'
import type { Endpoint } from '../../../ports/bus.ts'
import type { Term } from '../../../ports/leadership.ts'
import type { RevisedState } from '../../../ports/revised-state.ts'
import { quietLog, quietMetrics } from '../../support/quiet.ts'
import { anyReport } from '../../support/sweep-report.ts'
import { createVirtualClock, type VirtualClock } from '../../support/virtual-clock.ts'

const minute = 60_000
const subjects = orgSubjects('breakroom')

let clock: VirtualClock
let memory: RevisedState
let ending: AbortController
/** Minutes after the start at which a sweep was made. */
let swept: number[]
let sweep: (asked: boolean, current: () => boolean) => Promise<SweepReport>
let listeningSince: number

beforeEach(() => {
  clock = createVirtualClock()
  memory = createMemoryRevisedState()
  ending = new AbortController()
  swept = []
  listeningSince = clock.now().getTime()
  sweep = async (asked) => {
    swept.push(clock.monotonic() / minute)
    return anyReport({ at: clock.now().toISOString(), asked })
  }
})
afterEach(() => ending.abort())

/** A process that leads from now on until it is told otherwise. */
function leader() {
  const endpoints = new Map<string, Endpoint>()
  const lost = new AbortController()
  const term: Term = {
    signal: lost.signal,
    get current() {
      return !lost.signal.aborted
    },
  }
  const doctor: Doctor = createDoctor({
    bus: {
      connected: true,
      onChange() {},
      request: () => Promise.reject(new Error('nobody')),
      async serve(_service, served) {
        for (const [name, endpoint] of Object.entries(served)) endpoints.set(name, endpoint)
      },
    },
    subjects,
    leadership: { lead: (_name, work) => work(term) },
    memory,
    everyMs: 5 * minute,
    listeningSince: () => listeningSince,
    sweep: (asked, current) => sweep(asked, current),
    clock,
    sleep: clock.sleep,
    log: quietLog,
    metrics: quietMetrics,
    signal: ending.signal,
  })
  const ask = (verb: string) => endpoints.get(verb)?.handler({}, '') ?? Promise.reject(new Error(`no ${verb}`))
  return { doctor, ask, lose: () => lost.abort() }
}

describe('whoever leads', () => {
  it('sweeps as soon as it has listened for three heartbeats, and every five minutes from then on', async () => {
    leader()
    await clock.advance(11 * minute)
    expect(swept).toEqual([0.25, 5.25, 10.25])
  })

  it('F10: keeps the pace of who led before', async () => {
    const first = leader()
    await clock.advance(6 * minute)
    first.lose()
    await clock.advance(2 * minute)
    leader()
    await clock.advance(4 * minute)
    expect(swept).toEqual([0.25, 5.25, 10.25])
  })

  it('sweeps at once when one is overdue and it has listened all the while', async () => {
    const first = leader()
    await clock.advance(minute)
    first.lose()
    await clock.advance(20 * minute)
    leader()
    await clock.advance(1)
    expect(swept).toEqual([0.25, 21])
  })

  it('sweeps at once when somebody asks, and again five minutes after that', async () => {
    const { ask } = leader()
    await clock.advance(2 * minute)
    expect(await ask('run')).toMatchObject({ asked: true })
    expect(await ask('report')).toMatchObject({ asked: true })
    await clock.advance(6 * minute)
    expect(swept).toEqual([0.25, 2, 7])
  })

  it('looks again sooner when something was seen for the first time, but not at once', async () => {
    const waits = [2 * minute, 1, 20 * minute]
    const plain = sweep
    sweep = async (asked, current) => {
      const report = await plain(asked, current)
      const wait = waits.shift()
      return wait === undefined ? report : { ...report, again_at: new Date(clock.now().getTime() + wait).toISOString() }
    }
    leader()
    await clock.advance(14 * minute)
    expect(swept).toEqual([0.25, 2.25, 2.5, 7.5, 12.5])
  })

  it('makes one sweep at a time: who asks during one is given its report', async () => {
    const going = Promise.withResolvers<SweepReport>()
    let begun = 0
    sweep = () => {
      begun++
      return going.promise
    }
    const { ask } = leader()
    await clock.advance(minute)
    const asked = [ask('run'), ask('run')]
    going.resolve(anyReport())
    expect(await Promise.all(asked)).toEqual([anyReport(), anyReport()])
    expect(begun).toBe(1)
  })

  it('says when a sweep failed, and tries again soon', async () => {
    const whole = sweep
    sweep = () => Promise.reject(new Error('The bus takes nothing.'))
    const { doctor, ask } = leader()
    await clock.advance(minute / 4)
    expect(doctor.troubles()).toEqual(['the last sweep failed: The bus takes nothing.'])
    expect(await ask('status')).toEqual({ part: 'sweep', troubles: doctor.troubles() })
    sweep = whole
    await clock.advance(minute / 4)
    expect(swept).toEqual([0.5])
    expect(doctor.troubles()).toEqual([])
  })

  it('answers nobody any more, and keeps nothing, once somebody else leads', async () => {
    const going = Promise.withResolvers<SweepReport>()
    sweep = () => going.promise
    const { ask, lose } = leader()
    await clock.advance(minute)
    const asked = ask('run')
    lose()
    going.resolve(anyReport())
    await expect(asked).rejects.toThrow('Another process sweeps by now.')
    await expect((async () => ask('report'))()).rejects.toThrow('Another process sweeps by now.')
    expect((await memory.read('last')).value).toBeNull()
  })
})
