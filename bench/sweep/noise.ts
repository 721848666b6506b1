import { seededRandom } from '../soak/random.ts'
import { type Distribution, drawFrom, seedFor, untilNext } from './distribution.ts'
import type { Scenario } from './scenario.ts'

const dayMs = 86_400_000
const minuteMs = 60_000

/** From, to; milliseconds since the beginning. */
export type Spell = readonly [from: number, to: number]

/** Everything that makes looking hard, from the scenario and its seed alone. */
export interface NoisePlan {
  busAway: Spell[]
  serviceAway: Spell[]
  paused: Spell[]
  restarts: number[]
  twoSweepers: Spell[]
  massRestarts: Spell[]
}

export function planNoise({ noise, days, seed }: Pick<Scenario, 'noise' | 'days' | 'seed'>): NoisePlan {
  const end = days * dayMs
  const spells = ({ per_day, minutes }: { per_day: number; minutes: Distribution }, purpose: string): Spell[] => {
    const random = seededRandom(seedFor(seed, purpose))
    const draw = drawFrom(minutes)
    const planned: Spell[] = []
    for (let from = untilNext(random, per_day); from < end; ) {
      const to = from + draw(random)
      planned.push([from, to])
      from = to + untilNext(random, per_day)
    }
    return planned
  }
  const two = seededRandom(seedFor(seed, 'two sweepers'))
  const both = noise.two_sweepers_minutes_per_day * minuteMs
  const doubled = Array.from({ length: both > 0 ? Math.ceil(days) : 0 }, (_, day): Spell => {
    const from = day * dayMs + two.next() * (dayMs - both)
    return [from, from + both]
  })
  const kills = { per_day: noise.sweeper_restarts_per_day, minutes: 0 }
  return {
    busAway: spells(noise.bus_away, 'bus away'),
    serviceAway: spells(noise.task_service_away, 'task service away'),
    paused: spells(noise.sweeper_paused, 'sweeper paused'),
    restarts: spells(kills, 'sweeper killed').map(([from]) => from),
    twoSweepers: doubled,
    massRestarts: spells(noise.mass_restart, 'mass restart'),
  }
}

/** Whether a moment lies in one of these; asked in the order of time. */
export function during(spells: readonly Spell[]): (moment: number) => boolean {
  let at = 0
  return (moment) => {
    while (at < spells.length && (spells[at] as Spell)[1] <= moment) at++
    const spell = spells[at]
    return spell !== undefined && spell[0] <= moment
  }
}
