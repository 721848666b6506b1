import { describe, expect, it } from 'vitest'
import { stateEntrySchema } from '../../../core/state/entry.ts'
import type { Task } from '../../../core/task/task.ts'
import { dayRecord, knowledgeRecord, taskChange } from '../../support/state.ts'

function created(task: Partial<Task>, place = 1) {
  const [placed] = taskChange(1, 1, { task, place: () => place }).commits
  return { section: 'commits', ...placed }
}
const isTaken = (entry: object) => stateEntrySchema.safeParse(entry).success

describe('what comes in from elsewhere', () => {
  it('is taken as this house would have written it', () => {
    expect(isTaken(created({}))).toBe(true)
    expect(isTaken(created({ label: 't-1000000000' }, 1e12))).toBe(true)
  })

  it.each(['x', 't-', 't-0', 't-01', 't-1e30', 't-9999999999999999', 't-1\u001b[2J'])(
    'is no task under the label %j, which would leave none for those that follow',
    (label) => {
      expect(isTaken(created({ label }))).toBe(false)
    },
  )

  it.each(['a.b', '*', 'a b', '../a', '__proto__ x'])('is no task under the key %j, which is no token', (key) => {
    expect(isTaken(created({ key }))).toBe(false)
  })

  it('leaves places and revisions for what follows', () => {
    expect(isTaken(created({}, Number.MAX_SAFE_INTEGER))).toBe(false)
    const most = Number.MAX_SAFE_INTEGER
    expect(isTaken({ section: 'knowledge', record: knowledgeRecord('a', most) })).toBe(false)
    expect(isTaken({ section: 'metrics', record: dayRecord('cto', '2026-11-22', most) })).toBe(false)
  })
})
