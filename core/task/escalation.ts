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
  const rung = (escalation?.rung ?? 0) + 1
  if (escalation?.to === founder) return [{ type: 'parked', to: founder, reason }]
  // Role files change under a task; whatever they say, the line ends. Also when it is the founder's own turn, that is said once.
  const to = rung > world.roles.size ? founder : above(escalation?.to ?? turnOf(task, world), world)
  return [{ type: 'escalated', rung, to, reason }]
}
