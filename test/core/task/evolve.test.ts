import { describe, expect, it, test } from 'vitest'
import type { TaskCommit, TaskEvent, TaskEventType } from '../../../core/task/commit.ts'
import { evolve } from '../../../core/task/evolve.ts'
import { moves } from '../../../core/task/moves.ts'
import { isOver, type Task, type TaskStatus, taskStatuses } from '../../../core/task/task.ts'
import { system } from '../../../core/task/world.ts'
import { asked, bob, everyStatus, given, note, ran, type Story, submit } from '../../support/task-story.ts'

const evidence = { step: 0, epoch: 1, passed: true, by: null, comment: '' }
const events: Record<Exclude<TaskEventType, 'created'>, TaskEvent> = {
  released: { type: 'released', key: 'another' },
  acknowledged: { type: 'acknowledged' },
  claimed: { type: 'claimed', epoch: 2, doorbell: null },
  started: { type: 'started' },
  noted: { type: 'noted', text: 'half way' },
  blocked: { type: 'blocked', reason: 'no access' },
  submitted: { type: 'submitted', result: 'merged', epoch: 1 },
  step_passed: { type: 'step_passed', evidence },
  step_failed: { type: 'step_failed', evidence: { ...evidence, passed: false } },
  returned: { type: 'returned', reason: 'no test', counted: true },
  completed: { type: 'completed' },
  failed: { type: 'failed', reason: 'lost' },
  reassigned: { type: 'reassigned', role: 'cso', reason: '' },
  cancelled: { type: 'cancelled', reason: 'not needed' },
  followed: { type: 'followed', index: 0, label: 't-10', reason: null },
  prepared: { type: 'prepared', plan: 'a counter', epoch: 1 },
  sent_back: { type: 'sent_back', to: 'ready-for-prep', category: 'spec', reason: 'which limit?' },
  doubted: { type: 'doubted', reason: '3 tests fewer.' },
  rechecked: { type: 'rechecked', reason: 'its files changed' },
  breached: { type: 'breached', deadline: 'complete', due: '2026-11-21T13:00:00.000Z' },
  escalated: { type: 'escalated', rung: 1, to: 'ceo', reason: 'late' },
  parked: { type: 'parked', to: 'founder', reason: 'late' },
  reminded: { type: 'reminded', to: 'founder', due: '2026-11-22T08:00:00.000Z' },
  pinged: { type: 'pinged', epoch: 1, rung: 1, reason: 'silent' },
  taken_back: { type: 'taken_back', epoch: 1, rung: 1, reason: 'silent' },
  resumed: { type: 'resumed', epoch: 1 },
  answered: { type: 'answered', epoch: 1, rung: 1, reason: 'DB name?', text: 'orders_v2', sources: ['docs/db.md'] },
  asked: { type: 'asked', epoch: 1, rung: 1, reason: 'DB name?', stuck: true, to: 'human-ada' },
}
/** What else has to be so. */
const also: { [T in TaskEventType]?: (task: Task) => boolean } = {
  prepared: ({ stage }) => stage === 'ready-for-prep',
  submitted: ({ stage }) => stage !== 'ready-for-prep',
  sent_back: ({ prep, status }) => prep !== null && status !== 'verifying',
  resumed: ({ suspended }) => suspended !== null,
  reminded: ({ escalation }) => escalation?.parked === true,
}
const types = Object.keys(events) as (keyof typeof events)[]

function after(task: Task, ...more: TaskEvent[]): Task {
  return evolve(task, commitFor(task, more))
}

function commitFor({ key, version }: Task, more: TaskEvent[]): TaskCommit {
  const at = '2026-11-21T13:00:00.000Z'
  return { id: 'next', key, version: version + 1, by: bob.actor, at, trace: 'trace', cause: null, events: more }
}

/** From where an event may come, and where it leads. */
function waysOf(event: keyof typeof events): string[] {
  return taskStatuses.flatMap((from) => (moves[from][event] === null ? [] : [`${from} -> ${moves[from][event]}`]))
}

describe('legal moves', () => {
  test.each(Object.entries(everyStatus))('a task that is %s takes exactly what the table allows', (_, story) => {
    const { task } = story()
    for (const type of types) {
      const next = moves[task.status][type]
      const move = () => after(task, events[type])
      if (next === null) expect(move, type).toThrow(`what cannot be: ${type} while ${task.status}`)
      else if (also[type]?.(task) === false) expect(move, type).toThrow(`what cannot be: ${type} in ${task.stage}`)
      else expect(move().status, type).toBe(next === 'waits' ? 'waiting' : next)
    }
  })

  test('every status there is has been looked at', () => {
    const seen = new Set(Object.values(everyStatus).map((story) => story().task.status))
    expect([...taskStatuses].filter((status) => !seen.has(status))).toEqual([])
  })

  it('done is final but for notes and follow-ups, and so is cancelled', () => {
    for (const status of ['done', 'cancelled'] as const) {
      expect(types.filter((type) => moves[status][type] !== null)).toEqual(['noted', 'followed'])
      expect([moves[status].noted, moves[status].followed]).toEqual([status, status])
    }
  })

  it('what failed can be handed to somebody else or cancelled, and nothing else', () => {
    expect(types.filter((type) => moves.failed[type] !== null && moves.failed[type] !== 'failed')).toEqual([
      'reassigned',
      'cancelled',
    ])
  })

  const one: [keyof typeof events, string[]][] = [
    ['released', ['waiting -> waits']],
    ['acknowledged', ['waiting', 'open', 'claimed', 'working', 'blocked'].map((status) => `${status} -> ${status}`)],
    ['blocked', ['claimed -> blocked', 'working -> blocked', 'blocked -> blocked']],
    ['failed', ['open', 'claimed', 'working', 'blocked', 'verifying'].map((status) => `${status} -> failed`)],
    ['completed', ['verifying -> done']],
    ['step_passed', ['verifying -> verifying']],
    ['step_failed', ['verifying -> verifying']],
    ['claimed', ['open -> claimed', 'claimed -> claimed', 'working -> claimed', 'blocked -> claimed']],
    ['started', ['claimed -> working', 'blocked -> working']],
    ['submitted', ['claimed -> verifying', 'working -> verifying', 'blocked -> verifying']],
    ['returned', ['claimed -> open', 'working -> open', 'blocked -> open', 'verifying -> open']],
    ['followed', ['done -> done', 'failed -> failed', 'cancelled -> cancelled']],
    ['prepared', ['claimed -> open', 'working -> open', 'blocked -> open']],
    ['taken_back', ['claimed -> open', 'working -> open', 'blocked -> open']],
    ['resumed', ['open -> working']],
    [
      'sent_back',
      [...['open', 'claimed', 'working', 'blocked'].map((from) => `${from} -> open`), 'verifying -> verifying'],
    ],
    ['doubted', ['verifying -> verifying']],
    ['rechecked', ['verifying -> verifying']],
  ]
  test.each(one)('%s happens only so: %j', (event, ways) => {
    expect(waysOf(event)).toEqual(ways)
  })

  it.each(['breached', 'escalated', 'parked', 'reminded', 'pinged', 'answered', 'asked'] as const)(
    '%s happens to all that is not over, and leaves it where it is',
    (event) => {
      const live = taskStatuses.filter((status) => !isOver({ status }))
      expect(waysOf(event)).toEqual(live.map((status) => `${status} -> ${status}`))
    },
  )

  it('nothing goes back to an adversary that did not try it, or that there is none of', () => {
    const back: TaskEvent = { type: 'sent_back', to: 'qa', category: 'defect', reason: 'it breaks' }
    expect(after(everyStatus.reviewed().task, back)).toMatchObject({ stage: 'qa', passed: 1, rounds: 1 })
    for (const story of [everyStatus['being tried'], everyStatus['verifying by a review'], everyStatus.planned]) {
      expect(() => after(story().task, back)).toThrow('what cannot be: sent_back')
    }
  })

  it('everything can be noted on, whatever its status, and stays where it is', () => {
    expect(waysOf('noted')).toEqual(taskStatuses.map((status) => `${status} -> ${status}`))
  })

  it('everything that is not over can be cancelled and handed to somebody else', () => {
    for (const status of taskStatuses.filter((one) => !isOver({ status: one }))) {
      expect(moves[status].cancelled).toBe('cancelled')
      expect(moves[status].reassigned).toBe(status === 'waiting' ? 'waiting' : 'open')
    }
  })
})

describe('a commit that cannot be is unreadable', () => {
  const { task, commits } = asked()
  const [creation] = commits as [TaskCommit]
  const cannot = (what: string) =>
    expect.objectContaining({ code: 'unreadable', message: expect.stringContaining(`what cannot be: ${what}.`) })

  test.each([0, 1, 3])('version %i after the first', (version) => {
    const commit = { ...commitFor(task, [events.noted]), version }
    expect(() => evolve(task, commit)).toThrow(cannot(`version ${version} after 1`))
  })

  test('something before the creation, and a second creation', () => {
    expect(() => evolve(null, { ...creation, events: [events.noted] })).toThrow(cannot('noted before it was created'))
    expect(() => evolve(null, { ...creation, version: 2 })).toThrow(cannot('version 2 after 0'))
    expect(() => evolve(task, { ...creation, version: 2 })).toThrow(cannot('created twice'))
    expect(() => evolve(null, { ...creation, events: [] })).toThrow(cannot('no event'))
  })

  test('a move that is illegal half way through the commit', () => {
    expect(() => after(task, events.claimed, events.submitted, events.started)).toThrow(
      cannot('started while verifying'),
    )
  })

  test('names the commit', () => {
    expect(() => after(task, events.completed)).toThrow(
      expect.objectContaining({ detail: { reason: 'impossible', commit: 'next' } }),
    )
  })
})

describe('a task after a commit', () => {
  it('is one version further, changed when the commit was made, and the state before is as it was', () => {
    const { task } = asked()
    const before = structuredClone(task)
    expect(after(task, events.noted)).toMatchObject({ version: 2, updated_at: '2026-11-21T13:00:00.000Z' })
    expect(after(task, events.noted).applied).toEqual([...task.applied, 'next'])
    expect(task).toEqual(before)
  })

  it.each(Object.entries(everyStatus))('that is %s is held by somebody just when somebody has it', (_, story) => {
    const { status, claim, epoch } = story().task
    const held: TaskStatus[] = ['claimed', 'working', 'blocked', 'verifying']
    expect(claim !== null).toBe(held.includes(status))
    if (claim !== null) expect(claim.epoch).toBe(epoch)
  })

  it('remembers the newest notes, evidence and commands, and no more', () => {
    const repeated = (count: number, more: (story: Story, index: number) => Story) =>
      Array.from({ length: count }).reduce<Story>(
        (story, _, index) => more(story, index),
        asked({ budget: { attempts: 99 } }),
      )
    const noted = repeated(25, (story) => story.and([note, bob])).task
    expect([noted.notes.length, noted.applied.length]).toEqual([20, 20])
    expect(noted.applied.at(-1)).toBe(`${noted.key}:26`)
    const tried = repeated(45, (story, index) =>
      story.and([submit, bob], [ran({ epoch: index + 1 }, { exit_code: 1 }), system]),
    ).task
    expect(tried).toMatchObject({ attempts: 45, epoch: 45, status: 'open' })
    expect(tried.evidence.map(({ epoch }) => epoch)).toEqual(Array.from({ length: 40 }, (_, index) => index + 6))
  })
})

test('the same commits give the same task', () => {
  for (const story of Object.values(everyStatus)) {
    const { task, commits } = story()
    expect(commits.reduce<Task | null>(evolve, null)).toEqual(task)
  }
  expect(given().task).toEqual(given().task)
})
