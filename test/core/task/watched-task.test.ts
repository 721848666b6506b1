import { describe, expect, it } from 'vitest'
import { aliveAt } from '../../../core/task/alive.ts'
import { isOver, type Task } from '../../../core/task/task.ts'
import type { Onlooker } from '../../../core/task/visible.ts'
import { watchedTaskOf, watchedTaskSchema } from '../../../core/task/watched-task.ts'
import { system } from '../../../core/task/world.ts'
import {
  ada,
  answer,
  ask,
  asked,
  block,
  bob,
  everyStatus,
  note,
  ran,
  reassign,
  ring,
  seat,
  start,
  submit,
  sweep,
  watch,
  world,
} from '../../support/task-story.ts'

const onlooker: Onlooker = { actor: 'sweep', room: null, alone: true }
const shown = (task: Task) => watchedTaskOf(task, onlooker, world)
const cto = seat('cto', 1)
const held = () => asked().and([ring('bell'), seat('cto')])

describe('what whoever watches is shown', () => {
  it('is every task that may stand still by somebody’s fault', () => {
    for (const [name, story] of Object.entries(everyStatus)) {
      const { task } = story()
      const isShown = !isOver(task) && task.status !== 'waiting' && name !== 'verifying by a check'
      expect(shown(task) !== null, name).toBe(isShown)
      if (isShown) expect(watchedTaskSchema.parse(shown(task))).toEqual(shown(task))
    }
  })

  it('is whose turn it is, in whose hands, and since when', () => {
    const { task } = held()
    expect(shown(task)).toEqual({
      label: 't-9',
      epoch: 1,
      status: 'claimed',
      turn: 'cto',
      judging: false,
      held: { at: task.updated_at, lease: true },
      opened_at: task.created_at,
      alive_at: task.updated_at,
      question: null,
      watched: null,
      escalated: false,
    })
    expect(shown(asked().and([submit, bob]).and([ran(), system]).task)).toBeNull()
    const waits = asked({ verification: [{ kind: 'check', check: 'tests' }, { kind: 'approval' }] }).and(
      [ring('bell'), seat('cto')],
      [submit, cto],
      [ran(), system],
    )
    // From the check on, and not from when it was handed in.
    const at = waits.task.updated_at
    expect(shown(waits.task)).toMatchObject({ turn: 'founder', judging: true, held: null, opened_at: at, alive_at: at })
    expect(shown(everyStatus['being tried']().task)).toMatchObject({ turn: 'fullstack', judging: true })
    expect(shown(everyStatus.parked().task)).toMatchObject({ escalated: true })
  })

  it('is what it is stuck on, until it was answered or somebody was asked', () => {
    const stuck = held().and([block, cto])
    expect(shown(stuck.task)?.question).toBe('no access')
    expect(shown(stuck.and([watch('ping', 1, 1), sweep]).task)?.question).toBe('no access')
    for (const help of [answer(1, 1), ask(1, 1)]) {
      const helped = stuck.and([help, sweep])
      expect(shown(helped.task)).toMatchObject({ question: null, watched: { epoch: 1, rung: 1, answered: false } })
      // Whatever was done since.
      expect(shown(helped.and([note, cto], [watch('ping', 1, 2), sweep]).task)?.question).toBeNull()
      expect(shown(helped.and([block, cto]).task)?.question).toBe('no access')
    }
  })

  it('S22: is no word of a private task', () => {
    const place = { room: { name: 'board', visibility: 'private' } } as const
    const hidden = asked({ title: 'Buy the zebra' }, { place }).and([ring('bell'), seat('cto')], [block, cto]).task
    expect(shown(hidden)).toMatchObject({ label: 't-9', status: 'blocked', question: null })
    expect(JSON.stringify(shown(hidden))).not.toMatch(/zebra|board|access/)
    expect(watchedTaskOf(hidden, { actor: 'cto', room: null, alone: true }, world)?.question).toBe('no access')
  })
})

describe('the last sign of life', () => {
  it('is the last word of somebody, or when it came to whoever has it; what watching does is none', () => {
    const begun = held().and([start, cto])
    expect(begun.task.alive_at).toBe(begun.task.updated_at)
    const watched = begun.and([watch('ping', 1, 1), sweep], [watch('escalate', 1, 2), sweep])
    expect(watched.task.alive_at).toBe(begun.task.alive_at)
    const again = watched.and([note, ada])
    expect(again.task.alive_at).toBe(again.task.updated_at)
    for (const told of [
      [watch('take_back', 1, 3), sweep],
      [reassign('cso'), ada],
    ] as const) {
      const opened = watched.and(told).task
      expect([opened.alive_at, opened.opened_at, opened.turned_at]).toEqual(Array(3).fill(opened.updated_at))
    }
  })

  it('F58: is the last change, where an older writer did not say', () => {
    const { task } = held()
    expect(aliveAt({ ...task, alive_at: '' })).toBe(task.updated_at)
    expect(shown({ ...task, alive_at: '', turned_at: '', opened_at: '' })).toMatchObject({
      opened_at: task.created_at,
      alive_at: task.updated_at,
    })
  })
})
