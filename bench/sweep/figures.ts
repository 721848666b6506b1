import { type RungKind, rungKinds, type StallState, stallStates } from '../../core/sweep/states.ts'
import { quantile } from '../quantile.ts'
import { type House, startsAt } from './house.ts'
import type { Trouble } from './trouble.ts'
import { counts, isLate, kills, type Truth } from './truth.ts'

const minuteMs = 60_000
const dayMs = 86_400_000

/** What the figures mean, beside every output. */
const definitions = {
  counted:
    'troubles that would have lasted longer than their threshold and one sweep, without those during which no sweep could see and act (recall_with_outages has these, too)',
  recall:
    'share of the counted ones whose agent (and task) some sweep named in a state of trouble between onset and end',
  right_class: 'share of those found that the first sweep that named them called what they were',
  late: 'troubles that nobody answered, asked, pinged, treated or escalated, nor held as one outage, within one sweep interval after their threshold, although a sweep could see and act then; time in which nobody could does not count',
  false_alarms: 'acts on an agent that nothing was wrong with, or on a task of it that went well',
  false_kill_rate:
    'restarts, take-backs and reassignments of agents or tasks that nothing was wrong with, as a share of all of these: the harshest of the three, because it does not get better by having many healthy agents',
  nudged_twice:
    'rungs carried out twice under the same agent, task, epoch and number, and second rungs for one stall in one sweep',
} as const

interface ClassFigures {
  injected: number
  counted: number
  found: number
  late: number
  missed: number
  /** What the first sweep that named it called it; how often. */
  called: Record<string, number>
  minutes_to_recovery_p50: number | null
}

/** Everything that a run comes to; what `--json` prints. */
export interface Figures {
  scenario: string
  seed: number
  days: number
  agents: number
  seconds: number
  sweeps: { whole: number; broken: number; held: number }
  tasks: number
  injected: number
  /** Meant for somebody who was in trouble already, or had more waiting than they can take. */
  skipped: number
  counted: number
  found: number
  /** They lasted long enough, and no sweep could see and act in that time: the bus was away, or nobody swept. */
  nobody_could_look: number
  recall: number
  /** With those. */
  recall_with_outages: number
  right_class: number
  late: number
  minutes_to_detection: Spread
  /** From the threshold on. */
  minutes_to_act_after_threshold: Spread
  minutes_to_recovery: Spread
  acts: number
  acts_by_kind: Record<RungKind, number>
  acts_per_agent_per_day: number
  false_alarms: number
  false_alarms_by_state: Record<string, number>
  kills: number
  false_kills: number
  false_kill_rate: number
  false_kills_per_healthy_task: number
  false_kills_per_agent_day: number
  nudged_twice: number
  room_lines: number
  room_lines_per_day: number
  by_class: Partial<Record<StallState, ClassFigures>>
  targets: Record<TargetName, { value: number; limit: number; met: boolean }>
  definitions: typeof definitions
}

interface Spread {
  p50: number | null
  p99: number | null
}

type TargetName = 'recall' | 'false_kill_rate' | 'late' | 'nudged_twice'

export function figuresOf({ scenario, fleet, tasks }: House, truth: Truth, seconds: number): Figures {
  const { days, agents } = scenario
  const everyMs = scenario.sweep.every_minutes * minuteMs
  const endsAt = startsAt + days * dayMs
  const long = fleet.troubles.filter((trouble) => counts(trouble, everyMs, endsAt))
  const counted = long.filter(isSeeable)
  const found = counted.filter(isFound)
  const late = fleet.troubles.filter((trouble) => isLate(trouble, everyMs, endsAt)).length
  const { acts } = truth
  const killed = acts.filter(({ kind }) => kills.has(kind))
  const falseKills = killed.filter(({ about }) => about === null).length
  const falseAlarms = acts.filter(({ about }) => about === null)
  const nudgedTwice = truth.doubled.sameRung + truth.doubled.sameSweep
  const recall = share(found.length, counted.length, 1)
  const falseKillRate = share(falseKills, killed.length, 0)
  return {
    scenario: scenario.name,
    seed: scenario.seed,
    days,
    agents: agents.length,
    seconds,
    sweeps: truth.sweeps,
    tasks: tasks.created,
    injected: fleet.troubles.length,
    skipped: fleet.skipped,
    counted: counted.length,
    found: found.length,
    nobody_could_look: long.length - counted.length,
    recall,
    recall_with_outages: share(long.filter(isFound).length, long.length, 1),
    right_class: share(found.filter(isCalledRight).length, found.length, 1),
    late,
    minutes_to_detection: spread(found.map(({ detectedAt, onset }) => (detectedAt ?? onset) - onset)),
    minutes_to_act_after_threshold: spread(
      counted.flatMap(({ treatedAt, onset, thresholdMs }) =>
        treatedAt === null ? [] : [treatedAt - onset - thresholdMs],
      ),
    ),
    minutes_to_recovery: spread(counted.flatMap(({ end, onset }) => (end === null ? [] : [end - onset]))),
    acts: acts.length,
    acts_by_kind: Object.fromEntries(
      rungKinds.map((kind) => [kind, acts.filter((act) => act.kind === kind).length]),
    ) as Record<RungKind, number>,
    acts_per_agent_per_day: acts.length / agents.length / days,
    false_alarms: falseAlarms.length,
    false_alarms_by_state: tally(falseAlarms.map(({ state, kind }) => `${state}: ${kind}`)),
    kills: killed.length,
    false_kills: falseKills,
    false_kill_rate: falseKillRate,
    false_kills_per_healthy_task: share(falseKills, tasks.created - truth.troubledTasks.size, 0),
    false_kills_per_agent_day: falseKills / agents.length / days,
    nudged_twice: nudgedTwice,
    room_lines: truth.lines,
    room_lines_per_day: truth.lines / days,
    by_class: Object.fromEntries(
      stallStates.flatMap((state) => {
        const own = fleet.troubles.filter((trouble) => trouble.class === state)
        return own.length === 0 ? [] : [[state, classFigures(own, everyMs, endsAt)]]
      }),
    ),
    targets: {
      recall: { value: recall, limit: 0.99, met: recall >= 0.99 },
      false_kill_rate: { value: falseKillRate, limit: 0.001, met: falseKillRate <= 0.001 },
      late: { value: late, limit: 0, met: late === 0 },
      nudged_twice: { value: nudgedTwice, limit: 0, met: nudgedTwice === 0 },
    },
    definitions,
  }
}

function classFigures(own: readonly Trouble[], everyMs: number, endsAt: number): ClassFigures {
  const counted = own.filter((trouble) => counts(trouble, everyMs, endsAt) && isSeeable(trouble))
  const found = counted.filter(isFound)
  return {
    injected: own.length,
    counted: counted.length,
    found: found.length,
    missed: counted.length - found.length,
    late: own.filter((trouble) => isLate(trouble, everyMs, endsAt)).length,
    called: tally(found.map(({ detectedAs }) => detectedAs ?? 'not named')),
    minutes_to_recovery_p50: spread(counted.flatMap(({ end, onset }) => (end === null ? [] : [end - onset]))).p50,
  }
}

/** What was found, or treated early, could be seen. */
function isSeeable({ seeable, detectedAt }: Trouble): boolean {
  return seeable || detectedAt !== null
}

function isFound({ detectedAt }: Trouble): boolean {
  return detectedAt !== null
}

function isCalledRight(trouble: Trouble): boolean {
  return trouble.detectedAs === trouble.class
}

function share(part: number, whole: number, ofNone: number): number {
  return whole === 0 ? ofNone : part / whole
}

/** In minutes. */
function spread(samples: readonly number[]): Spread {
  if (samples.length === 0) return { p50: null, p99: null }
  return { p50: quantile(samples, 0.5) / minuteMs, p99: quantile(samples, 0.99) / minuteMs }
}

function tally(words: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const word of words) counts[word] = (counts[word] ?? 0) + 1
  return counts
}
