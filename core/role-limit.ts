import type { Action, Limit } from './authority.ts'
import type { Role } from './role.ts'

/** The tools that stand for an action on tasks; any of them will do. Actions that are not here no role narrows. */
const taskTools: Partial<Record<Action, readonly string[]>> = {
  'task.assign': ['create_task'],
  // Who works on a task has to see it.
  'task.see': ['list_tasks', 'get_my_next_task', 'update_task_status'],
  'task.work': ['update_task_status'],
  'task.approve': ['update_task_status'],
  'task.change': ['create_task'],
}

/** What a role file lets the role do, for others or by itself: only what its `tools` list. */
export function roleLimit({ name, tools }: Pick<Role, 'name' | 'tools'>): Limit {
  const listed = tools === 'none' ? [] : (tools.tasks ?? [])
  return {
    name,
    allows: (action) => taskTools[action]?.some((tool) => listed.includes(tool)) ?? true,
  }
}
