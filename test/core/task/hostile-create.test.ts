import { expect, it } from 'vitest'
import { create } from '../../../core/task/create.ts'
import { taskDraftSchema } from '../../../core/task/request.ts'
import type { Step } from '../../../core/task/task.ts'
import type { TaskWorld } from '../../../core/task/world.ts'
import { taskRole } from '../../support/tasks.ts'

const world: TaskWorld = {
  roles: new Map([['cto', taskRole()]]),
  checks: new Set(),
  timeZone: 'UTC',
}

/** So many side by side, each followed by as many again. */
function followUps(wide: number, deep: number): object[] {
  if (deep === 0) return []
  return Array.from({ length: wide }, () => ({
    publish_to: 'cto',
    payload_template: { title: 'Again', acceptance_criteria: ['done'], on_complete: followUps(wide, deep - 1) },
  }))
}

function ask(wide: number, deep: number, { roles = world.roles, verification = [] as Step[] } = {}): void {
  const more = { acceptance_criteria: ['done'], on_complete: followUps(wide, deep), verification }
  const draft = taskDraftSchema.parse({ role: 'cto', title: 'First', ...more })
  const place = { room: { name: 'breakroom', visibility: 'public' } } as const
  const authority = { requester: 'human-alice', tier: 'member', name: 'alice', chain: [] } as const
  create(
    { label: 't-1', draft, place, authority: { ...authority, chain: [] }, dependencies: [], parent: null },
    { ...world, roles },
  )
}

it('S35: one assignment cannot become more tasks than a person could mean', () => {
  expect(() => ask(4, 2)).not.toThrow()
  expect(() => ask(1, 7)).not.toThrow()
  expect(() => ask(4, 5)).toThrow(
    expect.objectContaining({ detail: expect.objectContaining({ rule: 'too-many-follow-ups' }) }),
  )
})

it('nobody is asked for a review who could never give it', () => {
  const withReviewers = new Map([
    ...world.roles,
    ['cso', taskRole({ takesTasks: false })],
    ['cfo', taskRole({ takesTasks: false, people: true })],
  ])
  const reviewedBy = (by: string) => () => ask(1, 0, { roles: withReviewers, verification: [{ kind: 'review', by }] })
  expect(reviewedBy('cso')).toThrow(
    'cso cannot review: its role file does not list update_task_status under tools.tasks.',
  )
  // Where people sit, they do it.
  expect(reviewedBy('cfo')).not.toThrow()
})
