import type { OpenTasks } from './open-tasks.ts'
import { isOver, priorities, type Task } from './task.ts'

/** The number in a label: `t-13` is 13. */
export function labelNumber(label: string): number {
  return Number(label.slice(2))
}

/** Negative when `a` comes before `b`: the higher priority, then the older. 0 for the same task only. */
export function byUrgency(a: Task, b: Task): number {
  return priorities.indexOf(b.priority) - priorities.indexOf(a.priority) || byAge(a, b)
}

/** Negative when `a` is older than `b`; 0 for the same task only. */
export function byAge(a: Task, b: Task): number {
  const age = labelNumber(a.label) - labelNumber(b.label)
  if (age !== 0 || a.key === b.key) return age
  return a.key < b.key ? -1 : 1
}

/**
 * `get_my_next_task` of every door: the role's first open task, or why there is none. `live` are the role's tasks that are not
 * over; they are only looked at when none is open.
 */
export function nextTask(open: OpenTasks, live: Iterable<Task>): { task: Task } | { task: null; hint: string } {
  if (open.first !== undefined) return { task: open.first }
  const others = [...live].filter((task) => !isOver(task))
  const waiting = others.filter(({ status }) => status === 'waiting')
  const held = others.filter(({ status }) => status !== 'waiting')
  const parts = [
    ...(held.length === 0
      ? []
      : [`${labels(held.map(({ label }) => label))} ${held.length === 1 ? 'is' : 'are'} in hand already`]),
    ...(waiting.length === 0
      ? []
      : [`${all(waiting.length, others.length)} blocked by ${labels(waiting.flatMap(blockers))}`]),
  ]
  return { task: null, hint: parts.length === 0 ? 'there is nothing to do' : parts.join('; ') }
}

function blockers({ waits_for }: Task): string[] {
  return waits_for.map(({ label }) => label)
}

function all(waiting: number, live: number): string {
  if (waiting < live) return waiting === 1 ? 'another is' : `${waiting} others are`
  return waiting === 1 ? 'your only task is' : 'all your tasks are'
}

/** `t-7`, `t-7 and t-9`, `t-1, t-2, t-3 and 4 more`. */
function labels(list: string[]): string {
  const different = [...new Set(list)].sort((a, b) => labelNumber(a) - labelNumber(b))
  const shown = different.slice(0, 3)
  if (different.length > 3) return `${shown.join(', ')} and ${different.length - 3} more`
  return shown.length < 2 ? shown.join('') : `${shown.slice(0, -1).join(', ')} and ${shown.at(-1)}`
}
