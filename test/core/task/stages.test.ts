import { describe, expect, it, test } from 'vitest'
import { managerOf } from '../../../core/task/standing.ts'
import { isOver, type Step } from '../../../core/task/task.ts'
import { type Doer, system } from '../../../core/task/world.ts'
import {
  ada,
  approve,
  asked,
  bob,
  claim,
  everyStatus,
  grace,
  note,
  plan,
  ran,
  reassign,
  refusalOf,
  reject,
  ring,
  type Story,
  seat,
  staged,
  start,
  submit,
  world,
} from '../../support/task-story.ts'

const no = (category: 'spec' | 'defect' | 'security') => ({ type: 'reject', reason: 'no test', category }) as const
const where = ({ task }: Story) => [task.stage, task.role, task.status]
const retried = (story: Story, doorbell: string) => {
  const { epoch } = story.task
  return story.and([ring(doorbell), seat('cto')], [submit, seat('cto', epoch + 1)], [ran({ epoch: epoch + 1 }), system])
}

describe('the stages of a task', () => {
  it('come one after another, each at its own seat', () => {
    const way: [keyof typeof everyStatus, unknown[]][] = [
      ['to be planned', ['ready-for-prep', 'ceo', 'open']],
      ['being planned', ['ready-for-prep', 'ceo', 'claimed']],
      ['planned', ['ready-for-dev', 'cto', 'open']],
      ['built by its plan', ['ready-for-dev', 'cto', 'claimed']],
      ['being tried', ['qa', 'cto', 'verifying']],
      ['reviewed', ['review', 'cto', 'verifying']],
    ]
    for (const [name, expected] of way) expect(where(everyStatus[name]()), name).toEqual(expected)
    const { task } = everyStatus.reviewed().when(approve, seat('cso')).gives('step_passed', 'completed')
    expect([task.stage, task.status]).toEqual(['review', 'done'])
  })

  it('begin with building where nobody plans, and go straight to a review that is all there is', () => {
    expect(asked().task.stage).toBe('ready-for-dev')
    expect(asked({ verification: [] }).and([submit, bob]).task.stage).toBe('review')
  })

  it('are taken in their order, in whatever order somebody named the steps', () => {
    const qa: Step = { kind: 'review', by: 'fullstack', stage: 'qa' }
    const { task } = asked({ verification: [{ kind: 'approval' }, qa, { kind: 'check', check: 'tests' }] })
    expect(task.verification.map(({ kind }) => kind)).toEqual(['check', 'review', 'approval'])
    // What was tried is reviewed by somebody else, though nobody said so.
    expect(asked({ verification: [qa] }).task.verification).toEqual([qa, { kind: 'review', by: null }])
  })
})

describe('a plan', () => {
  it('is what the planner hands in; the builder has not seen it yet', () => {
    const { task } = everyStatus['being planned']().when(plan, seat('ceo', 1)).gives('prepared')
    expect(task).toMatchObject({ plan: { by: 'ceo', text: plan.type === 'submit' ? plan.result : '' }, claim: null })
    expect(task).toMatchObject({ acknowledged: null, result: null, attempts: 0, opened_at: task.updated_at })
  })

  it('has words', () => {
    everyStatus['being planned']()
      .when({ type: 'submit', result: ' \n' }, seat('ceo', 1))
      .isRefused('no-plan', 'What is the plan for t-9?')
  })

  it('is written by the seat that is asked for it, not by whoever builds', () => {
    staged().when(ring('bell'), seat('cto')).isRefused('not-yours', 't-9 is with ceo.')
    everyStatus['being planned']().when(plan, seat('cto', 1)).isRefused('not-yours', 't-9 is with ceo.')
  })

  it('goes back to its planner when whoever builds cannot build from it, with the reason and what kind it is', () => {
    const back = everyStatus['built by its plan']()
      .when({ type: 'reject', reason: 'which limit?' }, seat('cto', 2))
      .gives({ type: 'sent_back', to: 'ready-for-prep', category: 'spec', reason: 'which limit?' })
    expect(where(back)).toEqual(['ready-for-prep', 'ceo', 'open'])
    expect(back.task).toMatchObject({ attempts: 1, claim: null, reason: 'which limit?' })
    // The old one can be read until there is another.
    expect(back.task.plan?.text).toBe('a counter for each address')
    const again = back.and([{ type: 'submit', result: '100 a minute' }, bob])
    expect(again.task).toMatchObject({
      stage: 'ready-for-dev',
      role: 'cto',
      plan: { by: bob.actor, text: '100 a minute' },
    })
  })

  it('is sent back by nobody else', () => {
    for (const doer of [seat('fullstack'), seat('cso', 2), ada]) {
      everyStatus['built by its plan']().when(reject, doer).isRefused('not-verifying', 'there is nothing to judge')
    }
    everyStatus['built by its plan']().when(reject, grace).isRefused('claimed', 't-9 is held by cto.')
    everyStatus.planned().when(reject, grace).gives('sent_back')
  })

  it('F7: is not sent back under an old epoch, nor by a seat that has not taken it', () => {
    everyStatus.planned().when(reject, seat('cto', 1)).isRefused('stale-epoch', 'epoch 1')
    everyStatus['built by its plan']()
      .and([ring('bell'), seat('cto')])
      .when(reject, seat('cto', 2))
      .isRefused('stale-epoch', 'epoch 2')
  })

  it('is sent back by people who build there, whether they have taken it or not', () => {
    const planned = asked({ role: 'devops', prep: 'cto' }).and([plan, ada])
    planned.when(reject, bob).gives('sent_back')
    planned.and([claim, bob]).when(reject, bob).gives('sent_back')
    planned.and([claim, ada]).when(reject, bob).isRefused('claimed', 't-9 is held by ada.')
  })

  it('ends the task when planner and builder do not come to an end by themselves', () => {
    let story = staged({ budget: { attempts: 3 } })
    for (let tries = 0; tries < 3; tries++) {
      story = story.and([plan, bob], [ring(`bell-${tries}`), seat('cto')])
      story = story.and([reject, seat('cto', story.task.epoch)])
    }
    expect(story.task).toMatchObject({ status: 'failed', reason: 'no test' })
  })
})

describe('a no', () => {
  it('of whoever tried it goes back to whoever built it', () => {
    const { task } = everyStatus['being tried']()
      .when(no('defect'), seat('fullstack'))
      .gives({ type: 'step_failed' }, { type: 'returned', category: 'defect', counted: true })
    expect(task).toMatchObject({ stage: 'ready-for-dev', role: 'cto', status: 'open', passed: 0, attempts: 1 })
    expect(task.evidence.at(-1)).toMatchObject({ passed: false, by: 'fullstack', category: 'defect', tried: true })
  })

  it('of a reviewer goes to whoever tried it first, and does not count as a try', () => {
    const back = everyStatus
      .reviewed()
      .when(no('security'), seat('cso'))
      .gives('step_failed', { type: 'sent_back', to: 'qa', category: 'security', reason: 'no test' })
    expect(where(back)).toEqual(['qa', 'cto', 'verifying'])
    expect(back.task).toMatchObject({ passed: 1, attempts: 1, result: { epoch: 2 } })
    back.when(approve, seat('fullstack')).gives('step_passed')
  })

  it('of a reviewer goes to whoever built it when it was tried again, so that they do not go round', () => {
    const twice = everyStatus.reviewed().and([no('security'), seat('cso')], [approve, seat('fullstack')])
    const { task } = twice.when(no('security'), seat('cso')).gives('step_failed', 'returned')
    expect(task).toMatchObject({ stage: 'ready-for-dev', status: 'open', attempts: 1 })
  })

  it('of a reviewer goes to whoever built it where nobody tried it', () => {
    asked({
      verification: [
        { kind: 'check', check: 'tests' },
        { kind: 'review', by: 'cso' },
      ],
    })
      .and([submit, bob], [ran(), system])
      .when(no('defect'), seat('cso'))
      .gives('step_failed', 'returned')
  })

  it('of the next submission goes to its adversary again', () => {
    const second = retried(everyStatus['being tried']().and([reject, seat('fullstack')]), 'second')
    second
      .and([approve, seat('fullstack')])
      .when(reject, seat('cso'))
      .gives('step_failed', { type: 'sent_back', to: 'qa' })
  })

  it('has a category, also when nobody said one', () => {
    everyStatus['being tried']()
      .when(reject, seat('fullstack'))
      .gives('step_failed', { type: 'returned', category: 'other' })
  })
})

describe('S9: the gate belongs to somebody who did not do the work', () => {
  it('a program cannot try, review or approve what was built in its seat or planned by it', () => {
    for (const name of ['being tried', 'reviewed'] as const) {
      const author = 'whoever did the work cannot also judge it'
      everyStatus[name]().when(approve, seat('cto', 2)).isRefused('not-the-judge', author)
      everyStatus[name]().when(approve, seat('ceo')).isRefused('not-the-judge', 'whoever planned it')
    }
  })

  it('whoever tried it does not review the same submission, also not as the one who asked', () => {
    const verification: Step[] = [
      { kind: 'review', by: 'devops', stage: 'qa' },
      { kind: 'review', by: null },
      { kind: 'approval' },
    ]
    const tried = asked({ verification }).and([ring('bell'), seat('cto')], [submit, seat('cto', 1)], [approve, ada])
    tried.when(approve, ada).isRefused('not-the-judge', 'whoever tried it cannot also review it')
    const reviewed = tried.and([approve, grace])
    reviewed.when(approve, ada).isRefused('not-the-judge', 'whoever tried it cannot also review it')
    // Of the next submission they know nothing yet.
    const next = reviewed.and([reject, bob], [approve, bob])
    expect(next.task.stage).toBe('review')
  })

  it('nor does a founder, when the files changed and another tried them meanwhile', () => {
    const verification: Step[] = [
      { kind: 'check', check: 'tests' },
      { kind: 'review', by: 'devops', stage: 'qa' },
      { kind: 'review', by: null },
    ]
    const tried = asked({ verification }).and([submit, bob], [ran(), system], [approve, grace])
    const again = tried.and(
      [{ type: 'recheck', reason: 'its files changed' }, system],
      [ran({}, { doubts: ['3 tests fewer.'] }), system],
      [approve, ada],
    )
    expect(again.task.stage).toBe('qa')
    again.and([approve, ada]).when(approve, grace).isRefused('not-the-judge', 'whoever tried it')
  })

  it('whoever asked for it does not approve what they built or planned; a founder approves what they planned', () => {
    const yes: Step[] = [{ kind: 'approval' }]
    asked({ verification: yes })
      .and([submit, ada])
      .when(approve, ada)
      .isRefused('not-the-judge', 'whoever did the work')
    const planned = asked({ prep: 'devops', verification: yes }).and([plan, ada], [submit, bob])
    planned.when(approve, ada).isRefused('not-the-judge', 'whoever planned it cannot also judge it')
    planned.when(approve, grace).gives('step_passed', 'completed')
    asked({ prep: 'devops', verification: yes })
      .and([plan, grace], [submit, bob])
      .when(approve, grace)
      .gives('step_passed', 'completed')
  })

  it('nobody is asked for two parts of it', () => {
    const cases: [Parameters<typeof asked>[0], string][] = [
      [{ prep: 'cto' }, 'own-plan'],
      [{ prep: 'cso', verification: [{ kind: 'review', by: 'cso' }] }, 'own-review'],
      [{ prep: 'fullstack', verification: [{ kind: 'review', by: 'fullstack', stage: 'qa' }] }, 'own-review'],
      [{ verification: [{ kind: 'review', by: 'cto', stage: 'qa' }] }, 'own-review'],
      [
        {
          verification: [
            { kind: 'review', by: 'cso', stage: 'qa' },
            { kind: 'review', by: 'cso' },
          ],
        },
        'own-review',
      ],
      [
        {
          verification: [
            { kind: 'review', by: 'cso', stage: 'qa' },
            { kind: 'review', by: 'fullstack', stage: 'qa' },
          ],
        },
        'one-adversary',
      ],
      [{ verification: [{ kind: 'review', by: null, stage: 'qa' }] }, 'no-adversary'],
      [{ prep: 'marketing' }, 'takes-no-tasks'],
      [{ prep: 'nobody' }, 'unknown-role'],
    ]
    for (const [draft, rule] of cases)
      expect(refusalOf(() => asked(draft))?.detail.rule, JSON.stringify(draft)).toBe(rule)
  })

  it('it goes to nobody who plans, tries or reviews it, whoever says so', () => {
    for (const doer of [ada, grace, seat('ceo')]) {
      for (const role of ['fullstack', 'cso']) {
        everyStatus['built by its plan']().when(reassign(role), doer).isRefused('own-review', `${role} is to review`)
      }
      everyStatus['built by its plan']()
        .when(reassign('ceo'), doer)
        .isRefused('own-stage', 'ceo has another part in t-9')
    }
    staged().when(reassign('cto'), ada).isRefused('own-stage', 'cto has another part')
    staged().when(reassign('fullstack'), ada).isRefused('own-review', 'fullstack is to review')
  })

  it('a review that nobody was named for passes by a manager who planned it, and goes up to the next', () => {
    const story = asked({ role: 'backend', prep: 'cto', verification: [] }).and([plan, bob], [submit, ada])
    expect(managerOf(story.task, world)).toBe('cto')
    story.when(approve, seat('cto')).isRefused('not-the-judge', 'whoever planned it')
    story.when(approve, bob).isRefused('not-the-judge', 'whoever planned it')
    story.when(approve, seat('ceo')).gives('step_passed', 'completed')
  })
})

describe('what is handed to somebody else', () => {
  it('is planned or built by them, whichever is its turn, and keeps its plan', () => {
    const planner = staged().and([reassign('backend'), ada])
    expect(planner.task).toMatchObject({ role: 'backend', prep: 'backend', builder: 'cto', stage: 'ready-for-prep' })
    const builder = everyStatus['built by its plan']().and([reassign('backend'), ada])
    expect(builder.task).toMatchObject({ role: 'backend', builder: 'backend', prep: 'ceo', stage: 'ready-for-dev' })
    expect(builder.task.plan?.by).toBe('ceo')
    expect(builder.and([ring('x'), seat('backend')], [reject, seat('backend', 3)]).task).toMatchObject({ role: 'ceo' })
  })

  it('has all its tries again, but not for whoever only let go of it', () => {
    const failedOnce = asked().and([submit, bob], [ran({}, { exit_code: 1 }), system], [ring('bell'), seat('cto')])
    expect(failedOnce.task.attempts).toBe(1)
    expect(failedOnce.and([reassign('cto'), seat('cto', 2)]).task).toMatchObject({ status: 'open', attempts: 1 })
    expect(failedOnce.and([reassign('backend'), ada]).task.attempts).toBe(0)
    const failed = everyStatus['failed at its check']()
    expect(failed.and([reassign('cto'), ada]).task.attempts).toBe(0)
  })
})

const seats: Doer[] = ['ceo', 'cto', 'backend', 'fullstack', 'cso'].map((role) => seat(role))

test('every role that has a part in a task may note on it in every stage, and no other', () => {
  for (const name of ['to be planned', 'planned', 'being tried', 'reviewed'] as const) {
    const able = seats.filter((doer) => refusalOf(() => everyStatus[name]().and([note, doer])) === null)
    expect(able.map(({ actor }) => actor)).toEqual(['ceo', 'cto', 'fullstack', 'cso'])
  }
})

test('a stage that nobody takes is not skipped: no command leads past it', () => {
  for (const name of ['to be planned', 'planned', 'being tried'] as const) {
    const { task } = everyStatus[name]()
    for (const doer of [ada, bob, grace, ...seats]) {
      refusalOf(() => {
        const after = everyStatus[name]().and([start, doer])
        expect([after.task.stage, isOver(after.task)]).toEqual([task.stage, false])
      })
      const refused = refusalOf(() => everyStatus[name]().and([approve, doer]))
      if (name !== 'being tried') expect(refused?.detail.rule).toBe('not-verifying')
    }
  }
})
