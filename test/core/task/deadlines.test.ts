import { describe, expect, it, test } from 'vitest'
import { completeBy, timersOf } from '../../../core/task/deadlines.ts'
import { decide } from '../../../core/task/decide.ts'
import { isOver, type Task } from '../../../core/task/task.ts'
import { system } from '../../../core/task/world.ts'
import {
  ada,
  after,
  approve,
  asked,
  bob,
  cancel,
  claim,
  everyStatus,
  handBack,
  note,
  ran,
  reassign,
  ring,
  type Story,
  seat,
  start,
  submit,
  sweep,
  watch,
  world,
} from '../../support/task-story.ts'
import { taskAt } from '../../support/tasks.ts'

const both = { ack_within_seconds: 300, complete_within_minutes: 60 }
const late = (sla: Task['sla'] = both) => asked({ sla })
const kinds = ({ task }: Story) => timersOf(task, world).map(({ kind }) => kind)
const idOf = ({ task }: Story, kind: string) => timersOf(task, world).find((timer) => timer.kind === kind)?.id
const held = (story = late()) => story.and([ring('bell'), seat('cto')])

/** When somebody has to have seen it, ms after it was asked for. */
function ackDue(story: Story): number {
  const due =
    timersOf(story.task, world)
      .find(({ kind }) => kind === 'acknowledge')
      ?.due.getTime() ?? Number.NaN
  return due - Date.parse(story.task.created_at)
}

describe('a task with deadlines', () => {
  it('has to be seen and to be done by then', () => {
    const { task } = late()
    const since = Date.parse(task.created_at)
    expect(timersOf(task, world)).toEqual([
      {
        id: `${task.key}.acknowledge.${since + 300_000}`,
        key: task.key,
        kind: 'acknowledge',
        due: new Date(since + 300_000),
      },
      { id: `${task.key}.complete`, key: task.key, kind: 'complete', due: new Date(since + 3_600_000) },
    ])
    expect(completeBy(task)).toEqual(new Date(since + 3_600_000))
  })

  it('has none where none were asked for', () => {
    expect(timersOf(asked().task, world)).toEqual([])
    expect(completeBy(asked().task)).toBeNull()
  })

  it('is seen by an acknowledgement or a claim', () => {
    expect(kinds(late().and([{ type: 'acknowledge' }, seat('cto')]))).toEqual(['complete'])
    expect(kinds(held())).toEqual(['complete'])
  })

  it('is not seen because the bot of a seat where people work says that it arrived; whoever sees it later says so', () => {
    const arrived = late().and([{ type: 'acknowledge', arrived: true }, seat('cto')])
    expect(arrived.task.acknowledged).toMatchObject({ by: 'cto' })
    expect(idOf(arrived, 'acknowledge')).toBe(idOf(late(), 'acknowledge'))
    arrived.when({ type: 'acknowledge', arrived: true }, seat('cto')).changesNothing()
    for (const command of [{ type: 'acknowledge' }, claim] as const) {
      const seen = arrived.and([command, bob])
      expect(kinds(seen)).toEqual(['complete'])
      expect(seen.task.acknowledged?.by).toBe('human-bob')
      seen.when({ type: 'acknowledge', arrived: true }, seat('cto')).changesNothing()
    }
    expect(after(arrived, 'acknowledge').task).toMatchObject({ breached: ['acknowledge'], escalation: { to: 'ceo' } })
  })

  it('need not be seen while it waits for others, and then from the moment that it is open; it is late all the same', () => {
    const older = asked({}, { label: 't-7' }).task
    const waiting = asked({ sla: both, after: ['t-7'] }, { dependencies: [older] })
    expect(kinds(waiting)).toEqual(['complete'])
    const open = waiting.and([note, ada], [{ type: 'release', dependency: older.key }, system])
    expect(ackDue(open)).toBe(300_000 + 2_000)
    expect(after(waiting, 'complete').task).toMatchObject({ status: 'waiting', breached: ['complete'] })
  })

  it('need not be seen again by a seat that it comes back to, which has seen it', () => {
    const back = held().and([handBack, seat('cto', 1)])
    expect([back.task.status, ...kinds(back)]).toEqual(['open', 'complete'])
  })

  it('has to be seen anew by another seat, for the next stage, and after it was taken back; each is another occasion', () => {
    const stories = [
      late(),
      held().and([reassign('backend'), ada]),
      held().and([watch('take_back', 1, 1), sweep]),
      asked({ sla: both, prep: 'ceo' }).and([submit, bob]),
    ]
    for (const story of stories) expect(kinds(story)).toEqual(['acknowledge', 'complete'])
    expect(new Set(stories.map((story) => idOf(story, 'acknowledge'))).size).toBe(3)
    expect(stories.map(ackDue)).toEqual([300_000, 302_000, 302_000, 301_000])
  })

  it('keeps the moment at which it has to be done, whatever happens to it', () => {
    const moments = [late(), held(), held().and([handBack, seat('cto', 1)], [reassign('backend'), ada])]
    expect(new Set(moments.map((story) => idOf(story, 'complete'))).size).toBe(1)
  })

  it.each(Object.entries(everyStatus))('has nothing to come when it is over, and is %s', (_, story) => {
    const { task } = story()
    if (isOver(task)) expect(timersOf({ ...task, sla: both }, world)).toEqual([])
    else expect(timersOf({ ...task, sla: both, breached: [] }, world)).not.toEqual([])
  })
})

describe('a deadline that passes', () => {
  it('is breached, and one step up is told', () => {
    const { task } = late()
      .when({ type: 'time_came', timer: idOf(late(), 'acknowledge') ?? '' }, system)
      .gives(
        {
          type: 'breached',
          deadline: 'acknowledge',
          due: new Date(Date.parse(late().task.created_at) + 300_000).toISOString(),
        },
        { type: 'escalated', rung: 1, to: 'ceo', reason: 'cto did not acknowledge it within 5 min' },
      )
    expect(task).toMatchObject({ status: 'open', breached: ['acknowledge'], escalation: { to: 'ceo', rung: 1 } })
  })

  it('F29: never passes twice, however often its time comes', () => {
    for (const kind of ['acknowledge', 'complete']) {
      const once = after(late(), kind)
      const timer = idOf(late(), kind) ?? ''
      once.when({ type: 'time_came', timer }, system).changesNothing()
      // Also when its people have given a sign of life since.
      once.and([note, bob]).when({ type: 'time_came', timer }, system).changesNothing()
    }
  })

  it('F50: does nothing when it was met, moved on, or is none of this task', () => {
    const acknowledge = { type: 'time_came', timer: idOf(late(), 'acknowledge') ?? '' } as const
    held().when(acknowledge, system).changesNothing()
    held()
      .and([watch('take_back', 1, 1), sweep])
      .when(acknowledge, system)
      .changesNothing()
    const complete = { type: 'time_came', timer: idOf(late(), 'complete') ?? '' } as const
    for (const over of [late().and([cancel, ada]), held().and([submit, seat('cto', 1)], [ran(), system])]) {
      expect(decide(over.task, complete, system, world)).toEqual([])
    }
    late().when({ type: 'time_came', timer: 'another.complete' }, system).changesNothing()
    late().when({ type: 'time_came', timer: '' }, system).changesNothing()
  })

  it('tells nobody else when somebody was told already', () => {
    const told = after(late(), 'acknowledge')
    const twice = told
      .when({ type: 'time_came', timer: idOf(told, 'complete') ?? '' }, system)
      .gives({ type: 'breached', deadline: 'complete' })
    expect(twice.task).toMatchObject({ breached: ['acknowledge', 'complete'], escalation: { to: 'ceo', rung: 1 } })
  })

  it('leaves the work to whoever has it, and its result counts', () => {
    const story = after(held().and([start, seat('cto', 1)]), 'complete')
    expect(story.task).toMatchObject({ status: 'working', claim: { by: 'cto', epoch: 1 } })
    story
      .and([submit, seat('cto', 1)])
      .when(ran(), system)
      .gives('step_passed', 'completed')
  })

  it('stays known when it was done in the end', () => {
    const { task } = after(asked({ verification: [], sla: both }).and([submit, bob]), 'complete').and([approve, ada])
    expect(task).toMatchObject({ status: 'done', breached: ['complete'], escalation: null })
  })

  it('is told to whom the reviewer reports while the reviewer lets it lie', () => {
    const review = asked({ sla: both, verification: [{ kind: 'review', by: 'fullstack' }] }).and([submit, bob])
    expect(after(review, 'complete').task.escalation?.to).toBe('cto')
    const yes = asked({ sla: both, verification: [{ kind: 'approval' }] }).and([submit, bob])
    expect(after(yes, 'complete').task.escalation?.to).toBe('founder')
  })
})

describe('the id of a timer', () => {
  it('is the same for the same occasion, whoever asks and however often', () => {
    for (const story of Object.values(everyStatus)) {
      expect(timersOf(story().task, world)).toEqual(timersOf(structuredClone(story().task), world))
    }
  })

  it('is another for each deadline, each step up and each morning', () => {
    const steps = [late(), after(late(), 'complete'), after(late(), 'complete', 'escalate')]
    const parked = after(late(), 'complete', 'escalate', 'escalate')
    const mornings = [parked, after(parked, 'remind'), after(parked, 'remind', 'remind')]
    const ids = [...steps, ...mornings].flatMap(({ task }) => timersOf(task, world).map(({ id }) => id))
    const different = new Set(ids)
    // The acknowledgement is due in each of them, the end in the first.
    expect(different.size).toBe(2 + 2 + 3)
  })

  it('is one that a queue takes: no colon, and at most 200 characters', () => {
    const { task } = after(late(), 'complete', 'escalate', 'escalate')
    for (const { id } of timersOf(task, world)) expect(id).toMatch(/^[\w.-]{1,200}$/)
  })
})

describe('F51: the reminder of the day', () => {
  const reminders = (timeZone: string, from: string, days: number) => {
    const zone = { ...world, timeZone }
    let reminded_at: string | null = null
    return Array.from({ length: days }, () => {
      const escalation = {
        by: 'breakroom',
        at: from,
        rung: 2,
        to: 'founder',
        reason: 'late',
        parked: true,
        reminded_at,
      }
      const [timer] = timersOf(taskAt(1, 3, { escalation }), zone)
      reminded_at = timer?.due.toISOString() ?? null
      return reminded_at
    })
  }

  test('comes at nine in the morning there, once a day', () => {
    expect(reminders('Europe/Berlin', '2026-11-21T12:00:00.000Z', 3)).toEqual([
      '2026-11-22T08:00:00.000Z',
      '2026-11-23T08:00:00.000Z',
      '2026-11-24T08:00:00.000Z',
    ])
    expect(reminders('Asia/Tokyo', '2026-11-21T12:00:00.000Z', 1)).toEqual(['2026-11-22T00:00:00.000Z'])
  })

  test('comes once on the days when clocks are changed', () => {
    expect(reminders('Europe/Berlin', '2026-10-24T12:00:00.000Z', 2)).toEqual([
      '2026-10-25T08:00:00.000Z',
      '2026-10-26T08:00:00.000Z',
    ])
    expect(reminders('America/New_York', '2026-03-07T20:00:00.000Z', 2)).toEqual([
      '2026-03-08T13:00:00.000Z',
      '2026-03-09T13:00:00.000Z',
    ])
    // There it is half an hour.
    expect(new Set(reminders('Australia/Lord_Howe', '2026-04-03T12:00:00.000Z', 4)).size).toBe(4)
  })

  test('F50: does not come again when the clock was set back between', () => {
    const parked = after(late(), 'complete', 'escalate', 'escalate')
    const [timer] = timersOf(parked.task, world).filter(({ kind }) => kind === 'remind')
    const reminded = after(parked, 'remind')
    // The commit was made long before nine, by a clock that is hours behind.
    expect(Date.parse(reminded.task.updated_at)).toBeLessThan(timer?.due.getTime() ?? 0)
    expect(reminded.task.escalation?.reminded_at).toBe(timer?.due.toISOString())
    expect(idOf(reminded, 'remind')).not.toBe(timer?.id)
    reminded.when({ type: 'time_came', timer: timer?.id ?? '' }, system).changesNothing()
  })
})
