import { describe, expect, it, test } from 'vitest'
import { decide, type TaskCommand } from '../../../core/task/decide.ts'
import type { TaskDraft } from '../../../core/task/request.ts'
import { fittest } from '../../../core/task/watch.ts'
import { system } from '../../../core/task/world.ts'
import {
  ada,
  after,
  approve,
  asked,
  block,
  bob,
  cancel,
  claim,
  everyStatus,
  handBack,
  note,
  plan,
  ran,
  reassign,
  refit,
  ring,
  type Story,
  seat,
  staged,
  start,
  submit,
  sweep,
  watch,
  world,
} from '../../support/task-story.ts'
import { taskRole } from '../../support/tasks.ts'

const cto = seat('cto', 1)
const held = (draft: Partial<TaskDraft> = {}) => asked(draft).and([ring('bell'), seat('cto')])
const taken = (draft: Partial<TaskDraft> = {}) => held(draft).and([watch('take_back', 1, 1), sweep])
const every = (epoch: number, rung: number): TaskCommand[] => [
  watch('ping', epoch, rung),
  watch('take_back', epoch, rung),
  watch('escalate', epoch, rung),
  refit(epoch, rung),
]

describe('what whoever watches may do', () => {
  it('ask for a sign of life, which changes nothing else', () => {
    const { task } = held()
      .when(watch('ping', 1, 1), sweep)
      .gives({ type: 'pinged', epoch: 1, rung: 1 })
    expect(task).toMatchObject({ status: 'claimed', claim: { epoch: 1 } })
    expect(task.watched).toMatchObject({ kind: 'ping', by: 'sweep', epoch: 1, rung: 1, answered: false })
  })

  it('take a claim back: it is open, and has to be seen again', () => {
    const { task } = taken()
    expect(task).toMatchObject({ status: 'open', claim: null, acknowledged: null, epoch: 1, attempts: 0 })
    expect(task).toMatchObject({ suspended: { by: 'cto', epoch: 1, doorbell: 'bell' }, reason: 'silent for an hour' })
  })

  it('take back nothing that nobody holds, or that is handed in', () => {
    asked()
      .when(watch('take_back', 0, 1), sweep)
      .isRefused('not-held', 't-9 is open; there is no claim to take back.')
    held()
      .and([submit, cto])
      .when(watch('take_back', 1, 1), sweep)
      .isRefused('not-held', 't-9 is verifying')
  })

  it('tell the next one up', () => {
    const { task } = held()
      .when(watch('escalate', 1, 1), sweep)
      .gives({ type: 'escalated', to: 'ceo', watch_rung: 1 })
    expect(task.watched).toMatchObject({ kind: 'escalate', rung: 1 })
  })

  it('nothing to what is over, and nothing to what was given out again since they looked', () => {
    for (const command of every(1, 1)) {
      held().and([cancel, ada]).when(command, sweep).isRefused('over', 't-9 is cancelled.')
      held()
        .and([ring('bell'), seat('cto')])
        .when(command, sweep)
        .isRefused('stale-epoch', 't-9 was given out again since you looked: its epoch is 2, not 1.')
    }
  })

  it('say nothing, and a reason is found', () => {
    for (const type of ['ping', 'take_back', 'escalate'] as const) {
      const silent: TaskCommand = { type, epoch: 1, rung: 1, reason: '  ' }
      held()
        .when(silent, sweep)
        .gives({ reason: 'it stands still' } as never)
    }
  })
})

describe('each rung is taken once for (task, epoch, rung)', () => {
  it('whatever is asked for under it the second time', () => {
    for (const first of [watch('ping', 1, 2), watch('escalate', 1, 2)]) {
      for (const second of [...every(1, 1), ...every(1, 2)])
        held().and([first, sweep]).when(second, sweep).changesNothing()
      held()
        .and([first, sweep])
        .when(watch('take_back', 1, 3), sweep)
        .gives('taken_back')
    }
    for (const second of every(1, 1)) taken().when(second, sweep).changesNothing()
  })

  it('also after a sign of life: what comes late is no new stall', () => {
    const answered = held().and([watch('ping', 1, 1), sweep], [start, cto])
    expect(answered.task.watched).toMatchObject({ rung: 1, answered: true })
    for (const late of every(1, 1)) answered.when(late, sweep).changesNothing()
    answered.when(watch('ping', 1, 2), sweep).gives('pinged')
  })

  it('also where it parked the task', () => {
    const story = after(asked({ sla: { complete_within_minutes: 60 } }), 'complete', 'escalate')
    const parked = story.when(watch('escalate', 0, 1), sweep).gives({ type: 'parked', watch_rung: 1 })
    parked
      .and([note, bob])
      .when(watch('escalate', 0, 1), sweep)
      .changesNothing()
  })

  it('counted anew when it was given out again', () => {
    const again = held().and([watch('ping', 1, 3), sweep], [ring('bell'), seat('cto')])
    expect(again.task.watched).toBeNull()
    again.when(watch('ping', 2, 1), sweep).gives('pinged')
  })

  it('never far ahead of the one before: whoever took the last would keep everybody else from watching', () => {
    held()
      .when(watch('ping', 1, 12), sweep)
      .isRefused('too-far', 'The next rung of t-9 is 1, not 12.')
    held()
      .when(watch('ping', 1, 11), sweep)
      .gives('pinged')
  })

  it('however often it was watched before', () => {
    let story = held()
    for (let rung = 1; rung <= 1_100; rung++) story = story.and([watch('ping', 1, rung), sweep])
    story.when(watch('escalate', 1, 1_101), sweep).gives('escalated')
  })
})

describe('the worker’s next sign of life', () => {
  const signs: [string, TaskCommand, string[]][] = [
    ['beginning', start, ['resumed']],
    ['a result', submit, ['resumed', 'submitted']],
    ['being stuck', block, ['resumed', 'blocked']],
    ['a note', note, ['resumed', 'noted']],
    ['giving it back', handBack, ['resumed', 'returned']],
  ]
  test.each(signs)('takes back what was taken from it: %s', (_, command, events) => {
    const { task } = taken()
      .when(command, cto)
      .gives(...(events as 'resumed'[]))
    expect([task.epoch, task.suspended, task.watched?.answered]).toEqual([1, null, true])
    if (events.at(-1) !== 'returned') expect(task.claim).toMatchObject({ by: 'cto', epoch: 1, doorbell: 'bell' })
  })

  test.each([...signs, ['acknowledging', { type: 'acknowledge' }, ['resumed']] as const])(
    'is the same of a person: %s',
    (_, command, events) => {
      const theirs = asked().and([claim, bob], [watch('take_back', 1, 1), sweep])
      theirs.when(command, bob).gives(...(events as 'resumed'[]))
      // Of nobody else.
      if (command.type === 'note') theirs.when(command, ada).gives('noted')
      if (command.type === 'start') theirs.when(command, ada).gives({ type: 'claimed', epoch: 2 }, 'started')
    },
  )

  it('undoes that it was asked and that somebody was told, and nothing else', () => {
    const told = held({ sla: { complete_within_minutes: 60 } }).and([watch('ping', 1, 1), sweep])
    const before = after(told, 'complete').task
    const after_ = after(told, 'complete').and([note, cto]).task
    const { version, updated_at, alive_at, applied, notes, ...rest } = after_
    expect(alive_at).toBe(updated_at)
    expect({ ...before, escalation: null, watched: { ...before.watched, answered: true } }).toMatchObject(rest)
    expect([version, notes.length, applied.length, updated_at > before.updated_at]).toEqual([
      before.version + 1,
      1,
      version,
      true,
    ])
  })

  it('F7: does not take it back from somebody who has begun since, under whatever epoch they write', () => {
    const others: [string, Story][] = [
      ['by the same seat, at another doorbell', taken().and([ring('another'), seat('cto')])],
      ['by a person', taken().and([claim, bob])],
      ['and given back', taken().and([claim, bob], [handBack, bob])],
      ['and handed in', taken().and([submit, bob])],
      ['and given to another seat', taken().and([reassign('backend'), ada])],
      [
        'and then to the same seat',
        taken().and([reassign('cto'), ada], [reassign('backend'), ada], [reassign('cto'), ada]),
      ],
      ['and found somebody else', taken().and([refit(1, 2), sweep])],
      ['and cancelled', taken().and([cancel, ada])],
    ]
    for (const [since, story] of others) {
      for (const command of [start, { ...submit, result: 'too late' }, block, handBack] as TaskCommand[]) {
        expect(() => decide(story.task, command, cto, world), since).toThrow(
          expect.objectContaining({ code: 'refused' }),
        )
      }
    }
  })

  it('does not come from a seat under another epoch, nor from another seat', () => {
    for (const epoch of [null, 0, 2])
      taken().when(start, seat('cto', epoch)).isRefused('stale-epoch', 't-9 is not yours')
    taken().when(start, seat('backend', 1)).isRefused('not-yours', 't-9 is with cto.')
    taken().when(note, seat('cto', 2)).gives('noted')
  })

  it('may come while its old doorbell rings for the last time: that gives nothing up', () => {
    taken().when({ type: 'give_up', doorbell: 'bell', reason: 'five deliveries' }, seat('cto')).changesNothing()
    taken().when({ type: 'give_up', doorbell: 'the next', reason: 'five deliveries' }, seat('cto')).gives('failed')
  })

  it('works for a planner, too', () => {
    const planned = staged().and([ring('bell'), seat('ceo')], [watch('take_back', 1, 1), sweep])
    planned.when(plan, seat('ceo', 1)).gives('resumed', 'prepared')
  })
})

describe('somebody else', () => {
  it('has a capability in common, and the least to do', () => {
    const { task } = held()
      .when(refit(1, 1), sweep)
      .gives({ type: 'reassigned', role: 'backend', from: 'cto', rung: 1, epoch: 1 })
    expect(task).toMatchObject({ role: 'backend', builder: 'backend', status: 'open', claim: null, epoch: 1 })
    held()
      .when(refit(1, 1, { backend: 3, fullstack: 2 }), sweep)
      .gives({ type: 'reassigned', role: 'fullstack' })
    held()
      .when(refit(1, 1, { backend: 2, fullstack: 2 }), sweep)
      .gives({ type: 'reassigned', role: 'backend' })
  })

  it('is nobody whose queue is full, though they had less to do', () => {
    held()
      .when(refit(1, 1, { fullstack: 9 }, ['backend']), sweep)
      .gives({ type: 'reassigned', role: 'fullstack' })
    held({ verification: [{ kind: 'review', by: 'cso' }] })
      .when(refit(1, 1, {}, ['backend', 'fullstack']), sweep)
      .gives({ type: 'reassigned', role: 'ceo' })
    held()
      .when(refit(1, 1, {}, ['backend', 'fullstack', 'ceo']), sweep)
      .gives({ type: 'escalated' })
  })

  it('is told what was done already: the notes, the evidence, and how often it was tried', () => {
    const tried = asked()
      .and([ring('bell'), seat('cto')], [submit, cto], [ran({}, { exit_code: 1 }), system])
      .and([ring('next'), seat('cto')], [note, seat('cto', 2)])
    const { task } = tried.and([refit(2, 1), sweep])
    expect(task).toMatchObject({ role: 'backend', attempts: 1, notes: [{ text: 'half way' }], had: ['cto'] })
    expect(task.evidence).toHaveLength(1)
  })

  it('is never one that plans, tries or reviews it', () => {
    const story = staged().and([plan, bob], [ring('bell'), seat('cto')])
    // fullstack tries it.
    expect(fittest(story.task, new Map([['backend', 99]]), world)).toBe('backend')
    const reviewed = held({
      verification: [
        { kind: 'review', by: 'backend' },
        { kind: 'review', by: 'fullstack' },
      ],
    })
    expect(fittest(reviewed.task, new Map(), world)).toBe('ceo')
    const planner = staged({ prep: 'backend', verification: [{ kind: 'review', by: 'fullstack' }] })
    expect(fittest(planner.task, new Map(), world)).toBeNull()
  })

  it('is whom it reports to when nobody else fits, unless they are to judge it', () => {
    const only = {
      ...world,
      roles: new Map([
        ['cto', taskRole({ capabilities: new Set(['code']) })],
        ['ceo', taskRole()],
      ]),
    }
    expect(fittest(held().task, new Map(), only)).toBe('ceo')
    expect(fittest(held({ verification: [] }).task, new Map(), only)).toBeNull()
    const idle = { ...only, roles: new Map([...only.roles, ['ceo', taskRole({ takesTasks: false })]]) }
    expect(fittest(held().task, new Map(), idle)).toBeNull()
  })

  it('is nobody, and then whom it reports to is told', () => {
    const { task } = asked({ role: 'cso', verification: [] })
      .when(refit(0, 1), sweep)
      .gives({ type: 'escalated', to: 'ceo', watch_rung: 1, reason: 'silent for an hour; nobody else fits' })
    expect(task.role).toBe('cso')
  })

  it('is nobody who had it already, so that it does not go round', () => {
    let story = asked()
    const seats: string[] = []
    for (let rung = 1; rung < 20 && story.task.escalation === null; rung++) {
      seats.push(story.task.role)
      const { epoch } = story.and([ring(`bell-${rung}`), seat(story.task.role)]).task
      story = story.and([ring(`bell-${rung}`), seat(story.task.role)], [refit(epoch, 1), sweep])
    }
    expect(new Set(seats).size).toBe(seats.length)
    expect(story.task.escalation).toMatchObject({ reason: 'silent for an hour; nobody else fits' })
    // Who chooses for themselves may choose anybody.
    expect(story.and([reassign('cto'), ada]).task).toMatchObject({ role: 'cto', had: [] })
  })

  it('need not do what is handed in: that waits for whoever judges it', () => {
    for (const name of ['verifying by a check', 'being tried', 'reviewed', 'verifying by a yes'] as const) {
      const { epoch } = everyStatus[name]().task
      everyStatus[name]().when(refit(epoch, 1), sweep).isRefused('verifying', 't-9 is handed in')
    }
  })

  it('is nobody for a role that is gone', () => {
    const { task } = held()
    expect(fittest({ ...task, role: 'gone' }, new Map(), world)).toBeNull()
    expect(fittest(task, new Map(), { ...world, roles: new Map() })).toBeNull()
  })
})

test('what is watched over can be done as ever', () => {
  const { task } = held({ verification: [] })
    .and([watch('ping', 1, 1), sweep], [watch('take_back', 1, 2), sweep], [watch('escalate', 1, 3), sweep])
    .and([submit, cto], [approve, ada])
  expect(task).toMatchObject({ status: 'done', result: { by: 'cto', epoch: 1 }, escalation: null })
})
