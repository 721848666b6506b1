import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import type { TaskEvent, TaskEventType } from '../../../core/task/commit.ts'
import { taskLines, taskListLines } from '../../../core/task/lines.ts'
import { moves } from '../../../core/task/moves.ts'
import { mendHint, questionAbout } from '../../../core/task/questions.ts'
import { acknowledgedLine, reminderLine, roomLine } from '../../../core/task/room-lines.ts'
import { answerTo, type ChangingVerb } from '../../../core/task/sentences.ts'
import { deadlines, type Evidence, type Step, stages, type Task, taskStatuses } from '../../../core/task/task.ts'
import { timelineLines } from '../../../core/task/timeline.ts'
import { world } from '../../support/task-story.ts'
import { taskAt, taskCommit, taskRole } from '../../support/tasks.ts'

const now = new Date('2026-11-21T12:20:13.000Z')
const at = '2026-11-21T12:08:13.000Z'
const bobs = { by: 'human-bob', at, epoch: 1, doorbell: null }
const handedIn = { by: 'human-bob', at, epoch: 1, text: 'merged as 4f2a' }
const task = (changes: Partial<Task> = {}) => taskAt(13, 3, { title: 'Add rate limiting', ...changes })
const yesBy = (by: string, epoch: number): Evidence => ({ step: 1, epoch, passed: true, by, comment: '' })
const failedCheck = (epoch: number): Evidence => ({
  step: 0,
  epoch,
  passed: false,
  by: null,
  comment: '',
  run: {
    check: 'tests',
    argv: ['npm', 'test'],
    exit_code: 1,
    ended: null,
    duration_ms: 4_210,
    output_tail: '1 failed',
    output_sha256: 'e3b0c442'.padEnd(64, '0'),
  },
})

const passedCheck = {
  ...failedCheck(1),
  passed: true,
  run: { ...(failedCheck(1).run as NonNullable<Evidence['run']>), exit_code: 0 },
}
const plan = { by: 'human-eve', at, text: 'a counter for each address' }
const planned = { stage: 'ready-for-prep', role: 'ceo', prep: 'ceo', builder: 'cto' } satisfies Partial<Task>
const tried = {
  status: 'verifying',
  stage: 'qa',
  verification: [{ kind: 'review', by: 'fullstack', stage: 'qa' }],
} satisfies Partial<Task>
const taken = {
  reason: 'silent for an hour',
  suspended: { by: 'human-bob', at, epoch: 1, doorbell: null, role: 'cto' },
} satisfies Partial<Task>
const escalation = {
  by: 'breakroom',
  at,
  rung: 1,
  to: 'ceo',
  reason: 'cto did not acknowledge it within 5 min',
  parked: false,
  reminded_at: null,
}
const told = { escalation } satisfies Partial<Task>
const noted = {
  ...{ kind: 'answer' as const, by: 'sweep', at },
  ...{ question: 'DB name?', text: 'orders_v2', sources: ['docs/db.md'] },
}
const asksAda = { kind: 'ask', by: 'sweep', at, question: 'DB name?', to: 'human-ada', told: false } as const
const parked = { escalation: { ...escalation, to: 'founder', parked: true } } satisfies Partial<Task>

describe('an answer', () => {
  const answer = (verb: ChangingVerb, changes: Partial<Task> = {}, events = ['x'], hint: string | null = null) =>
    answerTo(verb, { task: task(changes), hint, events })

  test.each<[ChangingVerb, Partial<Task>, string]>([
    ['assign', {}, 't-13 is with cto: "Add rate limiting". Done when `tests` passes.'],
    [
      'assign',
      { sla: { complete_within_minutes: 180 } },
      't-13 is with cto: "Add rate limiting". Done when `tests` passes. Due in 3 h.',
    ],
    [
      'assign',
      { status: 'waiting', waits_for: [{ key: 'k', label: 't-12' }], verification: [{ kind: 'review', by: null }] },
      't-13 is with cto: "Add rate limiting". It waits for t-12. Done when ada or whom cto reports to approves.',
    ],
    [
      'claim',
      { acceptance_criteria: ['a', 'b', 'c'] },
      't-13 "Add rate limiting" is yours. Done when "a" and 2 more; then !done t-13 <result>.',
    ],
    ['submit', { status: 'verifying' }, 't-13 "Add rate limiting" is handed in. Now `tests` runs.'],
    [
      'approve',
      { status: 'verifying', passed: 1, verification: [{ kind: 'approval' }, { kind: 'review', by: 'cso' }] },
      't-13 "Add rate limiting" has your yes. Now it waits for a review by cso.',
    ],
    ['approve', { status: 'done' }, 't-13 "Add rate limiting" has your yes and is done.'],
    [
      'assign',
      { role: 'architect', builder: 'cto', prep: 'architect', stage: 'ready-for-prep' },
      't-13 is with architect, to be planned for cto: "Add rate limiting". Done when `tests` passes.',
    ],
    ['submit', { prep: 'architect', stage: 'ready-for-dev' }, 't-13 "Add rate limiting" has your plan.'],
    [
      'reject',
      { evidence: [{ ...yesBy('human-bob', 1), passed: false, category: 'defect' }] },
      't-13 "Add rate limiting" has your no (defect) and is back with cto.',
    ],
    [
      'reject',
      { status: 'failed', attempts: 5 },
      't-13 "Add rate limiting" has your no, and failed: that was try 5 of 5.',
    ],
    // The last of five tries was a plan that nobody could build from.
    [
      'reject',
      { status: 'failed', attempts: 4 },
      't-13 "Add rate limiting" has your no, and failed: that was try 5 of 5.',
    ],
    ['reject', planned, 't-13 "Add rate limiting" has your no and is back with ceo, to be planned again.'],
    ['reject', tried, 't-13 "Add rate limiting" has your no. Now it waits for a test by fullstack.'],
    ['claim', planned, 't-13 "Add rate limiting" is yours to plan for cto: !done t-13 <plan>.'],
    [
      'claim',
      { plan, acceptance_criteria: ['a'] },
      't-13 "Add rate limiting" is yours. !task t-13 shows its plan. Done when "a"; then !done t-13 <result>.',
    ],
    ['submit', { plan }, 't-13 "Add rate limiting" has your plan.'],
    ['submit', tried, 't-13 "Add rate limiting" is handed in. Now it waits for a test by fullstack.'],
    ['ping', {}, 't-13 "Add rate limiting": cto is asked where it stands.'],
    ['ping', { status: 'working', claim: bobs }, 't-13 "Add rate limiting": bob is asked where it stands.'],
    ['take_back', taken, 't-13 "Add rate limiting" is taken back from bob and open again for cto.'],
    ['reassign_fit', { role: 'backend' }, 't-13 "Add rate limiting" is with backend now.'],
    ['reassign_fit', told, 't-13 "Add rate limiting": nobody else fits. ceo is told.'],
    ['escalate', told, 't-13 "Add rate limiting": ceo is told.'],
    ['escalate', parked, 't-13 "Add rate limiting": it is parked; nobody above is left to be told.'],
  ])('to %s', (verb, changes, sentence) => {
    expect(answer(verb, changes)).toBe(sentence)
  })

  it('says when it was so already, and why there is nothing', () => {
    expect(answer('claim', { status: 'claimed', claim: bobs }, [])).toBe('t-13 "Add rate limiting" is yours already.')
    expect(answer('cancel', { status: 'cancelled' }, [])).toBe('t-13 "Add rate limiting" is cancelled already.')
    expect(answer('ping', { status: 'working', claim: bobs }, [])).toBe(
      't-13 "Add rate limiting": nothing more is to be done; it is worked on by bob.',
    )
    // A repeated request is answered as the first.
    expect(answer('assign', {}, [])).toContain('is with cto')
    expect(answerTo('claim', { task: null, hint: 'all your tasks are blocked by t-7', events: [] })).toBe(
      'Nothing to claim: all your tasks are blocked by t-7.',
    )
  })
})

describe('the line of the house in the room', () => {
  const line = (event: TaskEventType, changes: Partial<Task> = {}) => roomLine(task(changes), event, world, 'human-bob')

  test.each<[TaskEventType, Partial<Task>, string]>([
    [
      'completed',
      { status: 'done', result: handedIn },
      't-13 "Add rate limiting" is done (`tests` passed). Result: "merged as 4f2a"',
    ],
    [
      'completed',
      {
        status: 'done',
        verification: [
          { kind: 'check', check: 'tests' },
          { kind: 'check', check: 'lint' },
          { kind: 'review', by: 'cso' },
        ],
      },
      't-13 "Add rate limiting" is done (2 checks passed, approved).',
    ],
    [
      'completed',
      {
        status: 'done',
        result: handedIn,
        verification: [
          { kind: 'check', check: 'tests' },
          { kind: 'review', by: 'cso' },
          { kind: 'review', by: 'ceo' },
          { kind: 'approval' },
        ],
        evidence: [yesBy('human-eve', 0), yesBy('human-ada', 1), yesBy('ceo', 1), yesBy('human-ada', 1)],
      },
      't-13 "Add rate limiting" is done (`tests` passed, approved by ada and ceo). Result: "merged as 4f2a"',
    ],
    [
      'failed',
      { status: 'failed', reason: 'no access' },
      't-13 "Add rate limiting" failed: "no access". !reassign t-13 <role> gives it another try.',
    ],
    [
      'blocked',
      { status: 'blocked', claim: bobs, reason: 'no access' },
      't-13 "Add rate limiting" is stuck, with bob: "no access".',
    ],
    [
      'returned',
      { reason: '`tests` ended with 1', epoch: 1, attempts: 4, evidence: [failedCheck(1)] },
      't-13 "Add rate limiting" is back with cto: "`tests` ended with 1". 1 more try.',
    ],
    [
      'submitted',
      { status: 'verifying', verification: [{ kind: 'approval' }], result: handedIn },
      't-13 "Add rate limiting" waits for a person\'s yes: !approve t-13, or !reject t-13 <reason>. Result: "merged as 4f2a"',
    ],
    [
      'step_passed',
      { status: 'verifying', verification: [{ kind: 'review', by: null }] },
      't-13 "Add rate limiting" waits for a review by ada or ceo: !approve t-13, or !reject t-13 <reason>.',
    ],
    [
      'followed',
      {
        // In public the desk for dead letters tells of it.
        place: { room: { name: 'board', visibility: 'private' } },
        followed: [{ index: 0, label: null, reason: 'There is no role cfo.' }],
        on_complete: [
          {
            publish_to: 'cfo',
            payload_template: {
              title: 'Pay {task_id}',
              description: '',
              acceptance_criteria: ['paid'],
              verification: [],
              on_complete: [],
            },
          },
        ],
      },
      't-13 was to be followed by "Pay {task_id}", which did not come: "There is no role cfo." It is kept with the dead letters.',
    ],
    ['prepared', { plan }, 't-13 "Add rate limiting" has a plan by eve; cto builds it.'],
    [
      'doubted',
      {
        status: 'verifying',
        passed: 1,
        evidence: [{ ...passedCheck, run: { ...passedCheck.run, doubts: ['There are 3 tests fewer.'] } }],
      },
      't-13 "Add rate limiting" passed, but a person has to look: "There are 3 tests fewer." !approve t-13, or !reject t-13 <reason>.',
    ],
    [
      'rechecked',
      { status: 'verifying', reason: 'src/limit.ts changed' },
      't-13 "Add rate limiting" is checked again: "src/limit.ts changed".',
    ],
    [
      'rechecked',
      { status: 'verifying', reason: 'src/limit.ts changed', verification: [{ kind: 'approval' }] },
      't-13 "Add rate limiting" waits for a person\'s yes: !approve t-13, or !reject t-13 <reason>.',
    ],
    ['breached', { breached: ['complete'] }, 't-13 "Add rate limiting" is late: it was to be done by now.'],
    [
      'breached',
      { breached: ['acknowledge'] },
      't-13 "Add rate limiting" is late: cto did not acknowledge it in time.',
    ],
    [
      'escalated',
      told,
      'ceo: t-13 "Add rate limiting" needs you: "cto did not acknowledge it within 5 min". It is open, with cto. Answer with !note, !reassign or !cancel t-13.',
    ],
    [
      'escalated',
      { ...told, breached: ['acknowledge'] },
      'ceo: t-13 "Add rate limiting" needs you: "cto did not acknowledge it within 5 min". It is open, with cto. Answer with !note, !reassign or !cancel t-13.',
    ],
    [
      'escalated',
      { ...told, status: 'working', claim: bobs },
      'ceo: t-13 "Add rate limiting" needs you: "cto did not acknowledge it within 5 min". It is worked on by bob. Answer with !note, !reassign or !cancel t-13.',
    ],
    [
      'parked',
      parked,
      't-13 "Add rate limiting" is parked: nobody above is left to be told. It waits for the founder, who is reminded each morning. Answer with !note, !reassign or !cancel t-13.',
    ],
    ['pinged', {}, 'cto: where does t-13 "Add rate limiting" stand? !note t-13 <words> is enough.'],
    [
      'pinged',
      { status: 'working', claim: bobs },
      'bob: where does t-13 "Add rate limiting" stand? !note t-13 <words> is enough.',
    ],
    // It is no more with whoever handed it in.
    [
      'pinged',
      { ...tried, claim: bobs },
      'fullstack: where does t-13 "Add rate limiting" stand? !note t-13 <words> is enough.',
    ],
    [
      'taken_back',
      taken,
      't-13 "Add rate limiting" was taken back from bob and is open again for cto: "silent for an hour".',
    ],
    ['resumed', { status: 'working', claim: bobs }, 't-13 "Add rate limiting" is with bob after all.'],
    [
      'answered',
      { status: 'blocked', claim: bobs, help: noted },
      'bob: t-13 "Add rate limiting" was stuck on "DB name?". Written down: "orders_v2" ("docs/db.md"). !start t-13 goes on.',
    ],
    [
      'answered',
      { status: 'working', claim: bobs, help: { ...noted, sources: [] } },
      'bob: t-13 "Add rate limiting" was stuck on "DB name?". Written down: "orders_v2".',
    ],
    // Rings her, also where names are only words.
    [
      'asked',
      { status: 'blocked', claim: bobs, help: asksAda },
      '@ada: t-13 "Add rate limiting" is stuck on "DB name?", and no answer is at hand. !note t-13 <words> tells bob.',
    ],
    [
      'asked',
      { status: 'blocked', claim: bobs, help: { ...asksAda, question: 'May I deploy?', to: 'founder' } },
      'founder: t-13 "Add rate limiting" is stuck on "May I deploy?", and only a person says yes. !note t-13 <words> tells bob.',
    ],
    [
      'asked',
      { status: 'verifying', verification: [{ kind: 'approval' }], claim: bobs, help: { ...asksAda, question: null } },
      '@ada: t-13 "Add rate limiting" waits for you: !approve t-13, or !reject t-13 <reason>.',
    ],
    [
      'asked',
      { help: { ...asksAda, question: null, to: 'devops' } },
      'devops: t-13 "Add rate limiting" waits for you: !claim t-13.',
    ],
    [
      'asked',
      { status: 'working', claim: bobs, help: { ...asksAda, question: null, to: 'human-bob' } },
      '@bob: t-13 "Add rate limiting" waits for you: !note t-13 <words> is enough.',
    ],
  ])('about %s', (event, changes, sentence) => {
    expect(line(event, changes)).toBe(sentence)
  })

  test.each<[TaskEventType, Partial<Task>]>([
    ['created', {}],
    ['claimed', { status: 'claimed', claim: bobs }],
    ['noted', {}],
    ['submitted', { status: 'verifying' }],
    ['submitted', { status: 'done' }],
    ['step_failed', { evidence: [failedCheck(1)] }],
    // Given back by a seat, not by a check.
    ['returned', { reason: 'crashed' }],
    ['returned', { reason: 'crashed', epoch: 2, evidence: [failedCheck(1)] }],
    ['cancelled', { status: 'cancelled' }],
    // People who say no are answered.
    ['sent_back', tried],
    ['reassigned', {}],
    ['reminded', {}],
    ['followed', { followed: [{ index: 0, label: 't-14', reason: null }] }],
  ])('is none about %s', (event, changes) => {
    expect(line(event, changes)).toBeNull()
  })

  it('is told of what the system cancels, and of a no that a program gave', () => {
    const cancelled = { status: 'cancelled' as const, reason: 't-7 was cancelled' }
    expect(roomLine(task(cancelled), 'cancelled', world, 'breakroom')).toBe(
      't-13 "Add rate limiting" is cancelled too: "t-7 was cancelled".',
    )
    const no = { step: 0, epoch: 1, passed: false, by: 'cso', comment: 'a key is in it' }
    const sentBack = { reason: 'a key is in it', epoch: 1, attempts: 1, evidence: [no] }
    expect(roomLine(task(sentBack), 'returned', world, 'cso')).toBe(
      't-13 "Add rate limiting" is back with cto: "a key is in it". 4 more tries.',
    )
    expect(roomLine(task(sentBack), 'returned', world, 'human-bob')).toBeNull()
  })

  it('is told of what goes back to a planner or to whoever tried it, when a program says so', () => {
    const back = (changes: Partial<Task>) =>
      roomLine(task({ ...changes, reason: 'it breaks' }), 'sent_back', world, 'cso')
    expect(back(planned)).toBe('t-13 "Add rate limiting" is back with ceo, to be planned again: "it breaks".')
    expect(back(tried)).toBe('t-13 "Add rate limiting" is back with fullstack, to be tried again: "it breaks".')
    expect(back({ ...tried, verification: [{ kind: 'review', by: 'devops', stage: 'qa' }] })).toBe(
      't-13 "Add rate limiting" is back with devops, to be tried again: "it breaks". !approve t-13, or !reject t-13 <reason>.',
    )
  })

  it('says why whoever watches asks, in their words; people who ask need no reason', () => {
    const watched = {
      by: 'sweep',
      at,
      kind: 'ping' as const,
      epoch: 1,
      rung: 1,
      answered: false,
      reason: 'nothing moved for 35 min',
    }
    const pinged = task({ status: 'working', claim: bobs, watched })
    expect(roomLine(pinged, 'pinged', world, 'sweep')).toBe(
      'bob: where does t-13 "Add rate limiting" stand? "nothing moved for 35 min". !note t-13 <words> is enough.',
    )
    expect(roomLine(pinged, 'pinged', world, 'human-ada')).toBe(
      'bob: where does t-13 "Add rate limiting" stand? !note t-13 <words> is enough.',
    )
  })

  it('is told of what whoever watches gives to somebody else, and why it came back although it passed', () => {
    const watched = { by: 'sweep', at, kind: 'reassign' as const, epoch: 1, rung: 3, answered: false, reason: 'silent' }
    expect(roomLine(task({ role: 'backend', watched }), 'reassigned', world, 'sweep')).toBe(
      't-13 "Add rate limiting" stood still and is with backend now.',
    )
    const changing = { reason: 'its files changed again', epoch: 1, attempts: 1, evidence: [passedCheck] }
    expect(roomLine(task(changing), 'returned', world, 'breakroom')).toBe(
      't-13 "Add rate limiting" is back with cto: "its files changed again". 4 more tries.',
    )
  })

  it('is one for all that is parked, each morning', () => {
    expect(reminderLine([task(parked)])).toBe(
      'founder: t-13 is parked and waits for you. !task t-13 tells why. Answer with !note, !reassign or !cancel.',
    )
    const many = Array.from({ length: 30 }, (_, index) =>
      taskAt(index, 1, { label: `t-${999_999_000_000_000 + index}` }),
    )
    expect(reminderLine(many)).toMatch(/^founder: t-999999000000000, .+ and 20 more are parked and wait for you\. /)
    expect(Buffer.byteLength(reminderLine(many))).toBeLessThanOrEqual(350)
  })

  it('says how to judge to people, not to programs', () => {
    const cso = taskRole()
    const programs = { ...world, roles: new Map([...world.roles, ['cso', cso] as const]) }
    const waiting = task({ status: 'verifying', verification: [{ kind: 'review', by: 'cso' }] })
    expect(roomLine(waiting, 'submitted', programs, 'human-bob')).toBe(
      't-13 "Add rate limiting" waits for a review by cso.',
    )
  })

  it('is told from what a role says of its own seat', () => {
    expect(acknowledgedLine(task(), false)).toBe('t-13 is here: "Add rate limiting".')
    expect(acknowledgedLine(task(), true)).toBe(
      't-13 is here: "Add rate limiting". Nobody works at this seat by itself: !claim t-13',
    )
  })
})

describe('!tasks', () => {
  it('shows first what waits for people, then what is stuck, in hand, open, waiting', () => {
    const list = [
      taskAt(1, 1, { status: 'waiting', waits_for: [{ key: 'k', label: 't-2' }] }),
      taskAt(2, 1),
      taskAt(3, 1, { priority: 'urgent', sla: { complete_within_minutes: 60 } }),
      taskAt(4, 1, { status: 'working', claim: bobs, sla: { complete_within_minutes: 15 } }),
      taskAt(5, 1, { status: 'blocked', claim: bobs, reason: 'x' }),
      taskAt(6, 1, { status: 'verifying', verification: [{ kind: 'approval' }] }),
      taskAt(7, 1, { status: 'verifying' }),
      taskAt(8, 1, { reason: 'failed once', acknowledged: bobs }),
      taskAt(9, 1, { acknowledged: bobs, status: 'failed' }),
      taskAt(10, 1, told),
      taskAt(11, 1, { ...parked, status: 'working', claim: bobs }),
      taskAt(12, 1, { ...planned, reason: 'which limit?' }),
      taskAt(13, 1, { breached: ['acknowledge'] }),
      taskAt(14, 1, tried),
    ]
    expect(taskListLines(list, now, { most: 20 })).toEqual([
      't-6 cto: "Task number 6", waiting for a person\'s yes, 20 min old.',
      't-10 cto: "Task number 10", open, ceo was told, 20 min old.',
      't-11 cto: "Task number 11", parked for the founder, worked on by bob, 20 min old.',
      't-14 cto: "Task number 14", waiting for a test by fullstack, 20 min old.',
      't-5 cto: "Task number 5", stuck, with bob, 20 min old.',
      't-4 cto: "Task number 4", worked on by bob, 5 min overdue.',
      't-7 cto: "Task number 7", being checked by `tests`, 20 min old.',
      't-3 cto: "Task number 3", open, urgent, due in 40 min.',
      't-2 cto: "Task number 2", open, 20 min old.',
      't-8 cto: "Task number 8", open again, 20 min old.',
      't-12 ceo: "Task number 12", to be planned again for cto, 20 min old.',
      't-13 cto: "Task number 13", open, not acknowledged in time, 20 min old.',
      't-1 cto: "Task number 1", waiting for t-2, 20 min old.',
      't-9 cto: "Task number 9", failed, 20 min old.',
    ])
  })

  it('shows ten, and how many more there are', () => {
    const list = Array.from({ length: 15 }, (_, n) => taskAt(n + 1, 1))
    expect(taskListLines(list, now, { more: 7 })).toHaveLength(11)
    expect(taskListLines(list, now, { more: 7 }).at(-1)).toBe('and 12 more.')
    expect(taskListLines(list.slice(0, 10), now)).toHaveLength(10)
  })

  it('says how to give one when there is none', () => {
    expect(taskListLines([], now)).toEqual([
      'No task is open. !assign <role> "<title>" accept: <what is then true> gives one.',
    ])
    expect(taskListLines([], now, { role: 'cto' })[0]).toMatch(/^cto has no open task\. !assign cto "/)
  })
})

function followUp(title: string): Task['on_complete'][number] {
  const payload_template = { title, description: '', acceptance_criteria: ['x'], verification: [], on_complete: [] }
  return { publish_to: 'cso', payload_template }
}

it('!task tells everything about a task', () => {
  const lines = taskLines(
    task({
      status: 'verifying',
      acceptance_criteria: ['a', 'b', 'c', 'd', 'e', 'f'],
      context: ['see the log'],
      verification: [{ kind: 'check', check: 'tests' }, { kind: 'review', by: 'cso' }, { kind: 'approval' }],
      passed: 1,
      attempts: 2,
      priority: 'high',
      sla: { complete_within_minutes: 60 },
      claim: bobs,
      result: handedIn,
      plan,
      escalation,
      on_complete: [followUp('Review {task_id}')],
      on_fail: [followUp('Why did it fail?')],
      followed: [{ index: 0, label: 't-20', reason: null, failed: true }],
      notes: [{ by: 'human-bob', at, text: 'half way' }],
      parent: { key: 'k', label: 't-12' },
      authority: { requester: 'human-ada', tier: 'member', name: 'Ada', chain: ['ceo'] },
    }),
    now,
  )
  expect(lines).toEqual([
    't-13 "Add rate limiting" is with cto: waiting for a review by cso, ceo was told.',
    'about: "Answer with 429 after 100 requests a minute from one address."',
    'accept: "a"',
    'accept: "b"',
    'accept: "c"',
    'accept: "d"',
    'and 2 more criteria.',
    'context: "see the log"',
    "verify: `tests` (passed), a review by cso (now), a person's yes.",
    'asked by Ada through ceo 20 min ago, priority high, due in 40 min, follows t-12, try 2 of 5.',
    'plan: "a counter for each address", by eve',
    'result: "merged as 4f2a", by bob',
    'ceo was told 12 min ago: "cto did not acknowledge it within 5 min"',
    'note: "half way", by bob 12 min ago',
    'then: cso "Review {task_id}"',
    'else: cso "Why did it fail?", which is t-20',
  ])
})

it('!task tells for how long somebody has held it', () => {
  expect(taskLines(task({ status: 'working', claim: bobs }), now)[0]).toBe(
    't-13 "Add rate limiting" is with cto: worked on by bob for 12 min.',
  )
})

it('the timeline tells when, who, what and why', () => {
  const first = taskCommit(taskAt(13, 1), { cause: 't-12 done' })
  const commits = [
    first,
    taskCommit(task(), {
      by: 'human-bob',
      at: '2026-11-22T00:00:01.000Z',
      events: [
        { type: 'claimed', epoch: 1, doorbell: null },
        { type: 'submitted', result: 'merged', epoch: 1 },
      ],
    }),
    taskCommit(task(), {
      by: 'breakroom',
      at: '2026-11-22T00:00:05.000Z',
      events: [
        { type: 'step_failed', evidence: failedCheck(1) },
        { type: 'returned', reason: '`tests` ended with 1', counted: true },
      ],
    }),
  ]
  expect(timelineLines({ task: task(), commits })).toEqual([
    't-13 "Add rate limiting"',
    '2026-11-21 (UTC)',
    '12:00:14 ada: asked cto for it (because: "t-12 done")',
    '2026-11-22 (UTC)',
    '00:00:01 bob: claimed it, epoch 1; handed it in: "merged"',
    '00:00:05 breakroom: `tests` (exit code 1, 4.2 s, output e3b0c442) said no: "1 failed"; back to its role: "`tests` ended with 1"',
  ])
})

test('the timeline says once who judged, and why', () => {
  const judged = { step: 1, epoch: 1, by: 'human-ada', comment: 'a key is in it' }
  const commit = (events: TaskEvent[]) => taskCommit(task(), { by: 'human-ada', events })
  const commits = [
    commit([
      { type: 'step_failed', evidence: { ...judged, passed: false, category: 'security' } },
      { type: 'returned', reason: 'a key is in it', counted: true, category: 'security' },
    ]),
    commit([{ type: 'step_passed', evidence: { ...judged, passed: true, comment: 'no key' } }, { type: 'completed' }]),
  ]
  expect(timelineLines({ task: task(), commits }).slice(2)).toEqual([
    expect.stringMatching(/^\S+ ada: said no: "a key is in it"; back to its role \(security\)$/),
    expect.stringMatching(/^\S+ ada: said yes: "no key"; done$/),
  ])
})

describe('a question', () => {
  const nothing = { role: null, draft: {}, problems: [], unread: [], missing: [] }

  test.each([
    [{ missing: ['role' as const] }, 'alone' as const, 'Who is it for? For example: ceo'],
    [
      { missing: ['role' as const], draft: { title: 'Add it' } },
      'command' as const,
      'Who is "Add it" for? For example: !assign ceo',
    ],
    [
      { missing: ['role' as const, 'title' as const] },
      'by-name' as const,
      'Who is it for, and what is to be done? For example: !assign ceo "Add rate limiting"',
    ],
    [
      { role: 'cto', missing: ['title' as const] },
      'by-name' as const,
      'What is cto to do? For example: breakroom: Add rate limiting',
    ],
    [
      { role: 'cto', missing: ['due' as const] },
      'command' as const,
      'due: has to be said again. For example: !assign due: 60m',
    ],
  ])('asks for %j (%s)', (changes, way, question) => {
    expect(questionAbout({ ...nothing, ...changes }, way, 'ceo')).toBe(question)
  })

  it('says how a refused assignment is mended', () => {
    expect(mendHint('No.', 'after.0', {})).toBe(
      'No. Nothing is filed yet: "!assign after: ..." mends it, "!assign cancel" drops it.',
    )
    expect(mendHint('No.', undefined, {})).toContain('"!assign <key>: <value>" mends it')
  })

  it('names the key behind which it was said', () => {
    const check = { kind: 'check', check: 'true' } as const
    const said = { verification: [check], qa: 'cso', review: ['ceo'], on_complete: [] }
    const key = (path: string, draft: Parameters<typeof mendHint>[2] = said) =>
      mendHint('No.', path, draft).match(/"!assign (\S+) /)?.[1]
    expect(['verification.0', 'verification.1', 'verification.2'].map((path) => key(path))).toEqual([
      'verify:',
      'qa:',
      'review:',
    ])
    expect(key('verification.0', { review: ['ceo'] })).toBe('review:')
    expect(key('verification')).toBe('verify:')
    expect(key('on_complete.0')).toBe('also:')
    expect(key('on_complete.0.publish_to', {})).toBe('then:')
    expect(key('on_fail.1')).toBe('else:')
    expect(key('prep')).toBe('prep:')
  })
})

describe('S17: what agents and people write never passes for the words of the house', () => {
  const words = fc
    .array(
      fc.constantFrom(
        'Ω',
        'Ω t-14 is done.',
        '"',
        '”',
        '»',
        '\n',
        '\r\n',
        '\u2028',
        '\u202e',
        '\x02',
        '\\',
        '字',
        'x'.repeat(90),
      ),
      {
        minLength: 1,
        maxLength: 12,
      },
    )
    .map((pieces) => `Ω${pieces.join('')}`)
  const shown = (text: string) => ({ ...bobs, text })
  const longRole = 'r'.repeat(32)
  const longPerson = `human-${'p'.repeat(64)}`
  const qa = { kind: 'review', by: longRole, stage: 'qa' } as const
  const anyTask = fc
    .record({
      words,
      other: words,
      status: fc.constantFrom(...taskStatuses),
      stage: fc.constantFrom(...stages),
      number: fc.constantFrom(1, 999_999),
      step: fc.constantFrom<Step[]>(
        { kind: 'approval' },
        { kind: 'approval', doubt: true },
        qa,
        { kind: 'review', by: null },
        { kind: 'review', by: longRole },
      ),
      path: words,
      parked: fc.constantFrom(null, true, false),
      breached: fc.subarray([...deadlines]),
      failed: fc.boolean(),
      helped: fc.constantFrom('answer' as const, 'ask' as const, 'act' as const),
    })
    .map(({ words, other, status, stage, number, step, path, parked, breached, failed, helped }) =>
      taskAt(number, 3, {
        status,
        stage,
        role: longRole,
        builder: longRole,
        prep: longRole,
        breached,
        plan: shown(words),
        watched: { by: 'sweep', at, kind: 'reassign', epoch: 1, rung: 1, answered: false, reason: other },
        help:
          helped === 'answer'
            ? {
                kind: helped,
                by: 'sweep',
                at,
                question: other,
                text: words,
                sources: [other.slice(0, 200), 'docs/db.md'],
              }
            : { kind: 'ask', by: 'sweep', at, question: helped === 'ask' ? other : null, to: longPerson, told: failed },
        suspended: { by: longPerson, at, epoch: 1, doorbell: null, role: longRole },
        escalation: parked === null ? null : { ...escalation, to: longRole, reason: other, parked },
        title: words.slice(0, 200),
        description: other,
        acceptance_criteria: [words, other],
        context: [other],
        verification: [step, { kind: 'artifact', path: path.slice(0, 300) }],
        reason: other,
        claim: { ...bobs, by: longPerson },
        result: shown(words),
        notes: [shown(other)],
        evidence: [
          { step: 0, epoch: 0, passed: false, by: 'cso', comment: other },
          { ...passedCheck, run: { ...passedCheck.run, doubts: [other.slice(0, 300), words.slice(0, 300)] } },
        ],
        followed: [{ index: 0, label: null, reason: other, failed }],
        on_fail: [followUp(words.slice(0, 200))],
        on_complete: [
          {
            publish_to: 'cso',
            payload_template: {
              title: words.slice(0, 200),
              description: '',
              acceptance_criteria: ['x'],
              verification: [],
              on_complete: [],
            },
          },
        ],
      }),
    )
  const verbs: ChangingVerb[] = [
    ...(['assign', 'claim', 'acknowledge', 'start', 'note', 'block'] as const),
    ...(['submit', 'approve', 'reject', 'reassign', 'cancel'] as const),
    ...(['ping', 'take_back', 'reassign_fit', 'escalate'] as const),
  ]
  const events = Object.keys(moves.open) as TaskEventType[]

  it('is one line of at most 350 bytes, in quotation marks that nothing in it closes', () => {
    fc.assert(
      fc.property(anyTask, (task) => {
        const commit = taskCommit(task, {
          cause: task.reason,
          events: [
            { type: 'noted', text: task.reason ?? '' },
            { type: 'submitted', result: task.result?.text ?? '', epoch: 1 },
            { type: 'followed', index: 0, label: null, reason: task.reason },
            { type: 'prepared', plan: task.plan?.text ?? '', epoch: 1 },
            { type: 'sent_back', to: 'qa', category: 'other', reason: task.reason ?? '' },
            { type: 'escalated', rung: 1, to: 'ceo', reason: task.reason ?? '' },
            { type: 'pinged', epoch: 1, rung: 1, reason: task.reason ?? '' },
            { type: 'doubted', reason: task.reason ?? '' },
            {
              ...{ type: 'answered', epoch: 1, rung: 1, reason: task.reason ?? '', text: task.result?.text ?? '' },
              sources: [task.reason ?? ''],
            } as TaskEvent,
          ],
        })
        const lines = [
          ...verbs.flatMap((verb) => [['x'], []].map((events) => answerTo(verb, { task, hint: null, events }))),
          ...events.flatMap((event) => ['sweep', 'breakroom'].flatMap((by) => roomLine(task, event, world, by) ?? [])),
          acknowledgedLine(task, true),
          ...taskListLines([task], now),
          ...taskLines(task, now),
        ]
        for (const line of lines) expect(Buffer.byteLength(line), line).toBeLessThanOrEqual(350)
        // However long the names are, it is said what can be done.
        for (const event of ['escalated', 'parked', 'pinged', 'doubted'] as const) {
          expect(roomLine(task, event, world, 'sweep')).toMatch(
            /!(?:note|cancel|reject) t-\d+(?: <\w+>)?(?: is enough)?\.$/,
          )
        }
        const helpEnds = /!(?:start|note|reject|claim) t-\d+(?: <\w+>)?(?: goes on\.| is enough\.| tells \S+\.|\.)$/
        for (const event of ['answered', 'asked'] as const) {
          const isBlocked = event === 'asked' || task.status === 'blocked'
          expect(roomLine(task, event, world, 'sweep') ?? '!note t-1.').toMatch(isBlocked ? helpEnds : /\.$/)
        }
        for (const line of [...lines, ...timelineLines({ task, commits: [commit] })]) {
          expect(line).not.toMatch(/[\p{Cc}\u2028\u2029\u202e]/u)
          expect(line).toMatch(/^[^"Ω]/)
          expect(line.replace(/"[^"]*(?:"|…$)/g, ''), line).not.toContain('Ω')
        }
      }),
      { numRuns: 120 },
    )
  })
})
