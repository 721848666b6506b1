import { describe, expect, it, test } from 'vitest'
import { timersOf } from '../../../core/task/deadlines.ts'
import { stepUp } from '../../../core/task/escalation.ts'
import { evolve } from '../../../core/task/evolve.ts'
import type { Task } from '../../../core/task/task.ts'
import { system, type TaskWorld } from '../../../core/task/world.ts'
import {
  ada,
  after,
  approve,
  asked,
  bob,
  claim,
  note,
  ran,
  reassign,
  ring,
  type Story,
  seat,
  submit,
  sweep,
  watch,
  world,
} from '../../support/task-story.ts'
import { taskAt, taskRole } from '../../support/tasks.ts'

const sla = { complete_within_minutes: 60 }
const late = (role = 'fullstack') => after(asked({ role, sla }), 'complete')
const toldOf = (story: Story) => [story.task.escalation?.to, story.task.escalation?.rung, story.task.escalation?.parked]
const minutes = ({ task }: Story) => {
  const [timer] = timersOf(task, world)
  return ((timer?.due.getTime() ?? 0) - Date.parse(task.escalation?.at ?? '')) / 60_000
}

/** Whoever is told, one after the other, until nobody is left; fails when that does not end. */
function line(task: Task, within: TaskWorld): string[] {
  const told: string[] = []
  let now = task
  for (let steps = 0; now.escalation?.parked !== true; steps++) {
    expect(steps, told.join(' -> ')).toBeLessThan(50)
    const events = stepUp(now, 'it stands still', within)
    told.push(...events.map((event) => ('to' in event ? String(event.to) : event.type)))
    const at = new Date(Date.UTC(2026, 10, 21, 13, steps)).toISOString()
    const { key, version } = now
    now = evolve(now, {
      id: `s${steps}`,
      key,
      version: version + 1,
      by: 'breakroom',
      at,
      trace: '',
      cause: null,
      events,
    })
  }
  expect(stepUp(now, 'it stands still', within)).toEqual([])
  return told
}

describe('an escalation', () => {
  it('goes up the line of who reports to whom, a step at a time, each with its own patience', () => {
    const first = late()
    expect([...toldOf(first), minutes(first)]).toEqual(['cto', 1, false, 20])
    const second = after(first, 'escalate')
    expect([...toldOf(second), minutes(second)]).toEqual(['ceo', 2, false, 20])
    const third = after(second, 'escalate')
    expect([...toldOf(third), minutes(third)]).toEqual(['founder', 3, false, 60])
  })

  it('is parked where everybody sees it when the founder does not answer, and goes round no more', () => {
    const parked = after(late(), 'escalate', 'escalate', 'escalate')
    expect(toldOf(parked)).toEqual(['founder', 3, true])
    expect(timersOf(parked.task, world).map(({ kind }) => kind)).toEqual(['remind'])
    const later = after(parked, 'remind', 'remind', 'remind')
    expect(toldOf(later)).toEqual(['founder', 3, true])
    expect(later.commits.at(-1)?.events.map(({ type }) => type)).toEqual(['reminded'])
    parked.when(watch('escalate', 0, 1), sweep).changesNothing()
  })

  it('begins with whoever the turn is above: the manager, the reviewer’s, the founder', () => {
    const cases: [Story, string][] = [
      [asked({ role: 'ceo' }), 'founder'],
      [asked({ role: 'cto', prep: 'fullstack' }), 'cto'],
      [asked({ role: 'fullstack', prep: 'ceo' }), 'founder'],
      [asked({ role: 'fullstack', verification: [] }).and([submit, bob]), 'ceo'],
      [asked({ role: 'fullstack', verification: [{ kind: 'review', by: 'devops' }] }).and([submit, bob]), 'cto'],
      [asked({ role: 'fullstack' }).and([submit, bob]), 'cto'],
    ]
    for (const [story, to] of cases) expect(stepUp(story.task, 'x', world)).toMatchObject([{ rung: 1, to }])
  })

  it('tells the founder once, where it is the founder’s own turn, before it is parked', () => {
    const yes = asked({ sla, verification: [{ kind: 'approval' }] }).and([submit, bob])
    const told = after(yes, 'complete')
    expect(toldOf(told)).toEqual(['founder', 1, false])
    expect(toldOf(after(told, 'escalate'))).toEqual(['founder', 1, true])
  })

  it('is the house’s own; what whoever watches escalates is one and the same line', () => {
    const told = late()
      .when(watch('escalate', 0, 1), sweep)
      .gives({ type: 'escalated', rung: 2, to: 'ceo', watch_rung: 1 })
    expect(told.task.escalation?.by).toBe('sweep')
  })
})

describe('a sign of life', () => {
  const signs: [string, (story: Story) => Story][] = [
    ['a word of anybody', (story) => story.and([note, bob])],
    ['an acknowledgement', (story) => story.and([{ type: 'acknowledge' }, seat('fullstack')])],
    ['a claim', (story) => story.and([ring('bell'), seat('fullstack')])],
    ['a result', (story) => story.and([submit, bob])],
    ['another seat that it is given to', (story) => story.and([reassign('backend'), ada])],
  ]
  test.each(signs)('undoes it, parked or not: %s', (_, sign) => {
    for (const story of [late(), after(late(), 'escalate'), after(late(), 'escalate', 'escalate', 'escalate')]) {
      const { task } = sign(story)
      expect(task.escalation).toBeNull()
      // What passed has passed.
      expect(task.breached).toEqual(['complete'])
      expect(timersOf(task, world)).toEqual([])
    }
  })

  it('is none when the house or whoever watches does something', () => {
    const checked = after(
      asked({ sla, verification: [{ kind: 'check', check: 'tests' }, { kind: 'approval' }] }).and([submit, bob]),
      'complete',
    )
    expect(checked.and([ran(), system]).task.escalation).toEqual(checked.task.escalation)
    for (const told of [late(), after(late(), 'escalate')]) {
      expect(told.and([watch('ping', 0, 1), sweep]).task.escalation).toEqual(told.task.escalation)
    }
    const taken = after(asked({ sla }).and([ring('bell'), seat('cto')]), 'complete')
    expect(taken.and([watch('take_back', 1, 1), sweep]).task.escalation).toEqual(taken.task.escalation)
  })

  it('is none when a seat where people work only says that it arrived', () => {
    const told = after(late(), 'escalate')
    const arrived = told.and([{ type: 'acknowledge', arrived: true }, seat('fullstack')])
    expect(arrived.task.escalation).toEqual(told.task.escalation)
  })

  it('is over with the task', () => {
    const told = after(asked({ sla }).and([submit, bob]), 'complete')
    expect(told.and([ran(), system]).task).toMatchObject({ status: 'done', escalation: null })
    const review = after(asked({ sla, verification: [] }).and([submit, bob]), 'complete')
    expect(review.and([approve, ada]).task).toMatchObject({ status: 'done', escalation: null })
  })

  it('lets the next stall begin at the bottom again', () => {
    const again = after(late(), 'escalate').and([claim, bob], [watch('escalate', 1, 1), sweep])
    expect(toldOf(again)).toEqual(['cto', 1, false])
  })
})

describe('the line ends', () => {
  it('at the founder, for every role there is', () => {
    for (const role of world.roles.keys()) {
      const told = line(taskAt(1, 1, { role }), world)
      expect(told.slice(-2)).toEqual(['founder', 'founder'])
      expect(new Set(told).size).toBe(told.length - 1)
    }
  })

  it('at the founder when a role that a task names is gone, or the one above it', () => {
    expect(line(taskAt(1, 1, { role: 'gone' }), world)).toEqual(['founder', 'founder'])
    const orphan = { ...world, roles: new Map([['cto', taskRole({ manager: 'gone' })]]) }
    expect(line(taskAt(1, 1, { role: 'cto' }), orphan)).toEqual(['gone', 'founder', 'founder'])
    expect(line(taskAt(1, 1, { role: 'cto' }), { ...world, roles: new Map() })).toEqual(['founder', 'founder'])
  })

  it('at the founder even if role files say that it goes in a circle', () => {
    const circle = new Map([
      ['a', taskRole({ manager: 'b' })],
      ['b', taskRole({ manager: 'c' })],
      ['c', taskRole({ manager: 'a' })],
      ['me', taskRole({ manager: 'me' })],
    ])
    for (const role of circle.keys()) {
      expect(line(taskAt(1, 1, { role }), { ...world, roles: circle }).slice(-2)).toEqual(['founder', 'founder'])
    }
    // Whoever would review what they built themselves is passed by.
    const verification: Task['verification'] = [{ kind: 'review', by: null }]
    const own = taskAt(1, 1, { role: 'me', status: 'verifying', verification })
    expect(line(own, { ...world, roles: circle })[0]).toBe('founder')
  })

  it('with patience of an hour for a role that is gone', () => {
    const escalation = {
      by: 'breakroom',
      at: '2026-11-21T12:00:00.000Z',
      rung: 1,
      to: 'gone',
      reason: 'x',
      parked: false,
      reminded_at: null,
    }
    expect(timersOf(taskAt(1, 1, { escalation }), world)[0]?.due.toISOString()).toBe('2026-11-21T13:00:00.000Z')
  })
})
