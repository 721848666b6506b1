import { describe, expect, it } from 'vitest'
import type { TaskCommit } from '../../../core/task/commit.ts'
import { effectsOf } from '../../../core/task/effects.ts'
import type { FollowUp } from '../../../core/task/task.ts'
import { system } from '../../../core/task/world.ts'
import {
  ada,
  approve,
  asked,
  bob,
  cancel,
  handBack,
  plan,
  reassign,
  refusalOf,
  reject,
  ring,
  type Story,
  seat,
  staged,
  submit,
  world,
} from '../../support/task-story.ts'
import { taskRole } from '../../support/tasks.ts'

function followUp(publish_to: string, title: string, on_complete: FollowUp[] = []): FollowUp {
  const payload_template = { title, description: '', acceptance_criteria: ['seen'], verification: [], on_complete }
  return { publish_to, payload_template }
}
const next = followUp('cso', 'Review {task_id}')
const also = followUp('devops', 'Deploy {task_id}')
const otherwise = followUp('ceo', 'Why did {task_id} fail?')
const chained = (attempts = 1) =>
  asked({ on_complete: [next, also], on_fail: [otherwise], budget: { attempts }, verification: [] })
const paths = (story: Story) =>
  effectsOf(story.commits.at(-1) as TaskCommit, story.task, world).flatMap((effect) =>
    effect.kind === 'follow-up' || effect.kind === 'drop-follow-up'
      ? [`${effect.kind} ${effect.failed ? 'else' : 'then'} ${effect.index}`]
      : [],
  )
const became = (index: number, label: string | null, failed: boolean) =>
  ({ type: 'follow', index, label, reason: label === null ? 'no room' : null, failed }) as const

describe('what follows', () => {
  it('when it is done is all of the one list and nothing of the other', () => {
    expect(paths(chained().and([submit, bob], [approve, ada]))).toEqual(['follow-up then 0', 'follow-up then 1'])
  })

  it('when it failed for good is all of the other, and what was to follow is dropped where people see it', () => {
    const expected = ['follow-up else 0', 'drop-follow-up then 0', 'drop-follow-up then 1']
    const failed: Story[] = [
      chained().and([submit, bob], [reject, ada]),
      chained().and([ring('bell'), seat('cto')], [handBack, seat('cto', 1)]),
      chained().and([{ type: 'give_up', doorbell: 'bell', reason: 'five deliveries' }, seat('cto')]),
      staged({ on_complete: [next, also], on_fail: [otherwise], budget: { attempts: 1 } }).and(
        [plan, bob],
        [ring('bell'), seat('cto')],
        [reject, seat('cto', 2)],
      ),
    ]
    for (const story of failed) {
      expect(story.task.status).toBe('failed')
      expect(paths(story)).toEqual(expected)
    }
  })

  it('when it came back for another try, or was cancelled, is nothing of either', () => {
    expect(paths(chained(2).and([submit, bob], [reject, ada]))).toEqual([])
    expect(paths(chained().and([cancel, ada]))).toEqual([])
  })

  it('F53: is noted once each, and the two lists are not mixed up', () => {
    const failed = chained().and([submit, bob], [reject, ada])
    const noted = failed.and([became(0, 't-10', true), system], [became(0, null, false), system])
    expect(noted.task.followed).toEqual([
      { index: 0, label: 't-10', reason: null, failed: true },
      { index: 0, label: null, reason: 'no room' },
    ])
    for (const again of [
      became(0, 't-10', true),
      became(0, 't-11', true),
      became(0, null, true),
      became(0, null, false),
    ]) {
      noted.when(again, system).changesNothing()
    }
    // One that was dropped can come after all.
    noted.when(became(0, 't-12', false), system).gives('followed')
    noted.when(became(1, 't-13', false), ada).isRefused('system-only', 'Only the system')
  })

  it('comes once more for the next end when somebody gave it another try; what came stays what it is', () => {
    const again = chained()
      .and([submit, bob], [reject, ada], [became(0, 't-10', true), system], [became(0, null, false), system])
      .and([reassign('cto'), ada])
    // What is not over has nothing that followed.
    again.when(became(1, null, false), system).changesNothing()
    const done = again.and([submit, bob], [approve, ada])
    expect(paths(done)).toEqual(['follow-up then 0', 'follow-up then 1'])
    const { task } = done.and([became(0, 't-11', false), system])
    expect(task.followed.map(({ label }) => label)).toEqual(['t-10', 't-11'])
  })
})

describe('a failure path', () => {
  it('is as much looked at as what follows a success', () => {
    const cases: [FollowUp[], string][] = [
      [[followUp('nobody', 'x')], 'unknown-role'],
      [[followUp('marketing', 'x')], 'takes-no-tasks'],
      [[followUp('cso', 'Why {nothing}?')], 'unknown-placeholder'],
    ]
    for (const [on_fail, rule] of cases) {
      const detail = refusalOf(() => asked({ on_fail }))?.detail
      expect([detail?.rule, detail?.path]).toEqual([rule, expect.stringMatching(/^on_fail\.0/)])
    }
  })

  it('S35: counts for how many tasks may follow, and how many in a row', () => {
    const wide = (deep: number): FollowUp[] =>
      deep === 0 ? [] : [1, 2, 3, 4].map(() => followUp('cso', 'x', wide(deep - 1)))
    expect(refusalOf(() => asked({ on_complete: wide(2), on_fail: wide(2) }))?.detail.rule).toBe('too-many-follow-ups')
    const deep = (levels: number): FollowUp[] => (levels === 0 ? [] : [followUp('cso', 'x', deep(levels - 1))])
    expect(refusalOf(() => asked({ on_fail: deep(8) }))?.detail.rule).toBe('chain-too-long')
    expect(refusalOf(() => asked({ on_fail: deep(7) }))).toBeNull()
  })
})

describe('what follows the tasks of a role', () => {
  it('follows where nobody said otherwise, and nothing where somebody said that nothing does', () => {
    const { roles } = world
    const own = new Map([...roles, ['cto', taskRole({ onComplete: [next] })]])
    const created = (draft: Parameters<typeof asked>[0]) => asked(draft, {}, { ...world, roles: own }).task.on_complete
    expect(created({})).toEqual([next])
    expect(created({ on_complete: [] })).toEqual([])
    expect(created({ on_complete: [also] })).toEqual([also])
    expect(created({ role: 'backend' })).toEqual([])
  })
})
