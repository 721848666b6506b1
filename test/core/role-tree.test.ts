import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Role } from '../../core/role.ts'
import { checkRoles, foldNick, roleTree, type Seat } from '../../core/role-tree.ts'

function role(name: string, reports_to: string, changes: Partial<Role> = {}): Role {
  return {
    name,
    nick: name,
    reports_to,
    mission: 'Is there.',
    rooms: ['breakroom'],
    capabilities: ['answer'],
    tools: 'none',
    forbidden_actions: ['lie'],
    brain: { kind: 'none' },
    loop_strategy: 'on_mention',
    recurring: [],
    escalation: { to: 'founder', after_minutes: 60 },
    ...changes,
  }
}

const files = (roles: Role[]) => roles.map((one) => ({ file: one.name, role: one }))
const messages = (roles: Role[]) => checkRoles(files(roles), null).map(({ file, message }) => `${file}: ${message}`)

test('a circle is told once, with its way, however many roles lead into it', () => {
  const roles = [role('x', 'a'), role('a', 'b'), role('b', 'c'), role('c', 'a'), role('y', 'x'), role('z', 'founder')]
  expect(messages(roles)).toEqual(['a: reports_to goes in a circle: a -> b -> c -> a'])
})

test('a role that reports to itself is a circle, and two circles are two problems', () => {
  expect(messages([role('a', 'a'), role('b', 'c'), role('c', 'b')])).toEqual([
    'a: reports_to goes in a circle: a -> a',
    'b: reports_to goes in a circle: b -> c -> b',
  ])
})

test('a name that two files claim is told at the second', () => {
  const problems = checkRoles(
    [
      { file: 'a', role: role('a', 'founder', { nick: 'one' }) },
      { file: 'b', role: role('a', 'founder', { nick: 'two' }) },
    ],
    null,
  )
  expect(problems).toEqual([{ file: 'b', path: ['name'], message: 'the name "a" is taken by a.yaml' }])
})

test('only one role can be the sweep; the others are told whose it is', () => {
  const brain = { kind: 'sweep' } as const
  const roles = ['a', 'b', 'c'].map((name) => role(name, 'founder', { brain }))
  expect(messages([role('x', 'founder'), ...roles])).toEqual([
    'b: only one role can be the sweep, and a.yaml is',
    'c: only one role can be the sweep, and a.yaml is',
  ])
})

const to = (name: string) => ({ escalation: { to: name, after_minutes: 1 } })

test('escalation leads to somebody else who is there', () => {
  expect(messages([role('a', 'founder', to('a')), role('b', 'founder', to('bb'))])).toEqual([
    'a: a role cannot escalate to itself',
    'b: there is no role "bb"; did you mean "b"?',
  ])
})

test('escalation goes up the line of a role, any number of steps, and never sideways or down', () => {
  const chain = [role('a', 'founder'), role('b', 'a', to('a')), role('c', 'b', to('a')), role('d', 'a')]
  expect(messages(chain)).toEqual([])
  expect(messages([...chain, role('e', 'b', to('d')), role('f', 'founder', to('a'))])).toEqual([
    'e: "d" is not above it: escalation goes up its reports_to line (b, a, founder), never sideways',
    'f: "a" is not above it: escalation goes up its reports_to line (founder), never sideways',
  ])
  expect(messages([role('a', 'founder', to('b')), role('b', 'a', to('a'))])).toHaveLength(1)
})

test('of a line that leads nowhere only that is said', () => {
  expect(messages([role('a', 'b', to('c')), role('b', 'a', to('c')), role('c', 'founder')])).toEqual([
    'a: reports_to goes in a circle: a -> b -> a',
  ])
  expect(checkRoles(files([role('a', 'broken', to('c')), role('c', 'founder')]), null, ['broken'])).toEqual([])
})

test('S13: nicks are compared as the widest folding of IRC does', () => {
  expect(foldNick('Ab[]\\~')).toBe('ab{}|^')
})

test('without problems the tree has every role once, under its manager', () => {
  const names = ['a', 'b', 'c', 'd', 'e', 'f']
  const managers = fc.tuple(...names.map(() => fc.constantFrom('founder', ...names)))
  fc.assert(
    fc.property(managers, (bosses) => {
      const roles = names.map((name, index) => role(name, bosses[index] ?? 'founder'))
      const problems = checkRoles(files(roles), null)
      const placed: string[] = []
      const walk = (seats: Seat[], manager: string) => {
        for (const seat of seats) {
          expect(seat.role.reports_to).toBe(manager)
          placed.push(seat.role.name)
          walk(seat.reports, seat.role.name)
        }
      }
      walk(roleTree(roles), 'founder')
      expect(placed.length === names.length).toBe(problems.length === 0)
    }),
  )
})
