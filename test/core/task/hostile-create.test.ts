import { expect, it } from 'vitest'
import { create } from '../../../core/task/create.ts'
import { taskDraftSchema } from '../../../core/task/request.ts'

const world = {
  roles: new Map([['cto', { manager: 'ceo', takesTasks: true, people: false }]]),
  checks: new Set<string>(),
}

/** So many side by side, each followed by as many again. */
function followUps(wide: number, deep: number): object[] {
  if (deep === 0) return []
  return Array.from({ length: wide }, () => ({
    publish_to: 'cto',
    payload_template: { title: 'Again', acceptance_criteria: ['done'], on_complete: followUps(wide, deep - 1) },
  }))
}

function ask(wide: number, deep: number): void {
  const more = { acceptance_criteria: ['done'], on_complete: followUps(wide, deep) }
  const draft = taskDraftSchema.parse({ role: 'cto', title: 'First', ...more })
  const place = { room: { name: 'breakroom', visibility: 'public' } } as const
  const authority = { requester: 'human-alice', tier: 'member', name: 'alice', chain: [] } as const
  create({ label: 't-1', draft, place, authority: { ...authority, chain: [] }, dependencies: [], parent: null }, world)
}

it('S35: one assignment cannot become more tasks than a person could mean', () => {
  expect(() => ask(4, 2)).not.toThrow()
  expect(() => ask(1, 7)).not.toThrow()
  expect(() => ask(4, 5)).toThrow(
    expect.objectContaining({ detail: expect.objectContaining({ rule: 'too-many-follow-ups' }) }),
  )
})
