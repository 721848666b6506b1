import type { TaskEvent } from './commit.ts'
import { whyNotJudge } from './standing.ts'
import type { Evidence, Step, Task } from './task.ts'
import { type Doer, refusal, type TaskWorld } from './world.ts'

/** The step that a submission waits for, or null when it waits for none. */
export function pendingStep(task: Pick<Task, 'status' | 'verification' | 'passed'>): Step | null {
  return task.status === 'verifying' ? (task.verification[task.passed] ?? null) : null
}

/** What a run of the pending check came to. A run for another submission or step changes nothing. */
export function recordCheck(task: Task, evidence: Evidence): TaskEvent[] {
  const step = pendingStep(task)
  const { run } = evidence
  const isCurrent = evidence.epoch === task.result?.epoch && evidence.step === task.passed
  if (step?.kind !== 'check' || run === undefined || run.check !== step.check || !isCurrent) return []
  // What the runner says about the end counts, whatever the flag says.
  const passed = run.exit_code === 0 && run.ended === null
  const reason = `\`${run.check}\` ${run.ended ?? `ended with ${run.exit_code ?? 'no exit code'}`}`
  return judged(task, { ...evidence, by: null, passed }, reason)
}

/** A yes to the pending review or approval. */
export function approve(task: Task, comment: string, doer: Doer, world: TaskWorld): TaskEvent[] {
  return judged(task, verdictOf(task, comment, true, doer, world), '')
}

/** A no to it, with the reason. */
export function reject(task: Task, reason: string, doer: Doer, world: TaskWorld): TaskEvent[] {
  return judged(task, verdictOf(task, reason, false, doer, world), reason)
}

function verdictOf(task: Task, comment: string, passed: boolean, doer: Doer, world: TaskWorld): Evidence {
  const step = pendingStep(task)
  if (step === null) throw refusal('not-verifying', `${task.label} is ${task.status}; there is nothing to judge.`)
  if (step.kind === 'check') {
    throw refusal('check-pending', `${task.label} waits for \`${step.check}\`, which only the system can run.`)
  }
  const why = whyNotJudge(task, step, doer, world)
  if (why !== null) throw refusal('not-the-judge', `You cannot judge ${task.label}: ${why}.`)
  return { step: task.passed, epoch: task.result?.epoch ?? task.epoch, passed, by: doer.actor, comment }
}

function judged(task: Task, evidence: Evidence, reason: string): TaskEvent[] {
  if (evidence.passed) {
    const last = task.passed + 1 >= task.verification.length
    return [{ type: 'step_passed', evidence }, ...(last ? [{ type: 'completed' } as const] : [])]
  }
  const spent = task.attempts >= task.budget.attempts
  return [
    { type: 'step_failed', evidence },
    spent ? { type: 'failed', reason } : { type: 'returned', reason, counted: true },
  ]
}
