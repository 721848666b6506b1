import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { parseCommand } from '../../../core/command.ts'
import { commandWith, taskCard } from '../../../core/task/card.ts'
import { judgedFront } from '../../../core/task/judged-result.ts'
import type { Task } from '../../../core/task/task.ts'
import type { TaskWorld } from '../../../core/task/world.ts'
import { anyTask, anyWords } from '../../support/any-task.ts'
import { taskAt, taskRole } from '../../support/tasks.ts'

const at = '2026-11-21T12:20:00.000Z'
const now = new Date(at)
const seat = (people: boolean) => taskRole({ people })
const world: TaskWorld = {
  roles: new Map([
    ['cto', seat(true)],
    ['cso', seat(true)],
    ['ai', seat(false)],
    ['ceo', { ...seat(true), manager: 'founder' }],
  ]),
  checks: new Set(['tests']),
  timeZone: 'UTC',
}
const card = (changes: Partial<Task> = {}, when = now) =>
  taskCard(taskAt(13, 1, { title: 'Add rate limiting', ...changes }), when, world)
const buttons = (changes: Partial<Task>) => card(changes).actions.map(({ command, asks }) => [command, asks])

const bobs = { by: 'human-bob', at, epoch: 1, doorbell: null }
const programs = { by: 'ai', at, epoch: 1, doorbell: 'd' }
const handedIn = { by: 'human-bob', at, text: 'merged as 4f2a', epoch: 1 }
const ran = (exit_code: number, step = 0) => ({
  step,
  epoch: 1,
  passed: exit_code === 0,
  by: null,
  comment: '',
  run: {
    check: 'tests',
    argv: ['npm', 'test'],
    exit_code,
    ended: null,
    duration_ms: 4_200,
    output_tail: '1 failed',
    output_sha256: 'e'.repeat(64),
  },
})
const forApproval = {
  status: 'verifying',
  verification: [{ kind: 'check', check: 'tests' }, { kind: 'approval' }],
  passed: 1,
  epoch: 1,
  claim: bobs,
  acknowledged: bobs,
  result: handedIn,
  evidence: [ran(0)],
} satisfies Partial<Task>

const plan = { by: 'human-eve', at, text: 'a counter\nfor each address\u200b' }
const escalation = {
  by: 'breakroom',
  at,
  rung: 1,
  to: 'ceo',
  reason: 'it was to be done by now',
  parked: false,
  reminded_at: null,
}

function followUp(title: string): Task['on_fail'][number] {
  const payload_template = { title, description: '', acceptance_criteria: ['x'], verification: [], on_complete: [] }
  return { publish_to: 'cso', payload_template }
}

describe('the state of a card', () => {
  test.each<[Partial<Task>, string, string]>([
    [{}, 'open', 'quiet'],
    [{ acknowledged: bobs }, 'open, acknowledged', 'quiet'],
    [{ status: 'waiting', waits_for: [{ key: 'k', label: 't-7' }] }, 'waiting for t-7', 'quiet'],
    [{ status: 'claimed', claim: bobs }, 'claimed by bob', 'active'],
    [{ status: 'working', claim: bobs }, 'worked on by bob', 'active'],
    [{ status: 'blocked', claim: bobs, reason: 'no access' }, 'stuck, with bob', 'attention'],
    [{ status: 'verifying', claim: bobs, result: handedIn }, 'being checked by `tests`', 'active'],
    [forApproval, "waiting for a person's yes", 'attention'],
    [
      { ...forApproval, verification: [{ kind: 'review', by: null }], passed: 0 },
      'waiting for a review by ada or ceo',
      'attention',
    ],
    [
      { ...forApproval, verification: [{ kind: 'review', by: 'ai' }], passed: 0 },
      'waiting for a review by ai',
      'active',
    ],
    [{ stage: 'ready-for-prep', role: 'ceo', prep: 'ceo' }, 'to be planned for ceo', 'quiet'],
    [{ breached: ['acknowledge'] }, 'open, not acknowledged in time', 'quiet'],
    [{ status: 'working', claim: bobs, escalation }, 'worked on by bob', 'attention'],
    [
      { ...forApproval, verification: [{ kind: 'approval', doubt: true }], passed: 0 },
      "waiting for a person's yes to what looks odd",
      'attention',
    ],
    [
      { ...forApproval, stage: 'qa', verification: [{ kind: 'review', by: 'cso', stage: 'qa' }], passed: 0 },
      'waiting for a test by cso',
      'attention',
    ],
    [{ status: 'done', result: handedIn }, 'done', 'done'],
    [{ status: 'failed', reason: 'no access' }, 'failed', 'failed'],
    [{ status: 'cancelled' }, 'cancelled', 'quiet'],
  ])('of %j is %s', (changes, state, tone) => {
    expect(card(changes)).toMatchObject({ state, tone })
  })

  it('says when it is late, and nothing of that when it is over', () => {
    const sla = { complete_within_minutes: 10 }
    expect(card({ sla })).toMatchObject({
      state: 'open, overdue',
      tone: 'attention',
      due: '2026-11-21T12:10:13.000Z',
    })
    expect(card({ sla }, new Date('2026-11-21T12:05:00.000Z'))).toMatchObject({ state: 'open', tone: 'quiet' })
    expect(card({ sla, status: 'done' })).toMatchObject({ state: 'done', due: null })
  })
})

describe('the stage of a card', () => {
  test.each<[Partial<Task>, string | null]>([
    [{ prep: 'ceo', stage: 'ready-for-prep' }, 'planning'],
    [{ prep: 'ceo', stage: 'ready-for-dev' }, 'building'],
    [{ verification: [{ kind: 'review', by: 'cso', stage: 'qa' }], stage: 'qa', status: 'verifying' }, 'testing'],
    [{ prep: 'ceo', stage: 'review', status: 'verifying' }, 'review'],
    [{ prep: 'ceo', status: 'waiting' }, null],
    [{ prep: 'ceo', stage: 'review', status: 'done' }, null],
    [{ prep: 'ceo', status: 'failed' }, null],
    // Nobody else has a part in it.
    [{ stage: 'ready-for-dev' }, null],
  ])('of %j is %s', (changes, stage) => {
    expect(card(changes).stage).toBe(stage)
  })
})

describe('what a card says beside', () => {
  it('is the plan, as long as there is one', () => {
    expect(card({ plan }).plan).toBe('a counter\nfor each address')
    expect(card().plan).toBeNull()
  })

  it('is who was told that it stands still, and why', () => {
    expect(card({ escalation }).trouble).toEqual({
      words: 'It stands still, and ceo was told',
      reason: 'it was to be done by now',
    })
    expect(card({ escalation: { ...escalation, to: 'founder', parked: true } }).trouble).toEqual({
      words: 'Parked for the founder, who is reminded each morning',
      reason: 'it was to be done by now',
    })
    expect(card().trouble).toBeNull()
  })
})

describe('the buttons of a card', () => {
  test.each<[string, Partial<Task>, [string, string | null][]]>([
    [
      'open',
      {},
      [
        ['ack t-13', null],
        ['claim t-13', null],
        ['done t-13', 'result'],
        ['reassign t-13', 'role'],
        ['cancel t-13', null],
      ],
    ],
    [
      'open, where a program works',
      { role: 'ai', acknowledged: bobs },
      [
        ['reassign t-13', 'role'],
        ['cancel t-13', null],
      ],
    ],
    [
      'in the hands of a person',
      { status: 'working', claim: bobs, acknowledged: bobs },
      [
        ['done t-13', 'result'],
        ['reassign t-13', 'role'],
        ['cancel t-13', null],
      ],
    ],
    [
      'in the hands of a program',
      { status: 'working', role: 'ai', claim: programs, acknowledged: bobs },
      [
        ['reassign t-13', 'role'],
        ['cancel t-13', null],
      ],
    ],
    [
      'waiting for a yes',
      forApproval,
      [
        ['approve t-13 #1.1', null],
        ['reject t-13 #1.1', 'reason'],
        ['reassign t-13', 'role'],
        ['cancel t-13', null],
      ],
    ],
    [
      'to be planned, where people plan',
      { stage: 'ready-for-prep', role: 'ceo', prep: 'ceo', acknowledged: bobs },
      [
        ['claim t-13', null],
        ['done t-13', 'plan'],
        ['reassign t-13', 'role'],
        ['cancel t-13', null],
      ],
    ],
    [
      'to be planned, where a program plans',
      { stage: 'ready-for-prep', role: 'ai', prep: 'ai', acknowledged: bobs },
      [
        ['reassign t-13', 'role'],
        ['cancel t-13', null],
      ],
    ],
    [
      'to be built by a plan',
      { prep: 'ceo', plan, acknowledged: bobs },
      [
        ['claim t-13', null],
        ['done t-13', 'result'],
        ['reject t-13', 'reason'],
        ['reassign t-13', 'role'],
        ['cancel t-13', null],
      ],
    ],
    [
      'built by a plan, by a program',
      { prep: 'ceo', plan, status: 'working', role: 'ai', claim: programs, acknowledged: bobs },
      [
        ['reassign t-13', 'role'],
        ['cancel t-13', null],
      ],
    ],
    [
      'tried by people',
      { ...forApproval, verification: [{ kind: 'review', by: 'cso', stage: 'qa' }], passed: 0, rounds: 1 },
      [
        ['approve t-13 #1.0.1', null],
        ['reject t-13 #1.0.1', 'reason'],
        ['reassign t-13', 'role'],
        ['cancel t-13', null],
      ],
    ],
    [
      'tried by a program',
      { ...forApproval, verification: [{ kind: 'review', by: 'ai', stage: 'qa' }], passed: 0 },
      [
        ['reassign t-13', 'role'],
        ['cancel t-13', null],
      ],
    ],
    ['failed', { status: 'failed' }, [['reassign t-13', 'role']]],
    ['done', { status: 'done' }, []],
    ['cancelled', { status: 'cancelled' }, []],
  ])('when it is %s', (_, changes, expected) => {
    expect(buttons(changes)).toEqual(expected)
  })

  it('stop only after a question', () => {
    const stop = card().actions.find(({ id }) => id === 'stop')
    expect(stop?.confirm).toBe('t-13 "Add rate limiting" ends without being done, and so does what waits for it.')
  })
})

describe('the evidence on a card', () => {
  const verification = forApproval.verification

  it('is what the system saw of each step', () => {
    expect(card(forApproval).evidence).toEqual([
      { words: '`tests` (exit code 0, 4.2 s)', passed: true },
      { words: "a person's yes", passed: null },
    ])
    const no = { step: 1, epoch: 1, passed: false, by: 'human-eve', comment: 'a key is in it' }
    expect(card({ verification, epoch: 1, evidence: [ran(0), no], reason: 'a key is in it' }).evidence).toEqual([
      // What passed before has to pass again with the next result.
      { words: '`tests`', passed: null },
      { words: 'a person\'s yes, by eve: "a key is in it"', passed: false },
    ])
    expect(card({ epoch: 1, evidence: [ran(1)] }).evidence).toEqual([
      { words: '`tests` (exit code 1, 4.2 s): "1 failed"', passed: false },
    ])
  })

  it('is not that of an earlier result', () => {
    expect(card({ epoch: 2, claim: { ...bobs, epoch: 2 }, status: 'working', evidence: [ran(1)] }).evidence).toEqual([
      { words: '`tests`', passed: null },
    ])
  })
})

describe('what is approved', () => {
  it('is the result as it was handed in and the checks that passed, with what follows and until when', () => {
    const on_complete = [
      {
        publish_to: 'devops',
        payload_template: {
          title: 'Deploy {task_id}',
          description: '',
          acceptance_criteria: ['x'],
          verification: [],
          on_complete: [],
        },
      },
    ]
    expect(card({ ...forApproval, on_complete, sla: { complete_within_minutes: 60 } }).approval).toEqual({
      call: 'The result of t-13, handed in by bob. Passed before: `tests` (exit code 0, 4.2 s). What bob says of it:\n> merged as 4f2a',
      doubts: [],
      risk: 't-13 is done then, which cannot be undone, and what waits for it may begin. After that devops is given "Deploy t-13".',
      expires: '2026-11-21T13:00:13.000Z',
    })
  })

  it('says what else has to be seen', () => {
    const verification: Task['verification'] = [{ kind: 'approval' }, { kind: 'review', by: 'cso' }]
    expect(card({ ...forApproval, verification, passed: 0, evidence: [] }).approval).toEqual({
      call: 'The result of t-13, handed in by bob. Nothing was checked before. What bob says of it:\n> merged as 4f2a',
      doubts: [],
      risk: 't-13 is not done by that: a review by cso comes next.',
      expires: null,
    })
  })

  it('says why a person is asked although everything passed: of what runs last said of it', () => {
    const odd = (doubts: string[]) => ({ ...ran(0), run: { ...ran(0).run, doubts } })
    const looked = (changes: Partial<Task>) => card({ ...forApproval, ...changes }).approval?.doubts
    expect(looked({ evidence: [odd(['There are 3 tests fewer.', '"limit.test.ts" changed.'])] })).toEqual([
      '"There are 3 tests fewer."',
      '"\'limit.test.ts\' changed."',
    ])
    expect(looked({ evidence: [odd(['There are 3 tests fewer.']), ran(0)] })).toEqual([])
    expect(looked({ evidence: [{ ...odd(['old']), epoch: 7 }] })).toEqual([])
    expect(
      looked({
        evidence: [odd(['odd'])],
        verification: [
          { kind: 'check', check: 'tests' },
          { kind: 'review', by: 'cso' },
        ],
      }),
    ).toEqual([])
  })

  it('says what a no means when it is the last', () => {
    const last = card({ ...forApproval, attempts: 5, on_fail: [followUp('Why did {task_id} fail?')] })
    expect(last.approval?.risk).toBe(
      't-13 is done then, which cannot be undone, and what waits for it may begin. It was the last try: if it goes back to cto, t-13 fails. After that cso is given "Why did t-13 fail?".',
    )
  })

  it('S17: has no line by an agent that passes for one of the house', () => {
    fc.assert(
      fc.property(anyWords, (text) => {
        const { call = '' } = card({ ...forApproval, result: { ...handedIn, text } }).approval ?? {}
        for (const line of call.split('\n').slice(1)) expect(line).toMatch(/^> /)
      }),
    )
  })
})

it('any task gives a card whose buttons are commands', () => {
  fc.assert(
    fc.property(anyTask, (task) => {
      const { actions } = taskCard(task, now, world)
      for (const { command, asks } of actions) {
        const whole = asks === null ? command : commandWith(command, 'cso')
        expect(parseCommand(whole, { toDesk: true })).toMatchObject({ args: { task: task.label } })
      }
      expect(new Set(actions.map(({ id }) => id)).size).toBe(actions.length)
    }),
  )
})

it('what a press asked for is read as it was said', () => {
  fc.assert(
    fc.property(anyWords, (said) => {
      const clean = (parseCommand(`note t-1 x${said}x`, { toDesk: true }) as { args: { text: string } }).args.text
      const words = clean.slice(1, -1).trim()
      fc.pre(words !== '')
      for (const [command, name] of [
        ['done t-13', 'result'],
        ['reject t-13', 'reason'],
      ] as const) {
        const read = parseCommand(commandWith(command, said), { toDesk: true })
        expect(read).toMatchObject({ args: { task: 't-13', [name]: words } })
        const judging = parseCommand(commandWith('reject t-13 #2.0', said), { toDesk: true })
        const { reason } = (judging as { args: { reason: string } }).args
        expect(judgedFront(reason)).toEqual({ about: '#2.0', words })
      }
    }),
    { examples: [['"\nx']] },
  )
})
