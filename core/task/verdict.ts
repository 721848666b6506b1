import type { TaskEvent } from './commit.ts'
import { judgedResult } from './judged-result.ts'
import { isHolder, mayWorkAt, whyNotJudge } from './standing.ts'
import { isPersonStep, isQa, pendingStep } from './steps.ts'
import type { Evidence, RejectionCategory, Task } from './task.ts'
import { type Doer, refusal, type TaskWorld } from './world.ts'

/** What the pending check or artifact came to. What was seen for another submission or step changes nothing. */
export function recordCheck(task: Task, evidence: Evidence): TaskEvent[] {
  const step = pendingStep(task)
  const isCurrent = evidence.epoch === task.result?.epoch && evidence.step === task.passed
  if (step === null || !isCurrent) return []
  if (step.kind === 'artifact') {
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
    return [
      { type: 'step_passed', evidence: seen },
      { type: 'doubted', reason: doubts.join(' ').slice(0, 2_000) },
    ]
  }
  return judged(task, seen, `\`${run.check}\` ${run.ended ?? `ended with ${run.exit_code ?? 'no exit code'}`}`)
}

/** The files are not those that were checked: what passed counts no more. */
export function recheck(task: Task, reason: string): TaskEvent[] {
  return task.status === 'verifying' && task.passed > 0 ? [{ type: 'rechecked', reason }] : []
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
  if (isPlanOf(task) && mayWorkAt(task, doer, world)) return rejectPlan(task, reason, said.category ?? 'spec', doer)
  const evidence = { ...verdictOf(task, said, doer, world), passed: false, comment: reason, category }
  const tester = task.verification.findIndex(isQa)
  const step = pendingStep(task)
  // Whoever tried it looks again first. A second no to the same submission goes to whoever built it.
  const again = task.evidence.some(
    (one) => !one.passed && one.epoch === evidence.epoch && one.by !== null && one.step > tester,
  )
  if (step !== null && !isQa(step) && tester !== -1 && tester < task.passed && !again) {
    return [
      { type: 'step_failed', evidence },
      { type: 'sent_back', to: 'qa', category, reason },
    ]
  }
  return judged(task, evidence, reason)
}

/** Whether there is a plan that somebody is to build from now. */
function isPlanOf({ prep, plan, stage, status }: Task): boolean {
  const inHand = status === 'open' || status === 'claimed' || status === 'working' || status === 'blocked'
  return prep !== null && plan !== null && stage === 'ready-for-dev' && inHand
}

function rejectPlan(task: Task, reason: string, category: RejectionCategory, doer: Doer): TaskEvent[] {
  if (task.claim !== null && !isHolder(task, doer)) {
    throw refusal('claimed', `${task.label} is held by somebody else, who has to say that.`, { by: task.claim.by })
  }
  // Planner and builder may not hand it to and fro for ever.
  return task.attempts + 1 >= task.budget.attempts
    ? [{ type: 'failed', reason }]
    : [{ type: 'sent_back', to: 'ready-for-prep', category, reason }]
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
  return { step: task.passed, epoch: task.result?.epoch ?? task.epoch, by: doer.actor }
}

function judged(task: Task, evidence: Evidence, reason: string): TaskEvent[] {
  if (evidence.passed) {
    const last = task.passed + 1 >= task.verification.length
    return [{ type: 'step_passed', evidence }, ...(last ? [{ type: 'completed' } as const] : [])]
  }
  const spent = task.attempts >= task.budget.attempts
  const { category } = evidence
  return [
    { type: 'step_failed', evidence },
    spent
      ? { type: 'failed', reason }
      : { type: 'returned', reason, counted: true, ...(category === undefined ? {} : { category }) },
  ]
}
