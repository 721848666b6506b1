import type { Task } from '../../core/task/task.ts'

/** What a program reads of its task on standard input, as JSON: everything it needs to do it, or to judge what was done. */
export function workOrder(task: Task): string {
  const { label, role, title, description, priority, acceptance_criteria, context, verification, notes, evidence } =
    task
  const order = {
    task: label,
    role,
    title,
    description,
    priority,
    acceptance_criteria,
    context,
    verification,
    epoch: task.epoch,
    attempts: task.attempts,
    /** What it is to be built from, if somebody planned it. */
    plan: task.plan?.text ?? null,
    /** Why it was sent back, if it was. */
    reason: task.reason,
    /** What is to be judged, when it is. */
    result: task.result?.text ?? null,
    notes,
    evidence,
  }
  return `${JSON.stringify(order)}\n`
}
