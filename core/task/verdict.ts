import type { TaskEvent } from './commit.ts'
import { judgedResult } from './judged-result.ts'
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

/** What is judged, where whoever judges had something certain before them. */
interface About {
  about?: string | null
}

/** A yes to the pending review or approval. */
export function approve(task: Task, said: About & { comment: string }, doer: Doer, world: TaskWorld): TaskEvent[] {
  return judged(task, { ...verdictOf(task, said, doer, world), passed: true, comment: said.comment }, '')
}

/** A no to it, with the reason. */
export function reject(task: Task, said: About & { reason: string }, doer: Doer, world: TaskWorld): TaskEvent[] {
  return judged(task, { ...verdictOf(task, said, doer, world), passed: false, comment: said.reason }, said.reason)
}

function verdictOf(
  task: Task,
  { about = null }: About,
  doer: Doer,
  world: TaskWorld,
): Omit<Evidence, 'passed' | 'comment'> {
  const step = pendingStep(task)
  if (step === null) throw refusal('not-verifying', `${task.label} is ${task.status}; there is nothing to judge.`)
  if (step.kind === 'check') {
    throw refusal('check-pending', `${task.label} waits for \`${step.check}\`, which only the system can run.`)
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
  return [
    { type: 'step_failed', evidence },
    spent ? { type: 'failed', reason } : { type: 'returned', reason, counted: true },
  ]
}
