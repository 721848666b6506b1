import { createMemoryRevisedState } from '../../adapters/memory/revised-state.ts'
import { sweepOnce } from '../../bots/sweep/sweep-once.ts'
import { stallStates } from '../../core/sweep/states.ts'
import { atMost, atMostTimes, type Figure } from '../figure.ts'
import { median } from '../quantile.ts'
import { createHouse, startsAt } from './house.ts'
import type { createReactions } from './reactions.ts'
import { scenarioOf } from './scenario.ts'
import { createSweeper } from './sweeper.ts'
import { createTruth } from './truth.ts'

const sizes = [10, 100, 1_000, 10_000] as const
const minuteMs = 60_000
/** Everybody is at work by then; and what stands still has done so for longer than any threshold. */
const looksAtMinutes = 360

export interface Scale {
  sizes: { agents: number; ms: number; us_per_agent: number; acts: number }[]
  figures: Figure[]
  met: boolean
}

/** What one sweep costs that looks at a whole fleet, one in twenty of it in trouble, and does something about each. */
export async function measureScale(progress: (text: string) => void): Promise<Scale> {
  const measured: Scale['sizes'] = []
  for (const agents of sizes) {
    progress(`${agents} agents ...`)
    measured.push(await measure(agents))
  }
  const [, hundred, thousand, most] = measured
  const figures: Figure[] = measured.map(({ agents, ms, us_per_agent, acts }) => ({
    name: `${agents} agents, ${acts} acts (${us_per_agent.toFixed(0)} us for each agent)`,
    value: ms,
    unit: 'ms',
    ...(agents === 1_000 ? { target: atMost(2_000) } : {}),
  }))
  // Ten times the agents are ten times the time.
  const slope = (more: typeof most, fewer: typeof most) => (more?.us_per_agent ?? 0) / (fewer?.us_per_agent ?? 1)
  figures.push(
    {
      name: 'an agent among 1,000, beside one among 100',
      value: slope(thousand, hundred),
      floor: 1,
      unit: '',
      target: atMostTimes(2),
    },
    {
      name: 'an agent among 10,000, beside one among 1,000',
      value: slope(most, thousand),
      floor: 1,
      unit: '',
      target: atMostTimes(2),
    },
  )
  const met = (thousand?.ms ?? 0) <= 2_000 && slope(thousand, hundred) <= 2 && slope(most, thousand) <= 2
  return { sizes: measured, figures, met }
}

async function measure(count: number): Promise<Scale['sizes'][number]> {
  const scenario = scenarioOf({
    name: 'scale',
    seed: 1,
    days: 1,
    agents: [{ name: 'agent', count }],
    events: Array.from({ length: Math.min(1_500, Math.ceil(count / 20)) }, (_, index) => ({
      at_minutes: 60,
      agent: `agent-${1 + index * 20}`,
      trouble: stallStates[index % stallStates.length] as (typeof stallStates)[number],
    })),
  })
  const house = createHouse(scenario)
  house.timeline.runUntil(startsAt + looksAtMinutes * minuteMs)
  const repeats = count >= 10_000 ? 5 : count >= 1_000 ? 15 : 60
  const times: number[] = []
  let acts = 0
  for (let repeat = 0; repeat < repeats; repeat++) {
    // Nothing is remembered, so each of them does what the first one does; the virtual world stands still meanwhile.
    const sweeper = createSweeper(house, createTruth(house), nothingHappens, createMemoryRevisedState())
    sweeper.listeningSince = startsAt
    const begun = performance.now()
    const report = await sweepOnce(sweeper.parts, false)
    times.push(performance.now() - begun)
    acts = report.acts.filter(({ ok }) => ok).length
  }
  const ms = median(times)
  return { agents: count, ms, us_per_agent: (ms * 1_000) / count, acts }
}

const nothingHappens: ReturnType<typeof createReactions> = { to() {} }
