import { expect, it } from 'vitest'
import { type Role, roleSchema } from '../../../core/role.ts'
import { taskWorld } from '../../../core/task/world.ts'

function role(name: string, changes: Record<string, unknown> = {}): Role {
  return roleSchema.parse({
    name,
    nick: name,
    reports_to: 'founder',
    mission: 'Works.',
    rooms: ['breakroom'],
    capabilities: ['work'],
    tools: { tasks: ['update_task_status'] },
    forbidden_actions: ['harm'],
    brain: { kind: 'none' },
    loop_strategy: 'on_task',
    escalation: { to: 'founder', after_minutes: 20 },
    ...changes,
  })
}

it('knows of each role whom it reports to, whether it takes tasks, and whether people do its work', () => {
  const program = { kind: 'command', command: 'true' }
  const { roles } = taskWorld(
    [
      role('ceo', { brain: program }),
      role('cto', { reports_to: 'ceo' }),
      role('devops', { brain: { kind: 'mcp' } }),
      role('cso', { tools: { tasks: ['create_task', 'list_tasks'] } }),
      role('marketing', { tools: 'none' }),
    ],
    {},
  )
  expect(Object.fromEntries(roles)).toEqual({
    ceo: { manager: 'founder', takesTasks: true, people: false },
    cto: { manager: 'ceo', takesTasks: true, people: true },
    devops: { manager: 'founder', takesTasks: true, people: true },
    cso: { manager: 'founder', takesTasks: false, people: true },
    marketing: { manager: 'founder', takesTasks: false, people: true },
  })
})

it('knows the checks by their names', () => {
  expect(taskWorld([], { 'npm test': ['npm', 'test'], true: ['true'] }).checks).toEqual(new Set(['npm test', 'true']))
})
