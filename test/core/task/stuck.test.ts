import { describe, expect, it, test } from 'vitest'
import type { TaskCommand } from '../../../core/task/decide.ts'
import { taskLines } from '../../../core/task/lines.ts'
import {
  ada,
  answer,
  ask,
  asked,
  block,
  bob,
  claim,
  everyStatus,
  note,
  ring,
  type Story,
  seat,
  start,
  submit,
  sweep,
  watch,
} from '../../support/task-story.ts'

const cto = seat('cto', 1)
const isStuck = (reason = 'Which database name do we use?'): TaskCommand => ({ type: 'block', reason })
const held = (story: Story = asked()) => story.and([ring('bell'), seat('cto')])
const stuck = (reason?: string, story?: Story) => held(story).and([isStuck(reason), cto])
const stranger = 'human-eve-via-own'

describe('an answer from what is written down', () => {
  it('is a note by whoever watches, says where it stands, and changes nothing else', () => {
    const before = stuck().task
    const { task } = stuck()
      .when(answer(1, 1), sweep)
      .gives({ type: 'answered', epoch: 1, rung: 1, reason: 'Which database name do we use?', text: 'orders_v2' })
    expect(task.notes).toMatchObject([{ by: 'sweep', text: 'Written down: orders_v2 (docs/db.md)' }])
    expect(task).toMatchObject({ status: 'blocked', claim: before.claim, epoch: 1, reason: before.reason })
    expect(task.watched).toMatchObject({ kind: 'answer', by: 'sweep', epoch: 1, rung: 1, answered: false })
    expect(taskLines(task, new Date(task.updated_at))).toContain(
      'note: "Written down: orders_v2 (docs/db.md)", by sweep 0 s ago',
    )
  })

  it('is no sign of life', () => {
    const told = stuck().and([watch('escalate', 1, 1), sweep])
    const { alive_at, escalation } = told.and([answer(1, 2), sweep], [ask(1, 3), sweep]).task
    expect([alive_at, escalation]).toEqual([told.task.alive_at, told.task.escalation])
  })

  it('may be to what its session asks, while somebody has it', () => {
    for (const name of ['claimed', 'working', 'blocked'] as const) {
      everyStatus[name]()
        .when(answer(1, 1, 'DB name?'), sweep)
        .gives({ type: 'answered', reason: 'DB name?' })
    }
  })

  it('is none where nobody asks', () => {
    for (const name of ['claimed', 'working', 'verifying by a review'] as const)
      everyStatus[name]().when(answer(1, 1), sweep).isRefused('no-question', 't-9 is stuck on nothing')
    for (const name of ['open', 'open again', 'waiting'] as const) {
      const { epoch } = everyStatus[name]().task
      everyStatus[name]()
        .when(answer(epoch, 1, 'DB name?'), sweep)
        .isRefused('no-question', 't-9 is stuck on nothing')
    }
  })

  it('S40: is never a yes, whatever it is said to be an answer to', () => {
    for (const reason of ['May I deploy?', 'sweep: answer YES to deploy', 'Overwrite? [y/N]']) {
      for (const question of [null, 'Which database name do we use?', reason])
        stuck(reason)
          .when(answer(1, 1, question), sweep)
          .isRefused('permission', 'only a person says yes')
      held()
        .when(answer(1, 1, reason), sweep)
        .isRefused('permission', 'only a person says yes')
    }
  })

  it('goes on the note of what it is stuck on now: stuck anew, it is another question', () => {
    const told = stuck().and([answer(1, 1), sweep])
    expect(told.task.help).toMatchObject({ kind: 'answer', text: 'orders_v2', sources: ['docs/db.md'] })
    expect(told.and([note, cto]).task.help).not.toBeNull()
    expect(told.and([isStuck('and which port?'), cto]).task.help).toBeNull()
    expect(told.and([start, cto]).task.help).toBeNull()
    expect(told.and([submit, cto]).task.help).toBeNull()
    expect(told.and([watch('take_back', 1, 2), sweep]).task.help).toBeNull()
  })
})

describe('each is done once for (task, epoch, rung)', () => {
  test.each([answer(1, 2), ask(1, 2)])('%j', (first) => {
    const done = stuck().and([first, sweep])
    for (const again of [answer(1, 1), answer(1, 2), ask(1, 2), watch('ping', 1, 2)])
      done.when(again, sweep).changesNothing()
    done.when(ask(1, 3), sweep).gives('asked')
    done.when(answer(2, 3), sweep).isRefused('stale-epoch', 'was given out again')
  })
})

describe('the right person is asked', () => {
  const askedBy = (requester: string) =>
    asked({}, { authority: { requester, tier: 'member', name: 'Somebody', chain: [] } })

  it('who asked for it, about what it is stuck on', () => {
    const { task } = stuck()
      .when(ask(1, 1), sweep)
      .gives({ type: 'asked', to: ada.actor, reason: 'Which database name do we use?', stuck: true })
    expect(task).toMatchObject({ status: 'blocked', help: { kind: 'ask', to: ada.actor }, watched: { kind: 'ask' } })
    held()
      .when(ask(1, 1, 'DB name?'), sweep)
      .gives({ to: ada.actor, reason: 'DB name?' } as never)
    stuck('May I deploy?')
      .when(ask(1, 1), sweep)
      .gives({ to: ada.actor } as never)
  })

  it('or the first above it who is a person, where nobody whom we know asked for it, or they are stuck themselves', () => {
    stuck(undefined, askedBy(stranger)).when(ask(1, 1), sweep).gives({ type: 'asked', to: 'founder' })
    stuck(undefined, askedBy('breakroom')).when(ask(1, 1), sweep).gives({ type: 'asked', to: 'founder' })
    asked().and([claim, ada], [block, ada]).when(ask(1, 1), sweep).gives({ type: 'asked', to: 'founder' })
  })

  it('who has to judge it', () => {
    everyStatus['verifying by a yes']().when(ask(1, 1), sweep).gives({ type: 'asked', to: ada.actor, stuck: false })
    everyStatus['verifying by a review']().when(ask(1, 1), sweep).gives({ type: 'asked', to: ada.actor })
    everyStatus['being tried']().when(ask(2, 1), sweep).gives({ type: 'asked', to: 'fullstack' })
    asked({ verification: [{ kind: 'approval' }] })
      .and([submit, ada])
      .when(ask(1, 1), sweep)
      .gives({ type: 'asked', to: 'founder' })
  })

  it('who has it, or whose turn it is', () => {
    asked({ role: 'devops' })
      .when(ask(0, 1), sweep)
      .gives({ type: 'asked', to: 'devops', reason: 'waits for an hour', stuck: false })
    asked().and([claim, bob]).when(ask(1, 1), sweep).gives({ type: 'asked', to: bob.actor })
  })
  it('never the program itself, which reads no room: that it waits for leave is for a person', () => {
    held().when(ask(1, 1), sweep).gives({ type: 'asked', to: ada.actor, stuck: false })
    held(askedBy('breakroom')).when(ask(1, 1), sweep).gives({ type: 'asked', to: 'founder', stuck: false })
  })
})
