import { describe, expect, it, test } from 'vitest'
import type { Action } from '../../core/authority.ts'
import type { Role } from '../../core/role.ts'
import { roleLimit } from '../../core/role-limit.ts'

const taskActions: Action[] = ['task.assign', 'task.see', 'task.work', 'task.approve', 'task.change']
const allowed = (tools: Role['tools']) => taskActions.filter(roleLimit({ name: 'cto', tools }).allows)

describe('a role may do with tasks what its tools are for', () => {
  const cases: [string, Action[]][] = [
    ['create_task', ['task.assign', 'task.change']],
    ['list_tasks', ['task.see']],
    ['get_my_next_task', ['task.see']],
    ['update_task_status', ['task.see', 'task.work', 'task.approve']],
    ['another_tool', []],
    ['CREATE_TASK', []],
  ]
  test.each(cases)('%s: %j', (tool, actions) => {
    expect(allowed({ tasks: [tool] })).toEqual(actions)
  })

  it('all of them together', () => {
    expect(allowed({ tasks: ['create_task', 'list_tasks', 'update_task_status'] })).toEqual(taskActions)
  })
})

test('a role without tools, and one whose tools are another server’s, may do nothing with tasks', () => {
  expect(allowed('none')).toEqual([])
  expect(allowed({ github: ['create_task', 'update_task_status', 'list_tasks'] })).toEqual([])
})

test('S4: what no tool stands for is not narrowed; the rest is, under the role’s name', () => {
  const limit = roleLimit({ name: 'marketing', tools: 'none' })
  expect(limit.name).toBe('marketing')
  for (const action of ['mention', 'dm', 'command.say'] as const) expect(limit.allows(action)).toBe(true)
})

test('a role asks the knowledge proxy when its tools say so', () => {
  const may = (tools: Role['tools']) => roleLimit({ name: 'marketing', tools }).allows('knowledge.ask')
  expect(may({ knowledge: ['ask'] })).toBe(true)
  expect(may({ rooms: ['ask'] })).toBe(false)
  expect(may('none')).toBe(false)
})

test('a role that watches over tasks does of it what its tools are for, each by itself', () => {
  const tools: [string, Action][] = [
    ['watch_tasks', 'task.watch'],
    ['answer_question', 'task.answer'],
    ['ping_worker', 'task.ping'],
    ['hand_back_task', 'task.take-back'],
    ['reassign_task', 'task.hand-on'],
    ['escalate_task', 'task.escalate'],
  ]
  for (const [tool] of tools) {
    const { allows } = roleLimit({ name: 'sweep', tools: { tasks: [tool] } })
    expect(tools.filter(([, action]) => allows(action))).toEqual(tools.filter(([other]) => other === tool))
    expect(taskActions.filter(allows)).toEqual([])
  }
})
