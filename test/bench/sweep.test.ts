import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, test } from 'vitest'
import { seededRandom } from '../../bench/soak/random.ts'
import { drawFrom } from '../../bench/sweep/distribution.ts'
import { loadScenario, scenarioOf } from '../../bench/sweep/scenario.ts'
import { type Sweep, simulate } from '../../bench/sweep/simulate.ts'
import { createTimeline } from '../../bench/sweep/timeline.ts'
import type { FleetCapture } from '../../core/sweep/capture.ts'
import type { Stall } from '../../core/sweep/finding.ts'
import type { SweepReport } from '../../core/sweep/report.ts'
import { stallStates } from '../../core/sweep/states.ts'
import { temporaryFolder } from '../support/process.ts'

const folder = join(import.meta.dirname, '../../bench/sweep/scenarios')

/** Forty agents, two days, every class of trouble, and slow ones among those who are well. */
const small = (seed = 3) =>
  scenarioOf({
    seed,
    days: 2,
    agents: [
      { name: 'builder', count: 24 },
      { name: 'slow', count: 10, behaviour: 'slow' },
      { name: 'person', count: 6, seat: 'people' },
    ],
    troubles: stallStates.map((state) => ({ class: state, per_agent_per_day: 0.2 })),
    noise: {
      lost_heartbeats: 0.01,
      late_captures_minutes: { p50: 0.1, p99: 1 },
      missing_session: 0.002,
      two_sweepers_minutes_per_day: 240,
      sweeper_restarts_per_day: 8,
    },
  })

/** One agent, to whom one thing happens. */
const event = (trouble: (typeof stallStates)[number], lasts: number | 'never' = 'never') =>
  scenarioOf({
    days: 0.25,
    agents: [{ name: 'one' }, { name: 'other' }, { name: 'third' }],
    events: [{ at_minutes: 61, agent: 'one', trouble, lasts_minutes: lasts }],
  })

describe('the sweep, among forty agents for two days', () => {
  it('finds who is stuck, does something about it in time, and takes nothing from anybody who is well', async () => {
    const { figures } = await simulate(small())
    expect(figures.counted).toBeGreaterThan(50)
    expect(figures.recall).toBeGreaterThanOrEqual(0.99)
    expect(figures).toMatchObject({ false_kills: 0, late: 0, nudged_twice: 0 })
    expect(figures.sweeps.broken).toBeGreaterThan(5)
    expect(figures.kills).toBeGreaterThan(5)
  })

  it('does nothing where nothing is wrong, however slow they are', async () => {
    const scenario = scenarioOf({
      agents: [
        { name: 'builder', count: 10 },
        { name: 'slow', count: 20, behaviour: 'slow' },
        { name: 'waiter', count: 10, behaviour: 'waiter' },
      ],
      behaviours: { waiter: { same_line: { per_day: 40, minutes: { min: 1, max: 4 } } } },
    })
    const { figures } = await simulate(scenario)
    expect(figures).toMatchObject({ acts: 0, injected: 0, room_lines: 0 })
    expect(figures.tasks).toBeGreaterThan(200)
  })

  it('says an outage of everybody once, and takes nothing from anybody for it', async () => {
    const scenario = scenarioOf({
      agents: [{ name: 'builder', count: 20 }],
      noise: { mass_restart: { per_day: 6, minutes: 20 } },
    })
    const { figures } = await simulate(scenario)
    expect(figures.sweeps.held).toBeGreaterThan(5)
    expect(figures).toMatchObject({ recall: 1, kills: 0, late: 0 })
  })

  it.each(stallStates)('finds the one that is %s, and calls it so', async (state) => {
    const { troubles, figures } = await simulate(event(state))
    expect(troubles).toHaveLength(1)
    expect(troubles[0]).toMatchObject({ agent: 'one', class: state, detectedAs: state })
    expect(figures).toMatchObject({ false_alarms: 0, late: 0 })
  })

  it('does not count what was over before anybody could have known', async () => {
    const { figures } = await simulate(event('stalled', 20))
    expect(figures).toMatchObject({ injected: 1, counted: 0, acts: 0, recall: 1 })
  })
})

describe('the measuring', () => {
  it('gives no credit to a sweep that does nothing', async () => {
    const { figures } = await simulate(small(), { sweep: doesNothing })
    expect(figures).toMatchObject({ recall: 0, acts: 0, kills: 0, false_kill_rate: 0 })
    expect(figures.late).toBeGreaterThan(20)
  })

  it('sees that a sweep kills everybody', async () => {
    const { figures } = await simulate(small(), { sweep: killsEverybody })
    expect(figures.false_kill_rate).toBeGreaterThan(0.9)
    expect(figures.false_kills_per_healthy_task).toBeGreaterThan(0.5)
  })

  it('gives no credit for naming everybody with the wrong task', async () => {
    const { figures } = await simulate(event('stalled'), { sweep: namesEverybody })
    expect(figures).toMatchObject({ counted: 1, found: 0 })
  })

  it('comes to the same with the same seed, and to something else with another', async () => {
    const [first, again, other] = await Promise.all([small(), small(), small(4)].map((one) => simulate(one)))
    const told = (run: typeof first) => ({ ...run?.figures, seconds: 0 })
    expect(told(again)).toEqual(told(first))
    expect(told(other)).not.toEqual({ ...told(first), seed: 4 })
  })

  it('lets the same happen to the same agents whatever a sweep does', async () => {
    const runs = await Promise.all([simulate(event('dead')), simulate(event('dead'), { sweep: doesNothing })])
    const [onsets] = runs.map(({ troubles }) => troubles.map(({ agent, onset }) => [agent, onset]))
    expect(onsets).toHaveLength(1)
    for (const { troubles } of runs) expect(troubles.map(({ agent, onset }) => [agent, onset])).toEqual(onsets)
  })
})

describe('a scenario', () => {
  const broken = (text: string) => {
    using home = temporaryFolder()
    const file = join(home.path, 'mine.yaml')
    writeFileSync(file, text)
    try {
      loadScenario(file)
      return 'nothing'
    } catch (error) {
      return (error as Error).message
    }
  }
  const agents = 'agents:\n  - { name: builder }\n'

  test.each([
    ['an unknown key', `${agents}noize: {}\n`, 'mine.yaml:3:1: unknown key "noize"; did you mean "noise"?'],
    ['nobody', 'seed: 1\n', 'mine.yaml:1:1: missing key "agents"'],
    [
      'a class that there is not',
      `${agents}troubles:\n  - class: stuck\n`,
      'mine.yaml:4:12: "troubles.0.class" must be one of',
    ],
    [
      'half a distribution',
      `${agents}people_answer_minutes: { p50: 3 }\n`,
      'mine.yaml:3:24: "people_answer_minutes": give "fixed"',
    ],
    [
      'an unknown group',
      `${agents}troubles:\n  - { class: dead, agents: [bilder] }\n`,
      'mine.yaml:4:29: there is no group "bilder"; did you mean "builder"?',
    ],
    [
      'an unknown behaviour',
      'agents:\n  - { behaviour: stedy }\n',
      'mine.yaml:2:18: there is no behaviour "stedy"; did you mean "steady"?',
    ],
    [
      'an unknown agent',
      `${agents}events:\n  - { at_minutes: 3, agent: builder-1, trouble: dead }\n`,
      'mine.yaml:4:29: there is no agent "builder-1"',
    ],
    [
      'a stall of people, which nobody sees',
      'agents:\n  - { name: ann, seat: people }\nevents:\n  - { at_minutes: 3, agent: ann, trouble: looping }\n',
      'mine.yaml:4:43: people are never looping',
    ],
    [
      'what comes after the end',
      `${agents}days: 1\nevents:\n  - { at_minutes: 1500, agent: builder, trouble: dead }\n`,
      'mine.yaml:5:19: this is after the end',
    ],
  ])('with %s is refused at its place', (_, text, message) => {
    expect(broken(text)).toContain(message)
  })

  it('needs nothing but agents', () => {
    expect(broken(agents)).toBe('nothing')
    expect(broken('{"agents": [{"name": "builder", "count": 3}]}')).toBe('nothing')
  })

  it('is what its description shows', () => {
    const page = readFileSync(join(import.meta.dirname, '../../docs/sweep-scenarios.md'), 'utf8')
    const shown = [...page.matchAll(/```yaml\n(.*?)```/gs)].map(([, text]) => text ?? '')
    expect(shown.map(broken)).toEqual(['nothing', 'nothing', 'nothing'])
  })

  test.each(readdirSync(folder))('%s is one', (file) => {
    expect(loadScenario(join(folder, file)).agents.length).toBeGreaterThan(10)
  })
})

test('a lognormal distribution has the p50 and the p99 that were written', () => {
  const random = seededRandom(1)
  const draw = drawFrom({ p50: 2, p99: 30 })
  const drawn = Array.from({ length: 20_000 }, () => draw(random) / 60_000).sort((a, b) => a - b)
  expect(drawn[10_000]).toBeCloseTo(2, 0)
  expect(drawn[19_800]).toBeGreaterThan(25)
  expect(drawn[19_800]).toBeLessThan(35)
})

test('virtual time brings everything at its moment, and in the order in which it was said', () => {
  const timeline = createTimeline(0)
  const seen: string[] = []
  for (const at of [5, 3, 3, 9, 1]) timeline.at(at, () => seen.push(`${at}@${timeline.now}`))
  timeline.at(3, () => timeline.in(1, () => seen.push(`after@${timeline.now}`)))
  timeline.runUntil(6)
  expect(seen).toEqual(['1@1', '3@3', '3@3', 'after@4', '5@5'])
  expect(timeline.now).toBe(6)
})

const said = (fleet: FleetCapture, agents: SweepReport['agents']): SweepReport => ({
  at: new Date(fleet.at).toISOString(),
  asked: false,
  took_ms: 0,
  states: {},
  agents,
  organs: [],
  acts: [],
  held: null,
})

const doesNothing: Sweep = async (parts) => said(await parts.look(), [])

const namesEverybody: Sweep = async (parts) => {
  const fleet = await parts.look()
  const since = new Date(fleet.at).toISOString()
  return said(
    fleet,
    fleet.agents.map(({ role }) => ({ role, state: 'stalled', task: 't-0', since, why: '' })),
  )
}

const killsEverybody: Sweep = async (parts) => {
  const fleet = await parts.look()
  for (const { role, work } of fleet.agents) {
    for (const { label, epoch, held, watched } of work) {
      if (held === null) continue
      const number = (watched?.epoch === epoch ? watched.rung : 0) + 1
      const stall = {
        role,
        task: label,
        epoch,
        state: 'stalled',
        why: 'it is Monday',
        question: null,
        queue: null,
      } as Stall
      await parts.treat(stall, { kind: 'take_back', number, reason: stall.why, again: false }).catch(() => {})
    }
  }
  return said(fleet, [])
}
