import { describe, expect, it } from 'vitest'
import { createMemoryRevisedState } from '../../../adapters/memory/revised-state.ts'
import { type SweepOnceParts, sweepOnce, type Treated } from '../../../bots/sweep/sweep-once.ts'
import type { FleetCapture } from '../../../core/sweep/capture.ts'
import type { MetricLabels } from '../../../ports/metrics.ts'
import { quietLog } from '../../support/quiet.ts'
import { agent, fleetOf, minutesAgo, now, session, task, thresholds, worker } from '../../support/sweep-captures.ts'
import { createVirtualClock } from '../../support/virtual-clock.ts'

/** Somebody at work of whom nothing was seen for 40 minutes. */
function still(role: string, label: string) {
  const held = task({ label, held: { at: minutesAgo(50), lease: true }, aliveAt: minutesAgo(40) })
  return { ...worker(session({ output: 40, started: 50 }), held), role }
}

/** The same fleet after so many milliseconds in which all said that they live, and nothing else. */
function later(fleet: FleetCapture, ms: number): FleetCapture {
  const agents = fleet.agents.map((one) => ({
    ...one,
    processes: one.processes.map((process) => ({ ...process, heardAt: process.heardAt + ms })),
  }))
  return { ...fleet, at: fleet.at + ms, agents }
}

/** A sweep of this fleet, and what it was told to do. */
function sweeping(fleet: FleetCapture, changes: Partial<SweepOnceParts> = {}) {
  const treated: string[] = []
  const measured: Record<string, number> = {}
  const note = (name: string, { state, kind }: MetricLabels = {}, by = 1) => {
    measured[[name, state ?? kind].join(' ')] = by
  }
  const parts: SweepOnceParts = {
    look: async () => fleet,
    organs: async () => [{ organ: 'disk', state: 'well', why: '' }],
    memory: createMemoryRevisedState(),
    async treat({ role }, { kind, number }) {
      treated.push(`${kind} ${role} ${number}`)
      return { ok: true, outcome: 'asked where it stands' }
    },
    thresholds: () => thresholds,
    everyMs: 300_000,
    clock: createVirtualClock(new Date(now)),
    current: () => true,
    log: quietLog,
    metrics: { count: note, gauge: (name, value, labels) => note(name, labels, value) },
    ...changes,
  }
  return { parts, treated, measured }
}

describe('a sweep', () => {
  it('says what everybody is, and why whoever is not healthy is not', async () => {
    const fleet = fleetOf([agent({ role: 'cto' }), still('backend', 't-1')])
    const { parts, measured } = sweeping(fleet)
    const report = await sweepOnce(parts, true)
    expect(report).toEqual({
      at: new Date(now).toISOString(),
      asked: true,
      took_ms: 0,
      states: { healthy: ['cto'], stalled: ['backend'] },
      agents: [
        {
          role: 'backend',
          state: 'stalled',
          task: 't-1',
          since: new Date(minutesAgo(40)).toISOString(),
          why: expect.stringMatching(/^no output/),
        },
      ],
      organs: [{ organ: 'disk', state: 'well', why: '' }],
      acts: [
        {
          role: 'backend',
          task: 't-1',
          epoch: 1,
          state: 'stalled',
          rung: 1,
          kind: 'ping',
          outcome: 'asked where it stands',
          ok: true,
        },
      ],
      held: null,
    })
    expect(measured).toMatchObject({
      'breakroom_agents healthy': 1,
      'breakroom_agents stalled': 1,
      'breakroom_agents dead': 0,
      'breakroom_sweep_acts_total ping': 1,
    })
  })

  it('does one thing about each stall, and the next at the next sweep', async () => {
    const { parts, treated } = sweeping(fleetOf([still('backend', 't-1'), still('devops', 't-2')]))
    await sweepOnce(parts, false)
    await sweepOnce(parts, false)
    expect(treated.toSorted()).toEqual(['ping backend 1', 'ping devops 1'])
    await sweepOnce({ ...parts, look: async () => later(await parts.look(), 300_000) }, false)
    expect(treated.slice(2).toSorted()).toEqual(['ping backend 2', 'ping devops 2'])
  })

  it('writes down what it is to do before it does it, and afterwards that it did', async () => {
    const memory = createMemoryRevisedState()
    const found: unknown[] = []
    const { parts } = sweeping(fleetOf([still('backend', 't-1')]), {
      memory,
      async treat() {
        found.push((await memory.read('stall backend t-1')).value)
        return { ok: true, outcome: '' }
      },
    })
    await sweepOnce(parts, false)
    found.push((await memory.read('stall backend t-1')).value)
    expect(found).toMatchObject([{ rungs: [{ number: 1, done: false }] }, { rungs: [{ number: 1, done: true }] }])
  })

  it('says what could not be done, goes on with the others, and tries it again under the same number', async () => {
    const outcomes: Record<string, () => Treated> = {
      backend: () => {
        throw new Error('The task service does not answer.')
      },
      devops: () => ({ ok: false, outcome: 'not now' }),
      cto: () => ({ ok: true, outcome: 'asked alice', did: 'ask' }),
    }
    const numbers: number[] = []
    const { parts } = sweeping(fleetOf([still('backend', 't-1'), still('devops', 't-2'), still('cto', 't-3')]), {
      async treat({ role }, { number }) {
        if (role === 'backend') numbers.push(number)
        return outcomes[role]?.() ?? { ok: true, outcome: '' }
      },
    })
    const { acts } = await sweepOnce(parts, false)
    expect(acts.map(({ role, kind, ok, outcome }) => ({ role, kind, ok, outcome }))).toEqual(
      expect.arrayContaining([
        { role: 'backend', kind: 'ping', ok: false, outcome: 'The task service does not answer.' },
        { role: 'devops', kind: 'ping', ok: false, outcome: 'not now' },
        { role: 'cto', kind: 'ask', ok: true, outcome: 'asked alice' },
      ]),
    )
    await sweepOnce({ ...parts, look: async () => later(await parts.look(), 60_000) }, false)
    expect(numbers).toEqual([1, 1])
  })

  it('stops as soon as somebody else may sweep', async () => {
    let current = true
    const { parts, treated } = sweeping(
      fleetOf(Array.from({ length: 30 }, (_, at) => still(`role-${at}`, `t-${at}`))),
      {
        current: () => current,
        async treat({ role }) {
          treated.push(role)
          current = false
          return { ok: true, outcome: '' }
        },
      },
    )
    await sweepOnce(parts, false)
    // Those that were under way side by side.
    expect(treated.length).toBeLessThanOrEqual(8)
  })

  it('only looks while it is stopped', async () => {
    const memory = createMemoryRevisedState()
    const { parts, treated } = sweeping(fleetOf([still('backend', 't-1')]), { memory, mayAct: () => false })
    const { states, acts } = await sweepOnce(parts, false)
    expect({ states, acts, treated }).toEqual({ states: { stalled: ['backend'] }, acts: [], treated: [] })
    expect((await memory.read('stall backend t-1')).revision).toBe(0)
  })

  it('lets whoever sweeps next know since when it has seen what has no time of its own', async () => {
    const deaf = agent({ role: 'cto', tasks: { waiting: 2, inHand: 0, pulled: false } })
    const { parts, treated } = sweeping(fleetOf([deaf]))
    await sweepOnce(parts, false)
    expect(treated).toEqual([])
    const next = sweeping(later(fleetOf([deaf]), 300_000), { memory: parts.memory })
    await sweepOnce(next.parts, false)
    expect(next.treated).toEqual(['restart cto 1'])
  })

  it('goes on with a stall when the clock was set ahead meanwhile, and does not begin it anew', async () => {
    const fleet = fleetOf([still('backend', 't-1')])
    const { parts, treated } = sweeping(fleet)
    await sweepOnce(parts, false)
    await sweepOnce({ ...parts, look: async () => later(fleet, 300_000) }, false)
    const hour = 3_600_000
    const asOfNow = (moment: number) => moment + hour
    const held = task({ held: { at: minutesAgo(50) + hour, lease: true }, aliveAt: minutesAgo(40) + hour })
    const seen = { output: -20, started: -10 }
    const ahead = fleetOf([{ ...worker(session(seen), held), role: 'backend' }])
    await sweepOnce({ ...parts, asOfNow, look: async () => later(ahead, hour + 600_000) }, false)
    expect(treated).toEqual(['ping backend 1', 'ping backend 2', 'take_back backend 3'])
  })

  it('does nothing about anybody when it cannot read what was done before', async () => {
    const memory = { ...createMemoryRevisedState(), read: () => Promise.reject(new Error('The bus is away.')) }
    const { parts, treated } = sweeping(fleetOf([still('backend', 't-1')]), { memory })
    await expect(sweepOnce(parts, false)).rejects.toThrow('The bus is away.')
    expect(treated).toEqual([])
  })
})
