import { isPerson } from '../person.ts'
import type { TaskEvent } from './commit.ts'
import { hold } from './holding.ts'
import { judgedResult } from './judged-result.ts'
import { mayWorkAt, whyNotJudge } from './standing.ts'
import { isPersonStep, isPlanOf, isQa, pendingStep } from './steps.ts'
import type { Evidence, RejectionCategory, Task } from './task.ts'
import { type Doer, refusal, type TaskWorld } from './world.ts'

/** What the pending check or artifact came to. What was seen for another submission or step changes nothing. */
export function recordCheck(task: Task, evidence: Evidence): TaskEvent[] {
  const step = pendingStep(task)
  const isCurrent = evidence.epoch === task.result?.epoch && evidence.step === task.passed
  if (step === null || !isCurrent) return []
  if (step.kind === 'artifact') {
    // A run of something says nothing about it.
    if (evidence.run !== undefined) return []
    const there = evidence.passed && evidence.artifact?.path === step.path
    return judged(task, { ...evidence, by: null, passed: there }, evidence.comment || `${step.path} is not there`)
  }
  const { run } = evidence
  if (step.kind !== 'check' || run === undefined || run.check !== step.check) return []
  // What the runner says about the end counts, whatever the flag says.
  const passed = run.exit_code === 0 && run.ended === null
  const doubts = passed ? (run.doubts ?? []) : []
  const seen = { ...evidence, by: null, passed }
  if (doubts.length > 0) {
    const reason = doubts.join(' ').slice(0, 2_000).trim() || 'what was checked looks odd'
    return [
      { type: 'step_passed', evidence: seen },
      { type: 'doubted', reason },
    ]
  }
  return judged(task, seen, `\`${run.check}\` ${run.ended ?? `ended with ${run.exit_code ?? 'no exit code'}`}`)
}

/** How often the files may change under a submission while it is looked at. */
const mostRechecks = 3

/**
 * The files are not those that were checked: what passed counts no more. Files that keep changing are not handed in; then the submission
 * is a failed try.
 */
export function recheck(task: Task, reason: string): TaskEvent[] {
  if (task.status !== 'verifying' || task.passed === 0) return []
  if (task.rounds < mostRechecks) return [{ type: 'rechecked', reason }]
  return [backOrSpent(task, `${reason.slice(0, 1_900)} (its files changed again while it was looked at)`)]
}

/** What is judged, where whoever judges had something certain before them. */
interface About {
  about?: string | null
}

/** A no, with its reason and what kind it is. */
export interface Rejection extends About {
  reason: string
  category?: RejectionCategory
}

/** A yes to the pending review or approval. */
export function approve(task: Task, said: About & { comment: string }, doer: Doer, world: TaskWorld): TaskEvent[] {
  return judged(task, { ...verdictOf(task, said, doer, world), passed: true, comment: said.comment }, '')
}

/**
 * A no: to a submission by whoever judges it, which goes one stage back; or to a plan by whoever is to build from it, which goes back
 * to its planner.
 */
export function reject(task: Task, said: Rejection, doer: Doer, world: TaskWorld): TaskEvent[] {
  const { reason, category = 'other' } = said
  if (isPlanOf(task) && speaksForSeat(task, doer, world)) return rejectPlan(task, reason, said.category ?? 'spec', doer)
  const evidence = { ...verdictOf(task, said, doer, world), passed: false, comment: reason, category }
  const tester = task.verification.findIndex(isQa)
  // Whoever tried it looks again first. A second no to the same submission goes to whoever built it.
  const again = task.evidence.some((one) => !one.passed && one.epoch === evidence.epoch && one.by !== null)
  if (tester !== -1 && tester < task.passed && !again) {
    return [
      { type: 'step_failed', evidence },
      { type: 'sent_back', to: 'qa', category, reason },
    ]
  }
  return judged(task, evidence, reason)
}

/** A program has to hold what it speaks of, as with all that it writes. */
function speaksForSeat(task: Task, doer: Doer, world: TaskWorld): boolean {
  return isPerson(doer.actor) ? mayWorkAt(task, doer, world) : doer.actor === task.role
}

function rejectPlan(task: Task, reason: string, category: RejectionCategory, doer: Doer): TaskEvent[] {
  // People need not take it to say that.
  const held = task.claim === null && isPerson(doer.actor) ? [] : hold(task, doer)
  // Planner and builder may not hand it to and fro for ever.
  return task.attempts + 1 >= task.budget.attempts
    ? [...held, { type: 'failed', reason }]
    : [...held, { type: 'sent_back', to: 'ready-for-prep', category, reason }]
}

function verdictOf(
  task: Task,
  { about = null }: About,
  doer: Doer,
  world: TaskWorld,
): Omit<Evidence, 'passed' | 'comment'> {
  const step = pendingStep(task)
  if (step === null) throw refusal('not-verifying', `${task.label} is ${task.status}; there is nothing to judge.`)
  if (!isPersonStep(step)) {
    const what = step.kind === 'check' ? `\`${step.check}\`, which only the system can run` : step.path
    throw refusal('check-pending', `${task.label} waits for ${what}.`)
  }
  if (about !== null && about !== judgedResult(task)) {
    throw refusal(
      'another-result',
      `${task.label} has gone on since: what you saw is not what waits now. Look at it again.`,
    )
  }
  const why = whyNotJudge(task, step, doer, world)
  if (why !== null) throw refusal('not-the-judge', `You cannot judge ${task.label}: ${why}.`)
  const seen = { step: task.passed, epoch: task.result?.epoch ?? task.epoch, by: doer.actor }
  return isQa(step) ? { ...seen, tried: true } : seen
}

function judged(task: Task, evidence: Evidence, reason: string): TaskEvent[] {
  if (evidence.passed) {
    const last = task.passed + 1 >= task.verification.length
    return [{ type: 'step_passed', evidence }, ...(last ? [{ type: 'completed' } as const] : [])]
  }
  return [{ type: 'step_failed', evidence }, backOrSpent(task, reason, evidence.category)]
}

/** Back to its seat, unless that was the last try. */
function backOrSpent({ attempts, budget }: Task, reason: string, category?: RejectionCategory): TaskEvent {
  if (attempts >= budget.attempts) return { type: 'failed', reason }
  return { type: 'returned', reason, counted: true, ...(category === undefined ? {} : { category }) }
}
