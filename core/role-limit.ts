import type { Action, Limit } from './authority.ts'
import type { Role } from './role.ts'

/** The tools that stand for an action, by server; any of them will do. Actions that are not here no role narrows. */
const toolsFor: Partial<Record<Action, { server: string; tools: readonly string[] }>> = {
  'task.assign': { server: 'tasks', tools: ['create_task'] },
  // Who works on a task has to see it.
  'task.see': { server: 'tasks', tools: ['list_tasks', 'get_my_next_task', 'update_task_status'] },
  'task.work': { server: 'tasks', tools: ['update_task_status'] },
  'task.approve': { server: 'tasks', tools: ['update_task_status'] },
  'task.change': { server: 'tasks', tools: ['create_task'] },
  'task.ping': { server: 'tasks', tools: ['ping_worker'] },
  'task.take-back': { server: 'tasks', tools: ['hand_back_task'] },
  'task.hand-on': { server: 'tasks', tools: ['reassign_task'] },
  'task.escalate': { server: 'tasks', tools: ['escalate_task'] },
  'task.answer': { server: 'tasks', tools: ['answer_question'] },
  'task.watch': { server: 'tasks', tools: ['watch_tasks'] },
  'evidence.record': { server: 'tasks', tools: ['update_task_status'] },
  'letter.see': { server: 'tasks', tools: ['list_dead_letters'] },
  'knowledge.ask': { server: 'knowledge', tools: ['ask'] },
  'knowledge.vote': { server: 'knowledge', tools: ['ask'] },
}

/** What a role file lets the role do, for others or by itself: only what its `tools` list. */
export function roleLimit({ name, tools }: Pick<Role, 'name' | 'tools'>): Limit {
  const listed: Record<string, string[]> = tools === 'none' ? {} : tools
  return {
    name,
    allows(action) {
      const needed = toolsFor[action]
      return needed === undefined || needed.tools.some((tool) => listed[needed.server]?.includes(tool) ?? false)
    },
  }
}
