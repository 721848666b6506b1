import { expect, test } from 'vitest'
import { readAssigned } from '../../../cli/commands/assign.ts'
import { readInvocation } from '../../../cli/invocation.ts'
import { draftOf, readAssignment } from '../../../core/task/assignment.ts'

const known = {
  roles: ['cto', 'cso', 'devops'].map((role) => ({ role, nick: role })),
  checks: ['true', 'npm test'],
}

/** The draft of a command line. */
function draftOfLine(...argv: string[]) {
  const { word, rest, options } = readInvocation(['assign', ...argv]) ?? { word: '', rest: '', options: {} }
  return draftOf(readAssigned([word, rest].filter(Boolean).join(' '), options, known))
}

test('chat and command line mean the same', () => {
  const inChat =
    'cto "Add rate limiting to the gateway" accept: 429 after 100 requests a minute; accept: none before; verify: `npm test`; ' +
    'verify: review by cso; priority: high; ack: 60s; due: 60m; after: t-12; after: t-3; about: it is flooded; ' +
    'context: see the log; budget: 3 attempts; then: cso "Review {task_id}"; then: devops "Ship it"'
  const meant = draftOf(readAssignment(inChat, known))
  const line = ['cto', 'Add rate limiting to the gateway', '--accept', '429 after 100 requests a minute']
  const more = [
    '--accept',
    'none before',
    '--verify',
    'npm test',
    '--verify',
    'cso',
    '--priority',
    'high',
    '--ack',
    '60s',
  ]
  const last = [
    '--due',
    '60m',
    '--after',
    '12',
    '--after',
    '#3',
    '--about',
    'it is flooded',
    '--context',
    'see the log',
  ]
  const chain = ['--budget', '3 attempts', '--then', 'cso "Review {task_id}"', '--then', 'devops "Ship it"']
  expect(draftOfLine(...line, ...more, ...last, ...chain)).toEqual(meant)
  expect(draftOfLine(inChat)).toEqual(meant)
  expect(meant.on_complete?.[0]?.payload_template.on_complete).toHaveLength(1)
})

test('chat and command line mean the same by stages and ends', () => {
  const inChat =
    'cto "Add it" accept: x; prep: cso; qa: devops; review: cso; review: devops; verify: file "a b.md"; ' +
    'then: nothing; also: cso "Tell"; also: devops "Ship it"; else: cso "Look: {reason}"; else: devops "Undo it"'
  const meant = draftOf(readAssignment(inChat, known))
  const stages = [
    '--prep',
    'cso',
    '--qa',
    'devops',
    '--review',
    'cso',
    '--review',
    'devops',
    '--verify',
    'file "a b.md"',
  ]
  const ends = ['--also', 'cso "Tell"', '--also', 'devops "Ship it"', '--else', 'cso "Look: {reason}"']
  const line = ['cto', 'Add it', '--accept', 'x', ...stages, '--no-then', ...ends, '--else', 'devops "Undo it"']
  expect(draftOfLine(...line)).toEqual(meant)
  expect(draftOfLine(inChat)).toEqual(meant)
  expect(draftOfLine('cto', 'Add it', '--accept', 'x', '--no-then').on_complete).toEqual([])
  expect(draftOfLine('cto', 'Add it', '--accept', 'x').on_complete).toBeUndefined()
})

test('what the shell took the quotation marks off is still a title and its criteria', () => {
  expect(draftOfLine('cto', 'Add', 'a', 'limit', 'accept:', '429 after 100')).toMatchObject({
    role: 'cto',
    title: 'Add a limit',
    acceptance_criteria: ['429 after 100'],
  })
})

test('an option is one text, whatever stands in it', () => {
  const hostile = 'it says "ok; done", \\ ends; priority: urgent'
  expect(draftOfLine('cto', 'x', '--accept', hostile, '--context', hostile)).toMatchObject({
    acceptance_criteria: [hostile],
    context: [hostile],
    priority: 'normal',
  })
  const file = 'First line;\nverify: nothing\n\n- an item "that is not closed'
  expect(draftOfLine('cto', 'x', '--accept', 'y', '--about', file)).toMatchObject({
    description: file,
    verification: [],
  })
  expect(draftOfLine('cto', 'x', '--accept', 'two\nlines')).toMatchObject({ acceptance_criteria: ['two lines'] })
})

test('a quotation mark that is never closed in the title takes no option with it', () => {
  expect(draftOfLine('cto', 'Mend the 5" screen and "that', '--accept', 'it shows')).toMatchObject({
    title: 'Mend the 5" screen and "that',
    acceptance_criteria: ['it shows'],
  })
})

test('S3: hidden characters are taken out of what options say', () => {
  expect(draftOfLine('cto', 'x', '--accept', 'a\u202eb', '--about', 'c\u{e0041}d')).toMatchObject({
    acceptance_criteria: ['ab'],
    description: 'cd',
  })
})

test.each([
  [[], /^assign takes a role and what it is to do/],
  [['cto'], /^assign takes a role and what it is to do/],
  [['cto', 'Add a limit'], /^What must be true when it is done\? Say it with --accept/],
  [['cot', 'Add a limit', '--accept', 'x'], /^There is no role cot; did you mean/],
  [['cto', 'x', '--accept', ' '], /^accept: is empty/],
  [['cto', 'x', '--accept', 'y', '--due', 'soon'], /^due: takes m, h or d/],
  [['cto', 'x', '--accept', 'y', '--priority', 'hihg'], /^priority: is low, normal, high or urgent/],
  [['cto', 'x', '--accept', 'y', '--verify', 'npm tset'], /^verify: .*did you mean/],
  [['cto', 'x', '--accept', 'y', '--after', 'yesterday'], /^after: /],
  [['cto', 'x', '--accept', 'y', '--then', 'cso "Review {result_of}"'], /^then: nothing stands for \{result_of\}/],
  [['cto', 'x', '--accept', 'y', '--no-then', '--then', 'cso "R"'], /^then: nothing and something/],
  [['cto', 'x', '--accept', 'y', '--qa', 'nobody'], /^qa: there is no role nobody/],
  [['cto', 'x priority: hihg', '--accept', 'y', '--due', 'soon'], /^priority: .* due: /],
])('breakroom assign %j is refused as a matter of usage, with what is wrong', (argv, message) => {
  expect(() => draftOfLine(...argv)).toThrow(
    expect.objectContaining({ code: 'usage', message: expect.stringMatching(message) }),
  )
})

test('what is too long is refused, never cut', () => {
  const tooLong = { about: 4_001, accept: 501, context: 1_001 }
  for (const [key, length] of Object.entries(tooLong)) {
    const argv = ['cto', 'x', '--accept', 'y', `--${key}`, 'z'.repeat(length)]
    expect(() => draftOfLine(...argv), key).toThrow(
      expect.objectContaining({ code: 'usage', message: expect.stringMatching(`^${key}: has `) }),
    )
  }
})
