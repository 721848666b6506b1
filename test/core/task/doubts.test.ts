import { describe, expect, it } from 'vitest'
import type { TaskCommand } from '../../../core/task/decide.ts'
import { judgedResult } from '../../../core/task/judged-result.ts'
import { pendingStep } from '../../../core/task/steps.ts'
import type { Evidence, Step } from '../../../core/task/task.ts'
import { system } from '../../../core/task/world.ts'
import {
  ada,
  approve,
  asked,
  bob,
  claim,
  grace,
  ran,
  reject,
  type Story,
  seat,
  staged,
  submit,
} from '../../support/task-story.ts'

const tests: Step = { kind: 'check', check: 'tests' }
const lint: Step = { kind: 'check', check: 'lint' }
const review: Step = { kind: 'review', by: 'cso' }
const yes: Step = { kind: 'approval' }
const report: Step = { kind: 'artifact', path: 'dist/report.md' }

const handedIn = (...verification: Step[]) =>
  asked({ verification }).and([claim, seat('cto')], [submit, seat('cto', 1)])
const odd = (changes: Parameters<typeof ran>[0] = {}, check = 'tests') =>
  ran(changes, { check, doubts: ['3 tests fewer.'] })
const changed: TaskCommand = { type: 'recheck', reason: 'src/limit.ts changed' }
const steps = ({ task }: Story) => task.verification.map((step) => ('doubt' in step ? 'doubt' : step.kind))
/** What a person pressed who saw it so. */
const seen = ({ task }: Story): TaskCommand => ({ type: 'approve', comment: '', about: judgedResult(task) })

describe('S31: a check that passed and looks odd', () => {
  it('asks a person, although nobody asked for one', () => {
    const doubted = handedIn(tests)
      .when(odd(), system)
      .gives('step_passed', { type: 'doubted', reason: '3 tests fewer.' })
    expect(doubted.task).toMatchObject({ status: 'verifying', stage: 'review', passed: 1 })
    expect(steps(doubted)).toEqual(['check', 'doubt'])
    doubted.when(approve, bob).gives('step_passed', 'completed')
  })

  it('asks a person, not a program, and not whoever did the work', () => {
    const doubted = handedIn(tests).and([odd(), system])
    for (const role of ['cso', 'ceo', 'cto'])
      doubted.when(approve, seat(role)).isRefused('not-the-judge', 'cannot judge')
    asked({ verification: [tests] })
      .and([submit, ada], [odd(), system])
      .when(approve, ada)
      .isRefused('not-the-judge', 'whoever did the work')
  })

  it('is looked at before what comes next', () => {
    const doubted = handedIn(tests, review).and([odd(), system])
    expect(steps(doubted)).toEqual(['check', 'doubt', 'review'])
    expect(pendingStep(doubted.and([approve, ada]).task)).toEqual(review)
  })

  it('is looked at once where a person looks next anyway', () => {
    const doubted = handedIn(tests, yes).and([odd(), system])
    expect(steps(doubted)).toEqual(['check', 'approval'])
    doubted.when(approve, ada).gives('step_passed', 'completed')
  })

  it('is looked at for each check that looks odd', () => {
    const both = handedIn(lint, tests).and([odd({}, 'lint'), system], [approve, ada], [odd({ step: 2 }), system])
    expect(steps(both)).toEqual(['check', 'doubt', 'check', 'doubt'])
  })

  it('goes back with the reason when a person says no', () => {
    const { task } = handedIn(tests)
      .and([odd(), system])
      .when(reject, ada)
      .gives('step_failed', { type: 'returned', counted: true })
    expect(task).toMatchObject({ status: 'open', reason: 'no test' })
  })

  it('counts for nothing when it did not pass', () => {
    handedIn(tests)
      .when(ran({}, { exit_code: 1, doubts: ['3 tests fewer.'] }), system)
      .gives('step_failed', 'returned')
  })

  it('has a reason, also when whoever ran it gave none', () => {
    handedIn(tests)
      .when(ran({}, { doubts: [''] }), system)
      .gives('step_passed', { type: 'doubted', reason: 'what was checked looks odd' })
  })

  it('fits beside as many steps as there can be', () => {
    const many = asked({ verification: Array<Step>(8).fill(tests) }).and([submit, bob])
    let story = many
    for (let step = 0; step < 16; step += 2) story = story.and([odd({ step }), system], [approve, ada])
    expect(story.task).toMatchObject({ status: 'done' })
    expect(story.task.verification).toHaveLength(16)
  })
})

describe('S8: a yes', () => {
  it('to what looks odd is for one submission, never for the next', () => {
    const again = handedIn(tests, review).and([odd(), system], [approve, ada], [reject, seat('cso')], [submit, bob])
    expect(steps(again)).toEqual(['check', 'review'])
    const doubted = again.when(odd({ epoch: 2 }), system).gives('step_passed', 'doubted')
    expect(pendingStep(doubted.task)).toMatchObject({ kind: 'approval', doubt: true })
    expect(doubted.task.passed).toBe(1)
  })

  it('is for one step: the next person is asked anew', () => {
    const first = handedIn(yes, review, yes).and([approve, ada])
    first.when(approve, ada).isRefused('not-the-judge', 'that is for cso')
    const last = first.and([approve, seat('cso')])
    expect(last.task).toMatchObject({ status: 'verifying', passed: 2 })
  })

  it('of the same person counts for each thing that they are asked, one at a time', () => {
    const story = handedIn({ kind: 'review', by: null }, yes)
    const once = story.when(approve, ada).gives('step_passed')
    once.when(seen(story), ada).isRefused('another-result', 'what you saw is not what waits now')
    once.when(seen(once), ada).gives('step_passed', 'completed')
  })
})

describe('S7: what was approved is what was seen', () => {
  it('files that change after they were checked are checked again, from the first step on', () => {
    const reviewed = handedIn(tests, lint, yes).and([ran(), system], [ran({ step: 1 }, { check: 'lint' }), system])
    const { task } = reviewed.when(changed, system).gives({ type: 'rechecked', reason: 'src/limit.ts changed' })
    expect(task).toMatchObject({ status: 'verifying', stage: 'qa', passed: 0, rounds: 1, result: { text: 'merged' } })
  })

  it('a yes to the files as they were counts for nothing: not before they are checked again, not after', () => {
    const waiting = handedIn(tests, yes).and([ran(), system])
    const swapped = waiting.and([changed, system])
    swapped.when(seen(waiting), ada).isRefused('check-pending', 't-9 waits for `tests`')
    const checked = swapped.and([ran(), system])
    expect(pendingStep(checked.task)).toEqual(yes)
    checked.when(seen(waiting), ada).isRefused('another-result', 't-9 has gone on since')
    checked.when(seen(checked), ada).gives('step_passed', 'completed')
  })

  it('nor does a yes that was given before: everybody looks again', () => {
    const twice = handedIn(tests, review, yes).and(
      [ran(), system],
      [approve, seat('cso')],
      [changed, system],
      [ran(), system],
    )
    expect(pendingStep(twice.task)).toEqual(review)
    twice.when(approve, ada).isRefused('not-the-judge', 'that is for cso')
  })

  it('nor does one to what looks odd: it is asked for again if it still does, and only then', () => {
    const doubted = handedIn(tests, review).and([odd(), system])
    const swapped = doubted.and([approve, ada], [changed, system])
    expect(steps(swapped)).toEqual(['check', 'review'])
    expect(pendingStep(swapped.and([ran(), system]).task)).toEqual(review)
    const again = swapped.and([odd(), system])
    again.when(seen(doubted), ada).isRefused('another-result', 't-9 has gone on since')
  })

  it('nor a no: one that comes late, or twice, is not a second one', () => {
    const verification: Step[] = [{ kind: 'review', by: 'devops', stage: 'qa' }, review]
    const reviewed = asked({ verification }).and([submit, bob], [approve, ada])
    const no: TaskCommand = { ...reject, about: judgedResult(reviewed.task) } as TaskCommand
    const back = reviewed.when(no, seat('cso')).gives('step_failed', 'sent_back')
    back.when(no, seat('cso')).isRefused('another-result', 't-9 has gone on since')
    back.and([approve, ada]).when(no, seat('cso')).isRefused('another-result', 't-9 has gone on since')
  })

  it('files that keep changing are a failed try, so that it ends', () => {
    let story = handedIn(tests, yes).and([ran(), system])
    for (let round = 0; round < 3; round++) story = story.and([changed, system], [ran(), system])
    const { task } = story.when(changed, system).gives({ type: 'returned', counted: true })
    expect(task).toMatchObject({ status: 'open', attempts: 1 })
    expect(task.reason).toBe('src/limit.ts changed (its files changed again while it was looked at)')
    const last = asked({ verification: [tests, yes], budget: { attempts: 1 } }).and([submit, bob], [ran(), system])
    let spent = last
    for (let round = 0; round < 3; round++) spent = spent.and([changed, system], [ran(), system])
    spent.when(changed, system).gives('failed')
  })

  it('nothing is checked again before anything passed, or when nothing waits', () => {
    handedIn(tests).when(changed, system).changesNothing()
    asked().when(changed, system).changesNothing()
    handedIn(tests).and([ran(), system]).when(changed, system).changesNothing()
    for (const doer of [ada, grace, seat('cto', 1), seat('cso')]) {
      handedIn(tests, yes).and([ran(), system]).when(changed, doer).isRefused('system-only', 'Only the system')
    }
  })
})

describe('a file that has to be there', () => {
  const artifact = { path: 'dist/report.md', bytes: 120, sha256: 'a'.repeat(64) }
  const found = (changes: Partial<Evidence> = {}): TaskCommand => ({
    type: 'record_check',
    evidence: { step: 0, epoch: 1, passed: true, by: null, comment: '', artifact, ...changes },
  })
  const missing = found({ passed: false, artifact: undefined, comment: 'dist/report.md is empty' })

  it('passes when the system saw it, and what it saw is kept', () => {
    const { task } = handedIn(report).when(found(), system).gives('step_passed', 'completed')
    expect(task.evidence).toEqual([{ step: 0, epoch: 1, passed: true, by: null, comment: '', artifact }])
  })

  it('is asked for again when it is not there, with the reason', () => {
    const { task } = handedIn(report).when(missing, system).gives('step_failed', 'returned')
    expect(task.reason).toBe('dist/report.md is empty')
    const silent = handedIn(report)
      .when(found({ passed: false, comment: '' }), system)
      .gives('step_failed', 'returned')
    expect(silent.task.reason).toBe('dist/report.md is not there')
  })

  it('F54: is not there by anybody’s word: not another file, not a flag without one', () => {
    handedIn(report)
      .when(found({ artifact: { ...artifact, path: 'another.md' } }), system)
      .gives('step_failed', 'returned')
    handedIn(report)
      .when(found({ artifact: undefined }), system)
      .gives('step_failed', 'returned')
    for (const doer of [seat('cto', 1), grace, ada]) {
      handedIn(report).when(found(), doer).isRefused('system-only', 'Only the system')
      handedIn(report).when(approve, doer).isRefused('check-pending', 't-9 waits for dist/report.md.')
    }
  })

  it('counts for its own submission and step alone, and never for a check', () => {
    for (const changes of [{ epoch: 2 }, { step: 1 }]) handedIn(report).when(found(changes), system).changesNothing()
    handedIn(tests).when(found(), system).changesNothing()
    handedIn(report).when(ran(), system).changesNothing()
  })

  it('comes before what others judge', () => {
    const draft = { verification: [{ kind: 'review', by: 'fullstack', stage: 'qa' }, review, report] as Step[] }
    expect(steps(staged(draft))).toEqual(['artifact', 'review', 'review'])
  })
})
