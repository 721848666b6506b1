import { expect, it } from 'vitest'
import { limitsSchema } from '../../../core/fleet-limits.ts'
import { type Role, roleSchema } from '../../../core/role.ts'
import { taskWorld } from '../../../core/task/world.ts'

/** What breakroom.yaml says. */
function fleet({ limits = {}, checks = {}, time_zone = 'UTC' }: Record<string, unknown> = {}) {
  return { limits: limitsSchema.parse(limits), checks, time_zone } as Parameters<typeof taskWorld>[1]
}

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
      role('marketing', { tools: 'none', escalation: { to: 'ceo', after_minutes: 5 } }),
    ],
    fleet(),
  )
  const known = { capabilities: new Set(['work']), wip: 10, patienceMinutes: 20, onComplete: [] }
  expect(Object.fromEntries(roles)).toEqual({
    ceo: { ...known, manager: 'founder', takesTasks: true, people: false },
    cto: { ...known, manager: 'ceo', takesTasks: true, people: true },
    devops: { ...known, manager: 'founder', takesTasks: true, people: true },
    cso: { ...known, manager: 'founder', takesTasks: false, people: true },
    marketing: { ...known, manager: 'founder', takesTasks: false, people: true, patienceMinutes: 5 },
  })
})

it('knows what a role can do whatever its case, how much at once, and what follows its tasks', () => {
  const next = { publish_to: 'cso', payload_template: { title: 'Look at {task_id}', acceptance_criteria: ['seen'] } }
  const { roles } = taskWorld(
    [role('backend', { capabilities: ['Code', 'APIs'], wip: 2, on_complete: [next] }), role('fullstack')],
    fleet({ limits: { tasks_in_hand: 4 } }),
  )
  expect(roles.get('backend')).toMatchObject({ capabilities: new Set(['code', 'apis']), wip: 2 })
  expect(roles.get('backend')?.onComplete).toMatchObject([next])
  expect(roles.get('fullstack')).toMatchObject({ wip: 4, onComplete: [] })
})

it('knows the checks by their names, and the time zone', () => {
  const checks = { 'npm test': ['npm', 'test'], true: ['true'] }
  const known = taskWorld([], fleet({ checks, time_zone: 'Asia/Tokyo' }))
  expect(known).toMatchObject({ checks: new Set(['npm test', 'true']), timeZone: 'Asia/Tokyo' })
})
