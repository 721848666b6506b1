import { expect, test } from 'vitest'
import { isVisible, type Onlooker } from '../../../core/task/visible.ts'
import { world } from '../../support/task-story.ts'
import { taskAt } from '../../support/tasks.ts'

const task = taskAt(1, 1, {
  place: { room: { name: 'board', visibility: 'private' } },
  authority: { requester: 'human-ada', tier: 'member', name: 'ada', chain: ['devops'] },
  role: 'cto',
  verification: [
    { kind: 'review', by: 'cso' },
    { kind: 'review', by: null },
    { kind: 'check', check: 'tests' },
  ],
})
const told = (actor: string, changes: Partial<Onlooker> = {}, one = task) =>
  isVisible(one, { actor, room: 'breakroom', alone: false, ...changes }, world)
const concerned = ['human-ada', 'cto', 'devops', 'cso', 'ceo']
const others = ['human-bob', 'marketing', 'breakroom', 'founder', 'human-cto', '']

test('what was asked for in public is told to everybody, everywhere', () => {
  const open = { ...task, place: { room: { name: 'breakroom', visibility: 'public' } } } as const
  for (const actor of [...concerned, ...others]) {
    for (const room of ['breakroom', 'random', null]) expect(told(actor, { room }, open)).toBe(true)
  }
})

test('S22: what was asked for in private is told in that room, to whoever hears it there', () => {
  for (const actor of [...concerned, ...others]) expect(told(actor, { room: 'board' })).toBe(true)
})

test('S22: and in no other room, not even to those it is between, because others listen', () => {
  for (const actor of [...concerned, ...others]) {
    for (const room of ['breakroom', 'Board', 'board ', '', null]) expect(told(actor, { room })).toBe(false)
  }
})

test.each(concerned)('alone it is told to %s, who asked, works on it, passed it on or reviews it', (actor) => {
  for (const room of ['breakroom', 'dm', null]) expect(told(actor, { room, alone: true })).toBe(true)
})

test.each(others)('S22: alone it is told to nobody else: not to %j', (actor) => {
  for (const room of ['breakroom', 'dm', null]) expect(told(actor, { room, alone: true })).toBe(false)
})

test('a manager is told of it only for a review that nobody else was named for', () => {
  expect(told('ceo', { alone: true }, { ...task, verification: [{ kind: 'review', by: 'cso' }] })).toBe(false)
  expect(told('cso', { alone: true }, { ...task, verification: [{ kind: 'review', by: null }] })).toBe(false)
})
