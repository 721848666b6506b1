import { subjectToken } from '../subject.ts'
import type { TaskCommit, TaskEvent } from '../task/commit.ts'
import type { Task } from '../task/task.ts'
import type { RoleDay } from './role-day.ts'

const nothing = {
  assigned: 0,
  completed: 0,
  failed: 0,
  cancelled: 0,
  returned: 0,
  claims: 0,
  hand_ins: 0,
  execution_ms: 0,
  longest_ms: 0,
  checks_passed: 0,
  checks_failed: 0,
  check_ms: 0,
  model_calls: 0,
  tokens_in: 0,
  tokens_out: 0,
  usd: 0,
}
/** What is counted for a role: see core/state/role-day. */
export type Figures = typeof nothing
const names = Object.keys(nothing) as (keyof Figures)[]

/** What a role did at once, to be added to its day; of `longest_ms` the longer one counts. */
export interface Measured {
  role: string
  /** UTC: `2026-11-22`. */
  day: string
  adds: Partial<Figures>
}

/**
 * What a commit comes to for the roles that had to do with it, each of them once; `before` and `after` are the task without and with it.
 *
 * All goes to the role whose turn it was, whoever worked there: people at a seat work for its role. So a task that was completed goes to
 * its builder, not to whoever judged it, and one that failed while it was planned goes to its planner. A hand-in is not accepted once at
 * most: when it comes back, or is the last that failed. One that goes from a reviewer to the tester again still stands. Who gets their own
 * plan back was not assigned anything. A task that had failed and is then cancelled has been counted.
 *
 * Execution is the time from a claim to the hand-in under its epoch, as far as the claim is known: what was taken away and taken up again
 * counts from there. Where the clock went back in between, or the claim came with the hand-in, it is 0.
 */
export function measure(before: Task | null, after: Task, commit: TaskCommit): Measured[] {
  const byRole = new Map<string, Figures>()
  // No commit has two turns in it, so all its events are seen from where the task stood before.
  const task = before ?? after
  for (const event of commit.events) {
    for (const [role, adds] of creditsOf(task, event, commit.at)) {
      byRole.set(role, added(byRole.get(role) ?? nothing, adds))
    }
  }
  const day = dayOf(commit.at)
  return [...byRole].map(([role, figures]) => ({ role, day, adds: withoutZeros(figures) }))
}

/**
 * A role's day with what was measured, one revision higher; `day` is the same day of the same role, or null before anything was.
 * Counts stop at what a number holds exactly.
 */
export function withMeasured(day: RoleDay | null, { role, day: date, adds }: Measured): RoleDay {
  const known: RoleDay = day ?? { id: roleDayId(role, date), revision: 0, role, day: date, ...nothing }
  return { ...known, ...added(known, adds), revision: known.revision + 1 }
}

/** The id of a role's day: `2026-11-22.cto`. */
export function roleDayId(role: string, day: string): string {
  return `${day}.${subjectToken(role)}`
}

/** The day of a moment, UTC. */
export function dayOf(at: string): string {
  return at.slice(0, 10)
}

type Credit = readonly [role: string, adds: Partial<Figures>]

function creditsOf(task: Task, event: TaskEvent, at: string): Credit[] {
  const { role, builder = role, prep, status } = task
  const handedIn = status === 'verifying'
  switch (event.type) {
    case 'created':
      return [[role, { assigned: 1 }]]
    case 'reassigned':
      return event.role === role ? [] : [[event.role, { assigned: 1 }]]
    case 'claimed':
      return [[role, { claims: 1 }]]
    case 'submitted':
      return [[role, handIn(task, event.epoch, at)]]
    case 'prepared':
      return [
        [role, handIn(task, event.epoch, at)],
        [builder, { assigned: 1 }],
      ]
    case 'step_passed':
    case 'step_failed': {
      const { run } = event.evidence
      if (run === undefined) return []
      const check_ms = Math.round(run.duration_ms)
      return [[role, event.type === 'step_passed' ? { checks_passed: 1, check_ms } : { checks_failed: 1, check_ms }]]
    }
    case 'returned':
      return handedIn ? [[role, { returned: 1 }]] : []
    case 'sent_back':
      return event.to === 'qa' ? [] : [[prep ?? role, { returned: 1 }]]
    case 'completed':
      return [[role, { completed: 1 }]]
    case 'failed':
      return [[role, handedIn ? { failed: 1, returned: 1 } : { failed: 1 }]]
    case 'cancelled':
      return status === 'failed' ? [] : [[role, { cancelled: 1 }]]
    default:
      return []
  }
}

function handIn({ claim }: Task, epoch: number, at: string): Partial<Figures> {
  const took = claim?.epoch === epoch ? Math.max(0, Date.parse(at) - Date.parse(claim.at)) : 0
  return { hand_ins: 1, execution_ms: took, longest_ms: took }
}

function added(figures: Figures, adds: Partial<Figures>): Figures {
  const sums = names.map((name) => {
    const [had, more] = [figures[name], adds[name] ?? 0]
    if (name === 'longest_ms') return [name, Math.max(had, more)]
    // In binary the tenths of a cent add up to neither.
    if (name === 'usd') return [name, Math.round((had + more) * 1e9) / 1e9]
    return [name, Math.min(had + more, Number.MAX_SAFE_INTEGER)]
  })
  return Object.fromEntries(sums)
}

function withoutZeros(figures: Figures): Partial<Figures> {
  return Object.fromEntries(Object.entries(figures).filter(([, figure]) => figure !== 0))
}
