import { describe, expect, it } from 'vitest'
import { type Step, taskSchema } from '../../../core/task/task.ts'
import { system } from '../../../core/task/world.ts'
import { ada, approve, asked, bob, claim, ran, type Story, seat, submit } from '../../support/task-story.ts'

const check: Step = { kind: 'check', check: 'tests' }
const qa: Step = { kind: 'review', by: 'cso', stage: 'qa' }

/** What comes next until nothing does: every check passes and is doubted, everybody says yes; again as often as `rechecks`. */
function toTheEnd(story: Story, rechecks: number): { story: Story; most: number } {
  let [now, most, left] = [story, 0, rechecks]
  for (;;) {
    const { task } = now
    // As it is kept, and read again.
    expect(taskSchema.safeParse(JSON.parse(JSON.stringify(task))).error).toBeUndefined()
    most = Math.max(most, task.verification.length)
    if (task.status !== 'verifying') return { story: now, most }
    const step = task.verification[task.passed]
    const told = { step: task.passed, epoch: task.result?.epoch ?? 1 }
    if (left > 0 && task.passed === task.verification.length - 1) {
      left--
      now = now.and([{ type: 'recheck', reason: 'src/limit.ts changed' }, system])
    } else if (step?.kind === 'check') now = now.and([ran(told, { doubts: ['3 tests fewer.'] }), system])
    else now = now.and([approve, step?.kind === 'review' ? (step.by === null ? ada : seat(step.by)) : bob])
  }
}

describe('S31: however many checks are doubted', () => {
  it.each([
    ['all eight steps', Array<Step>(8).fill(check), 16],
    ['seven, and an adversary, whom somebody reviews', [...Array<Step>(7).fill(check), qa], 16],
  ])('of %s, the task stays one that can be read, and comes to its end', (_, verification, most) => {
    const begun = asked({ verification }).and([claim, seat('cto')], [submit, seat('cto', 1)])
    const { story, most: longest } = toTheEnd(begun, 3)
    expect(story.task.status).toBe('done')
    expect([longest <= 20, longest]).toEqual([true, most])
  })
})
