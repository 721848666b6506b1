import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import type { Fleet } from '../../core/fleet.ts'
import { type Role, roleSchema } from '../../core/role.ts'
import { checkRoleFollowUps } from '../../core/role-follow-ups.ts'

/** A role that takes tasks, and whose tasks are followed by these. */
function role(name: string, on_complete: unknown[] = [], tools: unknown = { tasks: ['update_task_status'] }): Role {
  return roleSchema.parse({
    name,
    nick: name,
    reports_to: 'founder',
    mission: 'Is there.',
    rooms: ['breakroom'],
    capabilities: ['answer'],
    tools,
    forbidden_actions: ['lie'],
    brain: { kind: 'none' },
    loop_strategy: 'on_task',
    escalation: { to: 'founder', after_minutes: 60 },
    on_complete,
  })
}

const next = (publish_to: string, more: object = {}) => ({
  publish_to,
  payload_template: { title: 'Look at {task_id}', acceptance_criteria: ['it is said'], ...more },
})
const inRow = ([first, ...others]: string[]): unknown[] =>
  first === undefined ? [] : [next(first, { on_complete: inRow(others) })]

function problems(roles: Role[], unread: string[] = [], fleet: Fleet | null = null) {
  const files = roles.map((one) => ({ file: one.name, role: one }))
  return checkRoleFollowUps(files, [...roles.map(({ name }) => name), ...unread], fleet)
}
const messages = (...given: Parameters<typeof problems>) =>
  problems(...given).map(({ file, path, message }) => `${file} ${path.join('.')}: ${message}`)

describe('what follows the tasks of a role', () => {
  it('is fine when it is for another role that takes tasks', () => {
    expect(problems([role('a', [next('b'), next('c')]), role('b', [next('c')]), role('c')])).toEqual([])
    expect(problems([role('a', [next('broken')])], ['broken'])).toEqual([])
  })

  it('is for a role that is there and takes tasks, however deep it stands', () => {
    const nested = next('b', { on_complete: [next('bb')] })
    expect(messages([role('a', [next('c'), nested]), role('b'), role('c', [], { tasks: ['list_tasks'] })])).toEqual([
      'a on_complete.0.publish_to: "c" takes no tasks: its file does not list update_task_status under tools.tasks',
      'a on_complete.1.payload_template.on_complete.0.publish_to: there is no role "bb"; did you mean "b"?',
    ])
  })

  it('says nothing that stands for nothing', () => {
    const texts = { title: '{tsk}', description: '{{ok}} {result}', acceptance_criteria: ['x', '{y}'] }
    const known = '{task_id}, {title}, {role}, {requester}, {result}, {reason}'
    expect(messages([role('a', [next('b', texts)]), role('b')])).toEqual([
      `a on_complete.0.payload_template.title: nothing stands for {tsk}; there is ${known}`,
      `a on_complete.0.payload_template.acceptance_criteria.1: nothing stands for {y}; there is ${known}`,
    ])
  })

  it('is verified by checks and roles that there are, and never by who does it', () => {
    const verification = [
      { kind: 'check', check: 'tset' },
      { kind: 'check', check: 'test' },
      { kind: 'review', by: 'b' },
      { kind: 'review', by: 'nobody' },
      { kind: 'review', by: null },
      { kind: 'review', by: 'a', stage: 'qa' },
    ]
    const roles = [role('a', [next('b', { verification })]), role('b')]
    const steps = 'a on_complete.0.payload_template.verification'
    const fleet = { checks: { test: ['true'] } } as unknown as Fleet
    expect(messages(roles, [], fleet)).toEqual([
      `${steps}.0: there is no "tset" under checks in breakroom.yaml; did you mean "test"?`,
      `${steps}.2: "b" does the work, so another has to look at it`,
      `${steps}.3: there is no role "nobody"`,
    ])
    expect(messages(roles)).toHaveLength(2)
  })

  it('comes to eight tasks in a row at most', () => {
    const names = [...'bcdefghi']
    const roles = (count: number) => [role('a', inRow(names.slice(0, count))), ...names.map((name) => role(name))]
    expect(messages(roles(7))).toEqual([])
    expect(messages(roles(8))).toEqual([
      expect.stringMatching(/^a on_complete\.0(\.payload_template\.on_complete\.0){7}: this would be number 9 of /),
    ])
  })
})

describe('F52: what follows the tasks of roles never comes back to where it began', () => {
  test.each<[string, Role[], string[]]>([
    ['itself', [role('a', [next('a')])], ['a on_complete.0.publish_to: on_complete goes in a circle: a -> a']],
    [
      'through another',
      [role('x', [next('b')]), role('a', [next('x'), next('b')]), role('b', [next('c')]), role('c', [next('a')])],
      [
        'x on_complete.0.publish_to: on_complete goes in a circle: x -> b -> c -> a -> x',
        'b on_complete.0.publish_to: on_complete goes in a circle: b -> c -> a -> b',
      ],
    ],
    [
      'within one file',
      [role('a', inRow(['b', 'a'])), role('b')],
      ['a on_complete.0.publish_to: on_complete goes in a circle: a -> b -> a'],
    ],
  ])('%s', (_, roles, expected) => {
    expect(messages(roles)).toEqual(expected)
  })

  it('is found in any fleet, and only where there is one', () => {
    const names = ['a', 'b', 'c', 'd', 'e']
    const after = fc.array(fc.constantFrom(...names), { maxLength: 2 })
    fc.assert(
      fc.property(fc.tuple(...names.map(() => after)), (lists) => {
        const targets = new Map(names.map((name, index) => [name, lists[index] ?? []]))
        const roles = names.map((name) =>
          role(
            name,
            (targets.get(name) ?? []).map((to) => next(to)),
          ),
        )
        // Nothing is left when, again and again, what is followed by nothing that is left is taken away.
        let left = names
        for (let before = -1; before !== left.length; ) {
          before = left.length
          left = left.filter((name) => targets.get(name)?.some((to) => left.includes(to)))
        }
        expect(problems(roles).length > 0).toBe(left.length > 0)
      }),
    )
  })
})
