import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import type { TaskEvent, TaskEventType } from '../../../core/task/commit.ts'
import { taskLines, taskListLines } from '../../../core/task/lines.ts'
import { moves } from '../../../core/task/moves.ts'
import { mendHint, questionAbout } from '../../../core/task/questions.ts'
import { acknowledgedLine, answerTo, type ChangingVerb, roomLine } from '../../../core/task/sentences.ts'
import { type Evidence, type Task, taskStatuses } from '../../../core/task/task.ts'
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
  ])('to %s', (verb, changes, sentence) => {
    expect(answer(verb, changes)).toBe(sentence)
  })

  it('says when it was so already, and why there is nothing', () => {
    expect(answer('claim', { status: 'claimed', claim: bobs }, [])).toBe('t-13 "Add rate limiting" is yours already.')
    expect(answer('cancel', { status: 'cancelled' }, [])).toBe('t-13 "Add rate limiting" is cancelled already.')
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
    ]
    expect(taskListLines(list, now)).toEqual([
      't-6 cto: "Task number 6", waiting for a person\'s yes, 20 min old.',
      't-5 cto: "Task number 5", stuck, with bob, 20 min old.',
      't-4 cto: "Task number 4", worked on by bob, 5 min overdue.',
      't-7 cto: "Task number 7", being checked by `tests`, 20 min old.',
      't-3 cto: "Task number 3", open, urgent, due in 40 min.',
      't-2 cto: "Task number 2", open, 20 min old.',
      't-8 cto: "Task number 8", open again, 20 min old.',
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
      notes: [{ by: 'human-bob', at, text: 'half way' }],
      parent: { key: 'k', label: 't-12' },
      authority: { requester: 'human-ada', tier: 'member', name: 'Ada', chain: ['ceo'] },
    }),
    now,
  )
  expect(lines).toEqual([
    't-13 "Add rate limiting" is with cto: waiting for a review by cso.',
    'about: "Answer with 429 after 100 requests a minute from one address."',
    'accept: "a"',
    'accept: "b"',
    'accept: "c"',
    'accept: "d"',
    'and 2 more criteria.',
    'context: "see the log"',
    "verify: `tests` (passed), a review by cso (now), a person's yes.",
    'asked by Ada through ceo 20 min ago, priority high, due in 40 min, follows t-12, try 2 of 5.',
    'result: "merged as 4f2a", by bob',
    'note: "half way", by bob 12 min ago',
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
  const anyTask = fc
    .record({ words, other: words, status: fc.constantFrom(...taskStatuses), number: fc.constantFrom(1, 999_999) })
    .map(({ words, other, status, number }) =>
      taskAt(number, 3, {
        status,
        title: words.slice(0, 200),
        description: other,
        acceptance_criteria: [words, other],
        context: [other],
        verification: [{ kind: 'approval' }],
        reason: other,
        claim: bobs,
        result: shown(words),
        notes: [shown(other)],
        evidence: [{ step: 0, epoch: 0, passed: false, by: 'cso', comment: other }],
        followed: [{ index: 0, label: null, reason: other }],
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
          ],
        })
        const lines = [
          ...verbs.flatMap((verb) => [['x'], []].map((events) => answerTo(verb, { task, hint: null, events }))),
          ...events.flatMap((event) => roomLine(task, event, world, 'human-bob') ?? []),
          acknowledgedLine(task, true),
          ...taskListLines([task], now),
          ...taskLines(task, now),
        ]
        for (const line of lines) expect(Buffer.byteLength(line), line).toBeLessThanOrEqual(350)
        for (const line of [...lines, ...timelineLines({ task, commits: [commit] })]) {
          expect(line).not.toMatch(/[\p{Cc}\u2028\u2029\u202e]/u)
          expect(line).toMatch(/^[^"Ω]/)
          expect(line.replace(/"[^"]*(?:"|…$)/g, ''), line).not.toContain('Ω')
        }
      }),
      { numRuns: 500 },
    )
  })
})
