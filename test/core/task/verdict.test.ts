import { describe, expect, it, test } from 'vitest'
import { pendingStep } from '../../../core/task/steps.ts'
import type { Step } from '../../../core/task/task.ts'
import { type Doer, system } from '../../../core/task/world.ts'
import {
  ada,
  approve,
  asked,
  bob,
  claim,
  given,
  grace,
  note,
  ran,
  reassign,
  reject,
  type Story,
  seat,
  submit,
} from '../../support/task-story.ts'

const tests: Step = { kind: 'check', check: 'tests' }
const lint: Step = { kind: 'check', check: 'lint' }
const review = (by: string | null): Step => ({ kind: 'review', by })
const yes: Step = { kind: 'approval' }

/** Handed in by this doer, and waiting for the first of these steps. */
function handedIn(by: Doer, ...verification: Step[]): Story {
  const story = asked({ verification })
  return by.actor.startsWith('human-') ? story.and([submit, by]) : story.and([claim, by], [submit, { ...by, epoch: 1 }])
}

const cto = seat('cto', 1)
const failing = ran({}, { exit_code: 1 })

describe('a check', () => {
  it('that ended well passes, and the record is what the system saw', () => {
    const { task } = handedIn(cto, tests).when(ran(), system).gives('step_passed', 'completed')
    expect(task).toMatchObject({ status: 'done', passed: 1, reason: null })
    expect(task.evidence).toEqual([
      expect.objectContaining({
        step: 0,
        epoch: 1,
        passed: true,
        by: null,
        run: expect.objectContaining({ exit_code: 0 }),
      }),
    ])
  })

  const bad: [string, Parameters<typeof ran>[1], string][] = [
    ['failed', { exit_code: 1 }, '`tests` ended with 1'],
    [
      'F54: hung, and was killed',
      { exit_code: null, ended: 'took longer than 600 s' },
      '`tests` took longer than 600 s',
    ],
    ['F54: crashed', { exit_code: null, ended: 'was ended by SIGSEGV' }, '`tests` was ended by SIGSEGV'],
    ['F54: says 0, but did not end by itself', { exit_code: 0, ended: 'was cut off' }, '`tests` was cut off'],
    ['left no exit code', { exit_code: null, ended: null }, '`tests` ended with no exit code'],
  ]
  test.each(bad)('that %s sends the task back with the reason, whoever flagged it as passed', (_, run, reason) => {
    for (const passed of [true, false]) {
      const { task } = handedIn(cto, tests)
        .when(ran({ passed, by: cto.actor }, run), system)
        .gives('step_failed', { type: 'returned', reason, counted: true })
      expect(task).toMatchObject({ status: 'open', reason, claim: null, result: null })
      expect(task.evidence.at(-1)).toMatchObject({ passed: false, by: null })
    }
  })

  it('F54: without a run is no evidence', () => {
    handedIn(cto, tests)
      .when(ran({ passed: true, run: undefined } as never), system)
      .changesNothing()
    const claimsIt = { step: 0, epoch: 1, passed: true, by: 'cto', comment: 'all green' }
    handedIn(cto, tests).when({ type: 'record_check', evidence: claimsIt }, system).changesNothing()
  })

  it('S31: of another submission, step or name changes nothing', () => {
    const second = handedIn(cto, tests).and([failing, system], [submit, bob])
    expect(second.task).toMatchObject({ status: 'verifying', result: { epoch: 2 } })
    second.when(ran({ epoch: 1 }), system).changesNothing()
    second.when(ran({ epoch: 3 }), system).changesNothing()
    second.when(ran({ epoch: 2, step: 1 }), system).changesNothing()
    second.when(ran({ epoch: 2 }, { check: 'lint' }), system).changesNothing()
    second.when(ran({ epoch: 2 }), system).gives('step_passed', 'completed')
  })

  it('counts once, and only while a submission waits for it', () => {
    const first = handedIn(cto, tests, tests).and([ran(), system])
    first.when(ran(), system).changesNothing()
    given([claim, cto]).when(ran(), system).changesNothing()
    handedIn(cto, tests).and([ran(), system]).when(ran(), system).changesNothing()
    handedIn(cto, review(null)).when(ran(), system).changesNothing()
    handedIn(cto, tests)
      .and([reassign('cso'), ada])
      .when(ran(), system)
      .changesNothing()
  })

  it('S31: is nobody else’s to report: not the worker’s, not a founder’s', () => {
    for (const doer of [cto, seat('ceo'), ada, grace]) {
      handedIn(cto, tests).when(ran(), doer).isRefused('system-only', 'Only the system records what it saw itself.')
      for (const verdict of [approve, reject]) {
        const only = 't-9 waits for `tests`, which only the system can run.'
        handedIn(cto, tests).when(verdict, doer).isRefused('check-pending', only)
      }
    }
  })
})

describe('steps', () => {
  it('are taken in their order, and the task is done after the last', () => {
    const first = handedIn(cto, lint, review('cso'), yes)
    expect(pendingStep(first.task)).toEqual(lint)
    const second = first.when(ran({}, { check: 'lint' }), system).gives('step_passed')
    expect(pendingStep(second.task)).toEqual(review('cso'))
    const third = second.when(approve, seat('cso')).gives('step_passed')
    expect(pendingStep(third.task)).toEqual(yes)
    const { task } = third.when(approve, ada).gives('step_passed', 'completed')
    expect(task.evidence.map(({ step, by }) => [step, by])).toEqual([
      [0, null],
      [1, 'cso'],
      [2, ada.actor],
    ])
    expect(pendingStep(task)).toBeNull()
  })

  it('are all taken again by the next submission', () => {
    const back = handedIn(cto, tests, yes).and([ran(), system], [reject, ada])
    expect(back.task).toMatchObject({ status: 'open', passed: 0, attempts: 1, reason: 'no test' })
    expect(pendingStep(back.and([submit, bob]).task)).toEqual(tests)
  })

  it('show as the stage: checks are qa, the rest is review', () => {
    const qa = handedIn(cto, tests, yes)
    expect([qa.task.stage, qa.and([ran(), system]).task.stage]).toEqual(['qa', 'review'])
    expect(given().task.stage).toBe('ready-for-dev')
  })
})

describe('a verdict', () => {
  const author = 'whoever did the work cannot also judge it'
  const may: [string, Step, Doer, Doer[]][] = [
    ['without a reviewer, of a seat’s work', review(null), cto, [ada, seat('ceo'), grace]],
    ['without a reviewer, of the requester’s own work', review(null), ada, [seat('ceo'), grace]],
    ['by a named role', review('cso'), cto, [seat('cso'), grace]],
    ['by a role where people sit', review('devops'), cto, [seat('devops'), ada, bob, grace]],
    ['by a role where people sit, of a person’s work', review('devops'), bob, [seat('devops'), ada, grace]],
    ['that is a person’s yes', yes, cto, [ada, bob, grace]],
    ['that is a person’s yes, of a founder’s work', yes, grace, [ada, bob]],
  ]
  const everybody = [ada, bob, grace, system, ...['cto', 'cso', 'ceo', 'devops'].map((role) => seat(role, 1))]

  test.each(may)('%s', (_, step, worker, judges) => {
    const story = handedIn(worker, step)
    for (const doer of everybody) {
      const isJudge = judges.some(({ actor }) => actor === doer.actor)
      if (isJudge) {
        const { task } = story.when(approve, doer).gives('step_passed', 'completed')
        expect(task.evidence).toEqual([{ step: 0, epoch: 1, passed: true, by: doer.actor, comment: 'good' }])
        story.when(reject, doer).gives('step_failed', { type: 'returned', reason: 'no test', counted: true })
      } else {
        for (const verdict of [approve, reject]) {
          story.when(verdict, doer).isRefused('not-the-judge', /^You cannot judge t-9: .+\.$/)
        }
      }
    }
  })

  it('S31: is never the author’s, nor given in the seat that did the work', () => {
    for (const step of [review(null), review('cso'), review('devops'), yes]) {
      for (const worker of [cto, bob, ada, grace]) {
        handedIn(worker, step).when(approve, worker).isRefused('not-the-judge', author)
        handedIn(worker, step).when(approve, seat('cto', 2)).isRefused('not-the-judge', author)
      }
    }
  })

  it('says for whom it is', () => {
    handedIn(cto, review(null)).when(approve, bob).isRefused('not-the-judge', 'that is for Ada or ceo.')
    const requester = 'human-eve-via-local'
    const unlinked = asked({ verification: [] }, { authority: { requester, tier: 'member', name: 'eve', chain: [] } })
    unlinked.and([submit, ada]).when(approve, bob).isRefused('not-the-judge', 'that is for ceo.')
    handedIn(cto, review('cso')).when(approve, ada).isRefused('not-the-judge', 'that is for cso.')
    handedIn(cto, yes).when(approve, seat('ceo')).isRefused('not-the-judge', 'a person has to say yes.')
  })

  it('of the work of one who is gone is for founders and who asked', () => {
    const top = asked({ role: 'ceo', verification: [] }).and([claim, seat('ceo')], [submit, seat('ceo', 1)])
    for (const doer of [ada, grace]) top.when(approve, doer).gives('step_passed', 'completed')
    top.when(approve, bob).isRefused('not-the-judge', 'that is for Ada or founder.')
  })

  it('needs something to judge', () => {
    given().when(approve, grace).isRefused('not-verifying', 't-9 is open; there is nothing to judge.')
    const done = handedIn(cto, yes).and([approve, ada])
    done.when(reject, grace).isRefused('not-verifying', 't-9 is done; there is nothing to judge.')
  })

  it('waits for nobody’s note', () => {
    const story = handedIn(cto, yes).and([note, bob])
    expect(story.task).toMatchObject({ status: 'verifying', notes: [{ by: bob.actor, text: 'half way' }] })
  })
})
