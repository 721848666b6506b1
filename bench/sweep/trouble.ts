import type { ThresholdName, Thresholds } from '../../core/sweep/settings.ts'
import type { RungKind, StallState } from '../../core/sweep/states.ts'
import { seededRandom } from '../soak/random.ts'
import { drawFrom, seedFor, untilNext } from './distribution.ts'
import { healedByDefault } from './healing.ts'
import { type Agent, behaviourOf, classesOf, isSelected, type Scenario, type Trouble as Written } from './scenario.ts'

const minuteMs = 60_000

/** A trouble that is to be injected. Moments are milliseconds since the beginning. */
export interface PlannedTrouble {
  agent: string
  class: StallState
  at: number
  /** Heals by itself after so many milliseconds, if nobody does anything. */
  lasts: number
  healedBy: Partial<Record<RungKind, number>>
  inCorpus: boolean
  /** Everybody at once. */
  mass: boolean
}

/** One that was injected. What became of it is written here, and nowhere else is it looked up who is in trouble. */
export interface Trouble extends PlannedTrouble {
  onset: number
  thresholdMs: number
  /** Shown in the session only. */
  onScreen: boolean
  end: number | null
  endedBy: RungKind | 'itself' | 'restarted' | null
  detectedAt: number | null
  detectedAs: string | null
  treatedAt: number | null
  treatedBy: RungKind | 'held' | null
  /** The task that it is about; null for the seat itself, and for whatever waits. */
  task: string | null
  /** Some sweep that could see and act began when something had to be done about it. */
  seeable: boolean
  /** One of these did nothing about it; the moment from which on something had to be done. */
  passedOver: number | null
  /** For so long of its time nobody could see it, or act. */
  lostMs: number
}

/** What happens to whom and when, from the scenario and its seed alone: whatever a sweep does changes nothing in it. */
export function planTroubles(scenario: Scenario): PlannedTrouble[] {
  const end = scenario.days * 1_440 * minuteMs
  const planned: PlannedTrouble[] = []
  const seat = new Map(scenario.agents.map((agent) => [agent.name, agent]))
  scenario.troubles.forEach((trouble, index) => {
    const random = seededRandom(seedFor(scenario.seed, `trouble ${index}`))
    for (const agent of scenario.agents) {
      if (!classesOf[agent.seat].includes(trouble.class) || !isSelected(trouble, agent)) continue
      for (let at = untilNext(random, trouble.per_agent_per_day); at < end; ) {
        planned.push(plannedOf(agent, trouble, at, random))
        at += untilNext(random, trouble.per_agent_per_day)
      }
    }
  })
  const asking = seededRandom(seedFor(scenario.seed, 'asking'))
  for (const agent of scenario.agents) planned.push(...questionsOf(scenario, agent, end, asking))
  const events = seededRandom(seedFor(scenario.seed, 'events'))
  for (const { at_minutes, agent, trouble, ...rest } of scenario.events) {
    const of = seat.get(agent)
    if (of !== undefined) planned.push(plannedOf(of, { ...rest, class: trouble }, at_minutes * minuteMs, events))
  }
  return planned.sort((a, b) => a.at - b.at)
}

function plannedOf(
  agent: Agent,
  trouble: Pick<Written, 'class' | 'lasts_minutes' | 'healed_by' | 'answered_by_corpus'>,
  at: number,
  random: ReturnType<typeof seededRandom>,
): PlannedTrouble {
  const { lasts_minutes: lasts } = trouble
  const own = Object.entries(trouble.healed_by).filter(([, share]) => share !== undefined)
  return {
    agent: agent.name,
    class: trouble.class,
    at,
    lasts: lasts === 'never' ? Number.POSITIVE_INFINITY : drawFrom(lasts)(random),
    healedBy: { ...healedByDefault[trouble.class], ...Object.fromEntries(own) },
    inCorpus: random.chance(trouble.answered_by_corpus),
    mass: false,
  }
}

/** What somebody has to be told who works as they should. */
function* questionsOf(
  scenario: Scenario,
  agent: Agent,
  end: number,
  random: ReturnType<typeof seededRandom>,
): Generator<PlannedTrouble> {
  const { asks_per_day: asks } = behaviourOf(scenario, agent.behaviour)
  const kinds = [
    ['waiting-for-answer', asks.question],
    ['waiting-for-human', asks.permission],
  ] as const
  for (const [kind, perDay] of kinds) {
    const answered_by_corpus = asks.answered_by_corpus
    for (let at = untilNext(random, perDay); at < end; at += untilNext(random, perDay)) {
      const trouble = { class: kind, lasts_minutes: 'never', healed_by: {}, answered_by_corpus } as const
      yield plannedOf(agent, trouble, at, random)
    }
  }
}

/** After how long something is to be done about it, in milliseconds. */
export function thresholdOf(state: StallState, thresholds: Thresholds): number {
  return thresholds[state.replaceAll('-', '_') as ThresholdName] * minuteMs
}
