import type { TaskCommit, TaskEvent } from './commit.ts'
import { isPersonStep, pendingStep } from './steps.ts'
import type { Task } from './task.ts'
import { system } from './world.ts'

/** The last sign of life of whoever has it, ISO 8601; of what older writers wrote, the last change. */
export function aliveAt({ alive_at, updated_at }: Pick<Task, 'alive_at' | 'updated_at'>): string {
  return alive_at || updated_at
}

/** What watching does is no sign that anybody works, nor is a bot's word that it arrived; every other word of a person or a role is. */
const watching: readonly TaskEvent['type'][] = [
  'pinged',
  'taken_back',
  'escalated',
  'parked',
  'reminded',
  'reassigned',
  'answered',
  'asked',
]

/** Whether a commit shows that somebody works on the task, or looks after it. */
export function isSignOfLife({ by, events }: TaskCommit): boolean {
  return (
    by !== system.actor &&
    events.some((event) =>
      event.type === 'acknowledged'
        ? event.arrived !== true
        : !watching.includes(event.type) || !('rung' in event || event.type === 'parked'),
    )
  )
}

/** Somebody gave a sign of life: whoever was told of its standing still can forget it. */
export function undone(task: Task): Task {
  return { ...task, escalation: null, watched: task.watched === null ? null : { ...task.watched, answered: true } }
}

/** Whether it came to somebody: to a seat, or to whoever judges it. */
export function isTurned(before: Task | null, after: Task): boolean {
  if (before === null || after.opened_at !== before.opened_at) return true
  const judged = judgedStep(after)
  return judged !== null && judged !== judgedStep(before)
}

/** Which step somebody has to judge now, or null when nobody has to. */
function judgedStep(task: Task): number | null {
  const step = pendingStep(task)
  return step !== null && isPersonStep(step) ? task.passed : null
}
