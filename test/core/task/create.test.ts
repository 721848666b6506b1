import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { type Creation, create, longestChain } from '../../../core/task/create.ts'
import type { TaskDraft } from '../../../core/task/request.ts'
import type { FollowUp, Step, Task } from '../../../core/task/task.ts'
import { ada, asked, cancel, creationOf, given, refusalOf, world } from '../../support/task-story.ts'

const t7 = asked({}, { label: 't-7' }).task
const review = (by: string | null): Step => ({ kind: 'review', by })
const check = (name: string): Step => ({ kind: 'check', check: name })

function next(publish_to: string, changes: Partial<FollowUp['payload_template']> = {}): FollowUp {
  const template = { title: 'Review {task_id}', description: '', acceptance_criteria: ['reviewed'], verification: [] }
  return { publish_to, payload_template: { ...template, on_complete: [], ...changes } }
}

/** Follow-ups inside each other, so many deep. */
function nested(depth: number): FollowUp[] {
  return depth === 0 ? [] : [next('cso', { title: `Step ${depth}`, on_complete: nested(depth - 1) })]
}

/** The last of a row of tasks that wait for each other: `t-1` to `t-<length>`. */
function row(length: number): Task {
  return Array.from({ length }, (_, index) => `t-${index + 1}`).reduce<Task | null>(
    (before, label) =>
      asked(before === null ? {} : { after: [before.label] }, { label, dependencies: before === null ? [] : [before] })
        .task,
    null,
  ) as Task
}

function refused(draft: Partial<TaskDraft>, creation: Partial<Creation> = {}) {
  return refusalOf(() => create(creationOf(draft, creation), world))
}

describe('a task is refused with the path and a sentence', () => {
  const cases: [string, Partial<TaskDraft>, string, string, RegExp][] = [
    ['an unknown role', { role: 'ctoo' }, 'unknown-role', 'role', /no role ctoo; did you mean "cto"\?/],
    ['a role that takes no tasks', { role: 'marketing' }, 'takes-no-tasks', 'role', /marketing takes no tasks: .*file/],
    ['no acceptance criteria', { acceptance_criteria: [] }, 'no-criteria', 'acceptance_criteria', /^What must be true/],
    [
      'an unknown check',
      { verification: [check('tests'), check('testz')] },
      'unknown-check',
      'verification.1',
      /no check `testz` under checks:.*did you mean "tests"\?; there is `tests`, `lint`/,
    ],
    [
      'a review by its own role',
      { verification: [review('cto')] },
      'own-review',
      'verification.0',
      /^cto does the work/,
    ],
    ['a review by nobody', { verification: [review('cfo')] }, 'unknown-role', 'verification.0', /There is no role cfo/],
    [
      'a follow-up for an unknown role',
      { on_complete: [next('cso'), next('cfo')] },
      'unknown-role',
      'on_complete.1.publish_to',
      /There is no role cfo/,
    ],
    [
      'a follow-up for a role that takes no tasks',
      { on_complete: [next('marketing')] },
      'takes-no-tasks',
      'on_complete.0.publish_to',
      /marketing takes no tasks/,
    ],
    [
      'a follow-up with an unknown check',
      { on_complete: [next('cso', { verification: [check('nope')] })] },
      'unknown-check',
      'on_complete.0.verification.0',
      /no check `nope`/,
    ],
    [
      'a follow-up that its own role reviews',
      { on_complete: [next('cso', { verification: [review('cso')] })] },
      'own-review',
      'on_complete.0.verification.0',
      /^cso does the work/,
    ],
    [
      'a placeholder that stands for nothing',
      { on_complete: [next('cso', { on_complete: [next('ceo', { description: 'See {tsk_id}' })] })] },
      'unknown-placeholder',
      'on_complete.0.on_complete.0',
      /stand for \{tsk_id\} in "Review \{task_id\}"/,
    ],
    [
      'a placeholder in a criterion',
      { on_complete: [next('cso', { acceptance_criteria: ['it works', 'seen by {boss}'] })] },
      'unknown-placeholder',
      'on_complete.0',
      /\{boss\}/,
    ],
  ]

  test.each(cases)('%s', (_, draft, rule, path, sentence) => {
    const error = refused(draft)
    expect(error?.detail).toMatchObject({ rule, path })
    expect(error?.message).toMatch(sentence)
  })

  it('says that there are no checks where there are none', () => {
    const error = refusalOf(() => create(creationOf(), { ...world, checks: new Set() }))
    expect(error?.message).toBe('There is no check `tests` under checks: in breakroom.yaml; there are none.')
  })
})

describe('F52: what a task may wait for', () => {
  const cancelled = given([cancel, ada]).task
  const cases: [string, string, Task | null, string, string][] = [
    ['a task that is not there', 't-6', null, 'unknown-dependency', 'There is no task t-6 to wait for.'],
    ['itself', 't-9', null, 'younger-dependency', 'A task can only wait for older ones; t-9 is not.'],
    [
      'a younger task',
      't-12',
      { ...t7, label: 't-12' },
      'younger-dependency',
      'A task can only wait for older ones; t-12 is not.',
    ],
    [
      'a cancelled task',
      't-3',
      { ...cancelled, label: 't-3' },
      'cancelled-dependency',
      't-3 was cancelled; what waits for it would wait for ever.',
    ],
  ]

  test.each(cases)('is not %s', (_, name, task, rule, sentence) => {
    const error = refused({ after: ['t-7', name] }, { dependencies: [t7, task] })
    expect(error?.detail).toEqual({ rule, path: 'after.1' })
    expect(error?.message).toBe(sentence)
  })

  it('is what is not done; what is done is only remembered', () => {
    const done: Task = { ...t7, key: 'key-5', label: 't-5', status: 'done' }
    const failed: Task = { ...t7, key: 'key-6', label: 't-6', status: 'failed' }
    const { task } = asked({ after: ['t-5', 't-6', 't-7'] }, { dependencies: [done, failed, t7] })
    expect(task.status).toBe('waiting')
    expect(task.waits_for.map(({ label }) => label)).toEqual(['t-6', 't-7'])
    expect(task.blocked_by).toEqual(['key-5', 'key-6', t7.key])
    expect(asked({ after: ['t-5'] }, { dependencies: [done] }).task.status).toBe('open')
  })

  it('counts once, however often it is named', () => {
    const { task } = asked({ after: ['t-7', 't-7'] }, { dependencies: [t7, t7] })
    expect(task.waits_for).toEqual([{ key: t7.key, label: 't-7' }])
    expect(task.blocked_by).toEqual([t7.key])
  })

  it('is at most seven tasks deep, and a refusal shows the way', () => {
    const seventh = row(longestChain - 1)
    expect(asked({ after: ['t-7'] }, { label: 't-8', dependencies: [seventh] }).task.lineage).toHaveLength(7)
    const error = refused({ after: ['t-8'] }, { dependencies: [row(longestChain)] })
    expect(error?.detail).toMatchObject({ rule: 'chain-too-long', path: 'after', way: expect.arrayContaining(['t-9']) })
    expect(error?.message).toBe(
      't-1 -> t-2 -> t-3 -> t-4 -> t-5 -> t-6 -> t-7 -> t-8 -> t-9 would be 9 tasks in a row; 8 is the most.',
    )
  })

  it('is counted along the longest way, and a task that published this one is on it', () => {
    const short = asked({}, { label: 't-8' }).task
    expect(asked({ after: ['t-8', 't-3'] }, { dependencies: [short, row(3)] }).task.lineage).toEqual([
      't-1',
      't-2',
      't-3',
    ])
    expect(asked({}, { parent: row(2) }).task).toMatchObject({ lineage: ['t-1', 't-2'], parent: { label: 't-2' } })
    expect(refused({}, { parent: row(8) })?.detail.rule).toBe('chain-too-long')
  })
})

describe('F52: follow-ups', () => {
  it('are at most seven deep, because no loop of them can be longer than a chain', () => {
    expect(refused({ on_complete: nested(longestChain - 1) })).toBeNull()
    const error = refused({ on_complete: nested(longestChain) })
    expect(error?.detail).toEqual({ rule: 'chain-too-long', path: Array(8).fill('on_complete.0').join('.') })
    expect(error?.message).toBe('"Step 1" would be number 9 of tasks in a row; 8 is the most.')
  })

  it('are counted from where the chain begins', () => {
    const behind = { after: ['t-5'], on_complete: nested(2) }
    expect(refused(behind, { dependencies: [row(5)] })).toBeNull()
    expect(refused({ ...behind, on_complete: nested(3) }, { dependencies: [row(5)] })?.detail.path).toBe(
      'on_complete.0.on_complete.0.on_complete.0',
    )
  })
})

describe('a task that was taken', () => {
  it('has everything that was asked for, and is its role’s', () => {
    const sla = { ack_within_seconds: 60, complete_within_minutes: 60 }
    const draft = {
      priority: 'urgent',
      description: 'bursts',
      context: ['since Monday'],
      sla,
      on_complete: [next('cso')],
    }
    const place = { room: { name: 'dm-ada', visibility: 'private' } } as const
    const { task } = asked(draft as Partial<TaskDraft>, { place })
    expect(task).toMatchObject({ ...draft, place, role: 'cto', label: 't-9', status: 'open', epoch: 0, version: 1 })
    expect(task.authority.requester).toBe(ada.actor)
  })

  it('without verification steps is reviewed by its requester or the worker’s manager', () => {
    expect(asked({ verification: [] }).task.verification).toEqual([review(null)])
    expect(asked({ verification: [check('lint')] }).task.verification).toEqual([check('lint')])
  })
})

it('F52: no cycle can be written, and no chain is longer than eight', () => {
  const graph = fc.array(fc.array(fc.nat({ max: 30 }), { maxLength: 3 }), { minLength: 1, maxLength: 25 })
  fc.assert(
    fc.property(graph, (wanted) => {
      const tasks = new Map<string, Task>()
      wanted.forEach((numbers, index) => {
        const label = `t-${index + 1}`
        const after = numbers.map((number) => `t-${number + 1}`)
        const dependencies = after.map((name) => tasks.get(name) ?? null)
        const error = refusalOf(() => tasks.set(label, asked({ after }, { label, dependencies }).task))
        const known = numbers.every((number) => tasks.has(`t-${number + 1}`))
        if (error !== null) expect(error.detail.path).toMatch(known ? /^after$/ : /^after\.\d$/)
      })
      const depth = (label: string): number => {
        const { waits_for } = tasks.get(label) as Task
        return 1 + Math.max(0, ...waits_for.map((before) => depth(before.label)))
      }
      for (const label of tasks.keys()) expect(depth(label)).toBeLessThanOrEqual(longestChain)
    }),
  )
})
