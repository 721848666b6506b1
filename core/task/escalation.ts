import { founder } from '../role.ts'
import type { TaskEvent } from './commit.ts'
import { above, turnOf } from './standing.ts'
import type { Task } from './task.ts'
import type { TaskWorld } from './world.ts'

/**
 * Tells the next one up the `reports_to` line, from whose turn it is, never sideways; above the founder the task is parked, where
 * everybody sees it, and goes round no more.
 */
export function stepUp(task: Task, reason: string, world: TaskWorld): TaskEvent[] {
  const { escalation } = task
  if (escalation?.parked === true) return []
  const from = escalation?.to ?? turnOf(task, world)
  const to = above(from, world)
  if (to !== null) return [{ type: 'escalated', rung: (escalation?.rung ?? 0) + 1, to, reason }]
  // Whose turn it is may be the founder's own: that is said once before it is parked.
  return escalation === null
    ? [{ type: 'escalated', rung: 1, to: founder, reason }]
    : [{ type: 'parked', to: founder, reason }]
}
