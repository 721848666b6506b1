import type { SweepReport } from '../../core/sweep/report.ts'
import { type RungKind, type StallState, stallStates } from '../../core/sweep/states.ts'
import { longestOf } from './distribution.ts'
import type { House } from './house.ts'
import type { Seat } from './seat.ts'
import type { Trouble } from './trouble.ts'
import type { VirtualTask } from './virtual-tasks.ts'

/** What takes something away from somebody: a watchdog that does this to somebody who is well is worse than none. */
export const kills: ReadonlySet<RungKind> = new Set(['restart', 'take_back', 'reassign'])

/** Something that was carried out; what changed nothing is no act. */
export interface Act extends Done {
  at: number
  /** The trouble that whoever it was done to was in; null for a false alarm. */
  about: StallState | null
}

/** What is known of a run: what was injected, and what sweeps said and did. Nothing of it is asked of the classifier. */
export interface Truth {
  readonly acts: readonly Act[]
  readonly sweeps: { whole: number; broken: number; held: number }
  /** Carried out twice under the same agent, task, epoch and rung; two rungs for one stall in one sweep. */
  readonly doubled: { sameRung: number; sameSweep: number }
  /** Tasks that somebody was in trouble with, by label. */
  readonly troubledTasks: ReadonlySet<string>
  /** What people read of it in rooms. */
  readonly lines: number
  /** The trouble it was about, or null for a false alarm. `box`: the task it was done to. */
  carriedOut(done: Done, box: VirtualTask | null): Trouble | null
  /** Whether it was not said before. */
  said(id: string): boolean
  /** The same of what a seat was told. */
  signalled(id: string): boolean
  /** Somebody may have been listening to nothing until now. */
  deafUntil(at: number): void
  beforeSweep(): void
  /**
   * `whole`: it was neither killed nor paused, and the bus was there. `tasks`: the task service was there. `nextMs`: until the next one is
   * due.
   */
  afterSweep(report: SweepReport | null, how: { whole: boolean; tasks: boolean; nextMs: number }): void
}

/** One rung that had an effect. */
interface Done {
  role: string
  task: string | null
  /** Of a deaf seat. */
  queue: 'inbox' | 'tasks' | null
  epoch: number
  rung: number
  kind: RungKind
  state: StallState
}

const minuteMs = 60_000

export function createTruth(house: House): Truth {
  const { fleet, timeline, scenario } = house
  const { noise } = scenario
  const acts: Act[] = []
  const sweeps = { whole: 0, broken: 0, held: 0 }
  const doubled = { sameRung: 0, sameSweep: 0 }
  const rungs = new Set<string>()
  const lines = new Set<string>()
  const signals = new Set<string>()
  const troubledTasks = new Set<string>()
  const inThisSweep = new Set<string>()
  /** So much later may be shown what happens. */
  const lateMs = longestOf(noise.late_captures_minutes)
  const skewMs = 2 * noise.clock_skew_minutes * minuteMs
  let listeningSince = timeline.now
  let wasHeld = false

  return {
    acts,
    sweeps,
    doubled,
    troubledTasks,
    get lines() {
      return lines.size
    },
    carriedOut({ role, task, queue, epoch, rung, kind, state }, box) {
      const seat = fleet.seats.get(role)
      const trouble = seat === undefined ? null : covering(seat, box, state)
      // A deaf seat is another stall than what waits there.
      const rungKey = `${role} ${queue} ${task} ${epoch} ${rung}`
      if (rungs.has(rungKey)) doubled.sameRung += 1
      rungs.add(rungKey)
      const stall = `${role} ${task}`
      if (inThisSweep.has(stall)) doubled.sameSweep += 1
      inThisSweep.add(stall)
      acts.push({ at: timeline.now, role, task, queue, epoch, rung, kind, state, about: trouble?.class ?? null })
      if (task !== null) {
        lines.add(`task ${rungKey}`)
        if (trouble !== null) troubledTasks.add(task)
      }
      if (trouble !== null) treated(trouble, kind)
      return trouble
    },
    said: (id) => isNew(lines, id),
    signalled: (id) => isNew(signals, id),
    deafUntil(at) {
      listeningSince = at
    },
    beforeSweep() {
      inThisSweep.clear()
    },
    afterSweep(report, { whole, tasks, nextMs }) {
      if (whole) sweeps.whole += 1
      else sweeps.broken += 1
      const named = new Map(report?.agents.map((agent) => [agent.role, agent]))
      const isHeld = report !== null && report.held !== null
      if (isHeld) sweeps.held += 1
      if (isHeld && !wasHeld) lines.add(`held ${timeline.now}`)
      if (report !== null) wasHeld = isHeld
      for (const seat of fleet.seats.values()) {
        const { trouble } = seat
        if (trouble === null) continue
        const finding = named.get(seat.agent.name)
        if (finding !== undefined && names(finding, trouble)) {
          trouble.detectedAt ??= timeline.now
          trouble.detectedAs ??= finding.state
          if (isHeld && finding.state === 'dead' && trouble.class === 'dead') treated(trouble, 'held')
        }
        const could = whole && (tasks || trouble.class === 'dead') && !(needsSession(trouble) && house.blind.has(seat))
        if (!could && trouble.treatedAt === null) trouble.lostMs += nextMs
        const due = dueAt(trouble)
        if (!could || timeline.now < due) continue
        trouble.seeable = true
        if (trouble.treatedAt === null) trouble.passedOver ??= due
      }
    },
  }

  function treated(trouble: Trouble, by: RungKind | 'held'): void {
    if (trouble.treatedAt !== null) return
    trouble.treatedAt = timeline.now
    trouble.treatedBy = by
    trouble.detectedAt ??= timeline.now
  }

  /** From then on a sweep has to do something about it. */
  function dueAt(trouble: Trouble): number {
    const { onset, thresholdMs } = trouble
    // Since when a seat is silent, or free, only whoever listens knows.
    const isHeard = trouble.class === 'dead' || trouble.class === 'idle-with-work'
    const seen = isHeard ? Math.max(onset, listeningSince) : onset
    const clocks = ['dead', 'deaf', 'zombie'].includes(trouble.class) ? 0 : skewMs
    return seen + thresholdMs + (needsSession(trouble) ? lateMs : 0) + clocks
  }

  /** The trouble that whoever this was done to was in; null when they were well, or this task of theirs was. */
  function covering(seat: Seat, box: VirtualTask | null, state: StallState): Trouble | null {
    const { trouble } = seat
    if (trouble === null) return null
    // What hangs and was given to somebody else is a zombie by now.
    if (state === 'zombie') return trouble.class === 'zombie' || seat.frozen ? trouble : null
    const worksOnIt = box !== null && seat.inHand === box && !seat.frozen && seat.up
    return worksOnIt ? null : trouble
  }

  function needsSession({ class: kind, onScreen }: Trouble): boolean {
    return onScreen || kind === 'stalled' || kind === 'looping'
  }
}

function isNew(known: Set<string>, id: string): boolean {
  const { size } = known
  return known.add(id).size > size
}

/** Whether a sweep says that somebody is in trouble, and not with another task. */
function names({ state, task }: SweepReport['agents'][number], trouble: Trouble): boolean {
  const isTrouble = (stallStates as readonly string[]).includes(state)
  return isTrouble && (typeof task !== 'string' || trouble.task === null || task === trouble.task)
}

/** Whether nothing was done about it within one sweep after its threshold, although a sweep could have. */
export function isLate({ passedOver, lostMs, treatedAt, end }: Trouble, everyMs: number, endsAt: number): boolean {
  return passedOver !== null && (treatedAt ?? end ?? endsAt) > passedOver + everyMs + lostMs
}

/** Whether it counts for how many are found: it would have lasted longer than its threshold and one sweep. */
export function counts(trouble: Trouble, everyMs: number, endsAt: number): boolean {
  const { onset, lasts, endedBy, end, thresholdMs } = trouble
  const until = endedBy === 'restarted' ? (end ?? endsAt) : Math.min(onset + lasts, endsAt)
  return until - onset > thresholdMs + everyMs
}
