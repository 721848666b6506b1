import type { Step, Task } from './task.ts'

/** A step that the system sees to by itself. */
type OwnStep = Extract<Step, { kind: 'check' | 'artifact' }>
/** A step that somebody has to judge. */
export type PersonStep = Exclude<Step, OwnStep>

/** Whether somebody has to judge it: a role or a person. */
export function isPersonStep(step: Step): step is PersonStep {
  return step.kind === 'review' || step.kind === 'approval'
}

/** Whether it is the adversary's. */
export function isQa(step: Step): boolean {
  return step.kind === 'review' && step.stage === 'qa'
}

/** The step that a submission waits for, or null when it waits for none. */
export function pendingStep(task: Pick<Task, 'status' | 'verification' | 'passed'>): Step | null {
  return task.status === 'verifying' ? (task.verification[task.passed] ?? null) : null
}

/** The roles that have a part in a task, as far as they are named: whoever plans it, builds it, and judges it. */
export function seatsOf(task: Pick<Task, 'role' | 'prep' | 'builder' | 'verification'>): string[] {
  const { role, prep, builder } = task
  return [role, ...(prep === null ? [] : [prep]), ...(builder === undefined ? [] : [builder]), ...reviewersOf(task)]
}

/** The roles that are to judge a task, as far as they are named. */
export function reviewersOf({ verification }: Pick<Task, 'verification'>): string[] {
  return verification.flatMap((step) => (step.kind === 'review' && step.by !== null ? [step.by] : []))
}

/** Whether there is a plan that somebody is to build from now. */
export function isPlanOf({ prep, plan, stage, status }: Pick<Task, 'prep' | 'plan' | 'stage' | 'status'>): boolean {
  const inHand = status === 'open' || status === 'claimed' || status === 'working' || status === 'blocked'
  return prep !== null && plan !== null && stage === 'ready-for-dev' && inHand
}
