import { type SweepOnceParts, sweepOnce } from '../../bots/sweep/sweep-once.ts'
import type { SweepReport } from '../../core/sweep/report.ts'
import { seededRandom } from '../soak/random.ts'
import { seedFor } from './distribution.ts'
import { type Figures, figuresOf } from './figures.ts'
import { createHouse, startsAt } from './house.ts'
import { createMemoryState } from './memory-state.ts'
import { during } from './noise.ts'
import { createReactions } from './reactions.ts'
import type { Scenario } from './scenario.ts'
import { createSweeper, type Sweeper, sweepCount } from './sweeper.ts'
import type { Trouble } from './trouble.ts'
import { type Act, createTruth } from './truth.ts'

/** What is measured; another one than the real one only to see whether the measuring is honest. */
export type Sweep = (parts: SweepOnceParts, asked: boolean) => Promise<SweepReport>

/** It is killed, or suspended, within so many calls of the world outside. */
const callsUntilHit = 8

/** What happened in a run, and what that comes to. */
export interface Run {
  figures: Figures
  troubles: readonly Trouble[]
  acts: readonly Act[]
}

/** Runs a scenario from its beginning to its end. The same scenario with the same seed gives the same figures. */
export async function simulate(
  scenario: Scenario,
  { sweep = sweepOnce as Sweep, progress = (_: string) => {} } = {},
): Promise<Run> {
  const begun = performance.now()
  const house = createHouse(scenario)
  const { timeline, plan } = house
  const truth = createTruth(house)
  const memory = createMemoryState()
  const reactions = createReactions(house)
  const start = () => createSweeper(house, truth, reactions, memory)
  const everyMs = scenario.sweep.every_minutes * 60_000
  const chance = seededRandom(seedFor(scenario.seed, 'sweepers'))
  const isDoubled = during(plan.twoSweepers)
  const isBusAway = during(plan.busAway)
  const isServiceAway = during(plan.serviceAway)
  const kills = [...plan.restarts]
  const pauses = [...plan.paused]
  const count = sweepCount(scenario)
  let leader = start()
  let second: Sweeper | null = null
  let wasBusAway = false
  let suspended = null as { until: number; goOn(): void; ended: Promise<unknown> } | null

  for (let number = 1; number <= count; number++) {
    const moment = number * everyMs
    if (suspended !== null && startsAt + moment >= suspended.until) await letGoOn()
    timeline.runUntil(startsAt + moment)
    const busAway = isBusAway(moment)
    if (wasBusAway && !busAway) listenAnew()
    wasBusAway = busAway
    if (isDoubled(moment)) second ??= start()
    else second = null
    truth.beforeSweep()
    if (busAway) {
      truth.afterSweep(null, { whole: false, tasks: false })
      continue
    }
    const whole = await sweepOnceMore(moment)
    truth.afterSweep(whole, { whole: whole !== null, tasks: !isServiceAway(moment) })
    if (number % Math.ceil(count / 10) === 0) progress(`${number} of ${count} sweeps`)
  }
  if (suspended !== null) await letGoOn()
  timeline.runUntil(startsAt + scenario.days * 86_400_000)
  const figures = figuresOf(house, truth, (performance.now() - begun) / 1_000)
  return { figures, troubles: house.fleet.troubles, acts: truth.acts }

  /** The report of a sweep that nothing happened to, or null. */
  async function sweepOnceMore(moment: number): Promise<SweepReport | null> {
    const isHit = kills[0] !== undefined && kills[0] <= moment
    const pause = pauses[0]
    const isPaused = pause !== undefined && pause[0] <= moment && suspended === null
    const hitAt = 1 + Math.floor(chance.next() * callsUntilHit)
    if (isHit) {
      kills.shift()
      leader.killAt(hitAt, chance.chance(0.5))
    }
    const running: Promise<SweepReport | null>[] = []
    if (isPaused && !isHit) {
      pauses.shift()
      const stopped = leader.pauseAt(hitAt)
      const ended = sweep(leader.parts, false).catch(() => null)
      await Promise.race([stopped.stands, ended])
      if (leader.paused) {
        suspended = { until: startsAt + Math.max(moment + 1, pause[1]), goOn: stopped.goOn, ended }
        replace()
      } else {
        // It made fewer calls than that.
        stopped.cancel()
        running.push(ended)
      }
    } else running.push(sweep(leader.parts, false).catch(() => null))
    if (second !== null) running.push(sweep(second.parts, false).catch(() => null))
    const reports = await Promise.all(running)
    // A kill that found no call to end at finds it between two sweeps.
    if (isHit) replace()
    return isHit || isPaused ? (second === null ? null : (reports.at(-1) ?? null)) : (reports[0] ?? null)
  }

  function replace(): void {
    leader = start()
    truth.deafUntil(timeline.now)
  }

  function listenAnew(): void {
    const back = Math.max(house.away.bus, 0)
    leader.listeningSince = Math.max(leader.listeningSince, back)
    if (second !== null) second.listeningSince = Math.max(second.listeningSince, back)
    truth.deafUntil(leader.listeningSince)
  }

  async function letGoOn(): Promise<void> {
    if (suspended === null) return
    const { until, goOn, ended } = suspended
    timeline.runUntil(Math.max(timeline.now, until))
    suspended = null
    truth.beforeSweep()
    goOn()
    await ended
  }
}
