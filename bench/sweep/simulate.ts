import { createMemoryRevisedState } from '../../adapters/memory/revised-state.ts'
import { type SweepOnceParts, sweepOnce } from '../../bots/sweep/sweep-once.ts'
import { isBreakroomError } from '../../core/errors.ts'
import type { SweepReport } from '../../core/sweep/report.ts'
import { seededRandom } from '../soak/random.ts'
import { seedFor } from './distribution.ts'
import { type Figures, figuresOf } from './figures.ts'
import { createHouse, startsAt } from './house.ts'
import { during } from './noise.ts'
import { createReactions } from './reactions.ts'
import type { Scenario } from './scenario.ts'
import { createSweeper, type Sweeper } from './sweeper.ts'
import type { Trouble } from './trouble.ts'
import { type Act, createTruth } from './truth.ts'

/** What is measured; another one than the real one only to see whether the measuring is honest. */
export type Sweep = (parts: SweepOnceParts, asked: boolean) => Promise<SweepReport>

/** It is killed, or suspended, within so many calls of the world outside. */
const callsUntilHit = 8
/** As in `bots/sweep/doctor.ts`: somebody else leads after so long, and looks when it has listened for three heartbeats. */
const takenOverMs = 5_000
const listenMs = 15_000

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
  const memory = createMemoryRevisedState()
  const reactions = createReactions(house)
  const start = () => createSweeper(house, truth, reactions, memory)
  const everyMs = scenario.sweep.every_minutes * 60_000
  const endsAt = startsAt + scenario.days * 86_400_000
  const chance = seededRandom(seedFor(scenario.seed, 'sweepers'))
  const isDoubled = during(plan.twoSweepers)
  const kills = [...plan.restarts]
  const pauses = [...plan.paused]
  let leader = start()
  let second: Sweeper | null = null
  let suspended = null as Suspended | null
  let told = 0

  for (let due = startsAt + everyMs; due < endsAt; ) {
    if (suspended !== null && suspended.until <= due) {
      const { until } = suspended
      timeline.runUntil(until)
      await letGoOn(suspended)
      suspended = null
    }
    timeline.runUntil(due)
    second = isDoubled(due - startsAt) ? (second ?? start()) : null
    due = await sweepAt(due)
    if (timeline.now - startsAt > ((told + 1) * (endsAt - startsAt)) / 10) progress(`${++told * 10} %`)
  }
  if (suspended !== null) await letGoOn(suspended)
  timeline.runUntil(endsAt)
  const figures = figuresOf(house, truth, (performance.now() - begun) / 1_000)
  return { figures, troubles: house.fleet.troubles, acts: truth.acts }

  /** Returns when the next one is due: after the usual while, or as soon as a new leader has listened, or soon after one that failed. */
  async function sweepAt(moment: number): Promise<number> {
    truth.beforeSweep()
    const listening = Math.max(leader.listeningSince, house.away.bus)
    if (timeline.now >= house.away.bus && listening !== leader.listeningSince) {
      leader.listeningSince = listening
      if (second !== null) second.listeningSince = Math.max(second.listeningSince, listening)
      truth.deafUntil(listening)
    }
    const { report, replaced } = await sweepWithMishaps(moment - startsAt)
    const failed = report === null || replaced
    const heard = Math.min(listenMs, everyMs)
    const nextMs = replaced ? takenOverMs + heard : failed ? heard : untilNextLook(report, everyMs)
    truth.afterSweep(report, { whole: !failed, tasks: timeline.now >= house.away.service, nextMs })
    if (replaced) {
      timeline.runUntil(moment + takenOverMs)
      leader = start()
      truth.deafUntil(timeline.now)
    }
    return moment + nextMs
  }

  /** What came of one sweep, or of two at once; and whether whoever leads is gone after it. */
  async function sweepWithMishaps(passed: number): Promise<{ report: SweepReport | null; replaced: boolean }> {
    const isHit = kills[0] !== undefined && kills[0] <= passed
    const pause = isHit || suspended !== null ? undefined : pauses[0]
    const hitAt = 1 + Math.floor(chance.next() * callsUntilHit)
    // It looks when it has listened for long enough, too.
    const hasListened = second !== null && timeline.now - second.listeningSince >= listenMs
    const other = second === null || !hasListened ? null : sweepBy(second)
    if (isHit) {
      kills.shift()
      leader.killAt(hitAt, chance.chance(0.5))
      await sweepBy(leader)
      return { report: (await other) ?? null, replaced: true }
    }
    if (pause === undefined || pause[0] > passed) {
      const report = await sweepBy(leader)
      return { report: report ?? (await other), replaced: false }
    }
    pauses.shift()
    const { stands, goOn, cancel } = leader.pauseAt(hitAt)
    const ended = sweepBy(leader)
    await Promise.race([stands, ended])
    if (leader.paused) {
      suspended = { until: startsAt + Math.max(passed + takenOverMs, pause[1]), goOn, ended }
      return { report: (await other) ?? null, replaced: true }
    }
    // It made fewer calls than that.
    cancel()
    return { report: await ended, replaced: false }
  }

  async function sweepBy({ parts }: Sweeper): Promise<SweepReport | null> {
    return sweep(parts, false).catch((error) => {
      if (isBreakroomError(error, 'unavailable')) return null
      throw error
    })
  }

  async function letGoOn({ goOn, ended }: Suspended): Promise<void> {
    truth.beforeSweep()
    goOn()
    await ended
  }
}

/** A sweep that stands still in the middle, until then. */
interface Suspended {
  until: number
  goOn(): void
  ended: Promise<unknown>
}

/** As in `bots/sweep/doctor.ts`: sooner when something was seen for the first time. */
function untilNextLook({ at, again_at }: SweepReport, everyMs: number): number {
  if (again_at === undefined) return everyMs
  return Math.min(everyMs, Math.max(listenMs, Date.parse(again_at) - Date.parse(at)))
}
