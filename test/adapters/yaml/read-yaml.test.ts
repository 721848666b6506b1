import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { ConfigProblem } from '../../../adapters/yaml/problem.ts'
import { readYaml } from '../../../adapters/yaml/read-yaml.ts'
import { fleetSchema } from '../../../core/fleet.ts'
import { roleSchema } from '../../../core/role.ts'
import { roleText } from '../../support/fleet-folder.ts'
import { temporaryFolder } from '../../support/process.ts'

const folder = temporaryFolder()

/** The role read from a file with this content, or its problems, and how long it took. */
function read(content: string | Uint8Array) {
  const path = join(folder.path, 'cto.yaml')
  writeFileSync(path, content)
  const start = performance.now()
  const result = readYaml(path, 'roles/cto.yaml', roleSchema)
  return { ...result, ms: performance.now() - start }
}

function problemsIn(content: string | Uint8Array): ConfigProblem[] {
  const result = read(content)
  return 'problems' in result ? result.problems : []
}

const good = roleText('cto')
const withKey = (key: string, line: string) => roleText('cto', { [key]: line })
const withRecurring = (when: string) => `${good}recurring: [{ name: walk, ${when}, brief: Walk. }]\n`

test('reads a role that is fine, with its defaults', () => {
  expect(read(good)).toMatchObject({ value: { name: 'cto', tools: { rooms: ['say'] }, recurring: [] } })
})

test('a program may be the brain of a role, and has an hour for a task when nothing else is said', () => {
  expect(read(withKey('brain', 'brain: { kind: command, command: fix it }'))).toMatchObject({
    value: { brain: { kind: 'command', command: 'fix it', minutes: 60 } },
  })
  expect(
    read(withKey('brain', 'brain: { kind: command, command: x, minutes: 1440 }\nworkspace: ../code')),
  ).toMatchObject({ value: { brain: { minutes: 1440 }, workspace: '../code' } })
})

test.each<[title: string, content: string | Uint8Array, line: number, column: number, says: RegExp]>([
  ['an unknown key', withKey('mission', 'mision: Does it.'), 4, 1, /^unknown key "mision"; did you mean "mission"\?$/],
  [
    'an unknown key inside',
    withKey('brain', 'brain: { knd: none }'),
    9,
    10,
    /unknown key "knd"; did you mean "kind"\?/,
  ],
  ['a missing key', withKey('mission', ''), 1, 1, /^missing key "mission"$/],
  ['a missing key inside', withKey('escalation', 'escalation: { to: founder }'), 11, 13, /missing key "after_minutes"/],
  ['an allow-list without servers', withKey('tools', 'tools: {}'), 7, 8, /empty allow-list/],
  ['an allow-list without tools', withKey('tools', 'tools: { rooms: [] }'), 7, 17, /empty allow-list/],
  ['a wildcard in an allow-list', withKey('tools', 'tools: { rooms: ["*"] }'), 7, 18, /no wildcards/],
  ['an allow-list left blank', withKey('tools', 'tools:'), 7, 7, /must be lists of tools/],
  ['a bad server name in an allow-list', withKey('tools', 'tools: { "a b": [c] }'), 7, 10, /"a b" is off/],
  ['no rooms', withKey('rooms', 'rooms: []'), 5, 8, /needs a room/],
  ['nothing forbidden', withKey('forbidden_actions', 'forbidden_actions: []'), 8, 20, /never do/],
  ['an unknown loop strategy', withKey('loop_strategy', 'loop_strategy: on_mentoin'), 10, 16, /"on_mention"\?$/],
  [
    'a command brain without its program',
    withKey('brain', 'brain: { kind: command }'),
    9,
    8,
    /^"brain": the kind "command" needs a key "command" too, with the name of a program under checks$/,
  ],
  [
    'a program for another brain',
    withKey('brain', 'brain: { kind: none, command: npm test }'),
    9,
    31,
    /^"brain.command": is for the kind "command", and this one is "none"$/,
  ],
  ['minutes for another brain', withKey('brain', 'brain: { kind: none, minutes: 5 }'), 9, 31, /this one is "none"$/],
  ['more than a day', withKey('brain', 'brain: { kind: command, command: x, minutes: 1441 }'), 9, 46, /<=1440$/],
  ['a workspace of no name', `${good}workspace: ""\n`, 12, 12, /leave it out, or name a folder$/],
  [
    'an hour that is none',
    withRecurring('at: 0 25 * * *'),
    12,
    31,
    /^"recurring.0.at": the hour "25" is off: a number of 0/,
  ],
  ['a cron expression with seconds', withRecurring('at: 0 0 9 * * *'), 12, 31, /must be five fields/],
  [
    'a day that never comes',
    withRecurring('at: 0 9 30 2 *'),
    12,
    31,
    /never comes: no month that it names has a day 30$/,
  ],
  ['two schedules in one', withRecurring('at: 0 9 * * *, every: 1d'), 12, 31, /stands beside "every"/],
  ['work that comes back nobody knows when', withRecurring('accept: Seen.'), 12, 13, /needs "every", such as "1d"/],
  ['an hour of a time zone', withRecurring('every: 5h, time_zone: UTC'), 12, 49, /means nothing to minutes and hours/],
  ['a place that is no time zone', withRecurring('every: 1d, time_zone: Mars'), 12, 49, /must be a time zone/],
  [
    'two schedules of one name',
    `${good}recurring:\n  - { name: walk, every: 5m, brief: Walk. }\n  - { name: walk, every: 1d, brief: Walk. }\n`,
    14,
    13,
    /there are two "walk"/,
  ],
  ['a fraction of a minute', good.replace('60', '6.5'), 11, 43, /whole number, not a fraction/],
])('S10: refuses %s', (_, content, line, column, says) => {
  const problems = problemsIn(content)
  expect(problems).toEqual([{ file: 'roles/cto.yaml', line, column, message: expect.stringMatching(says) }])
})

test.each<[title: string, content: string | Uint8Array, line: number, column: number, says: RegExp]>([
  ['an alias', withKey('rooms', 'rooms: *all'), 5, 8, /aliases/],
  ['an anchor', withKey('rooms', 'rooms: &all [breakroom]'), 5, 13, /anchors/],
  ['__proto__', `${good}__proto__: { admin: true }\n`, 12, 1, /"__proto__" is not allowed/],
  ['constructor', withKey('brain', 'brain: { kind: none, constructor: {} }'), 9, 22, /"constructor" is not allowed/],
  ['prototype in quotes', withKey('brain', 'brain: { kind: none, "prototype": 1 }'), 9, 22, /"prototype" is not/],
  ['a merge key', `${good}<<: { nick: x }\n`, 12, 1, /merge keys/],
  ['a duplicate key', `${good}nick: boss\n`, 12, 1, /duplicate key "nick"/],
  ['a tab as indentation', withKey('tools', 'tools:\n\trooms: [say]'), 8, 1, /Tabs are not allowed/],
  ['a function', withKey('mission', 'mission: !!js/function "f()"'), 4, 24, /!!js\/function/],
  ['a tag of YAML itself', withKey('mission', 'mission: !!binary aGk='), 4, 19, /!!binary/],
  ['a tag of its own', withKey('mission', 'mission: !env HOME'), 4, 15, /!env/],
  ['the rules of YAML 1.1', `%YAML 1.1\n---\n${good}`, 1, 1, /directives/],
  ['a second document', `${good}---\nname: x\n`, 12, 1, /one document/],
  [
    'a boolean for text',
    withKey('mission', 'mission: true'),
    4,
    10,
    /must be text, not the value true; write it in quotes/,
  ],
  ['a number for text', withKey('nick', 'nick: 42'), 2, 7, /must be text, not a number; write it in quotes/],
  ['a boolean as a key', `${good}true: x\n`, 12, 1, /write it in quotes: "true"/],
  ['a list as a key', `${good}? [a]\n: x\n`, 12, 3, /a key must be text/],
  ['a list for a file', '- a\n', 1, 1, /must be a map of keys, not a list/],
  ['a control character', withKey('mission', 'mission: a\u0007b'), 4, 11, /U\+0007/],
  ['a control character in an escape', withKey('mission', 'mission: "a\\u001b[31m"'), 4, 10, /plain text/],
  ['text that runs backwards', withKey('mission', 'mission: a\u202eb'), 4, 11, /U\+202E/],
  [
    'text that is not UTF-8',
    Buffer.from(withKey('mission', 'mission: D\u00f6s'), 'latin1'),
    4,
    11,
    /not text in UTF-8/,
  ],
  ['UTF-16', Buffer.from(`\ufeff${good}`, 'utf16le'), 1, 1, /not text in UTF-8/],
  ['an empty file', '', 1, 1, /the file is empty/],
  ['nothing but comments', '# later\n', 1, 1, /the file is empty/],
])('S33: refuses %s, with line and column', (_, content, line, column, says) => {
  expect(problemsIn(content)[0]).toEqual({
    file: 'roles/cto.yaml',
    line,
    column,
    message: expect.stringMatching(says),
  })
})

test('S33: reads NO, yes and off as the words they are, as YAML 1.2 does', () => {
  for (const word of ['NO', 'yes', 'off', 'y']) {
    expect(read(withKey('mission', `mission: ${word}`))).toMatchObject({ value: { mission: word } })
  }
})

test('S33: takes a byte order mark, and counts columns without it', () => {
  expect(read(`\ufeff${good}`)).toHaveProperty('value')
  expect(problemsIn(`\ufeffnam: cto\n${good}`)[0]).toMatchObject({ line: 1, column: 1 })
})

test('tells a mistyped key once, and every other problem beside it, in the order of the file', () => {
  const content = roleText('cto', { nick: 'nick: 1x', mission: 'mision: Does it.', rooms: 'rooms: []', brain: '' })
  expect(problemsIn(content).map(({ line, message }) => [line, message.split('"')[1]])).toEqual([
    [1, 'brain'],
    [2, 'nick'],
    [4, 'mision'],
    [5, 'rooms'],
  ])
})

/** As many parts as the size limit allows. */
function filled(part: (index: number) => string): string {
  let text = ''
  for (let index = 0; text.length < 250_000; index++) text += part(index)
  return text
}
const levels = [...'abcdefghij'].map((name, depth) => {
  const refs = depth === 0 ? 'x' : `*${'abcdefghij'[depth - 1]}`
  return `${name}: &${name} [${`${refs}, `.repeat(10)}]\n`
})
const hostile: Record<string, string> = {
  'an alias bomb': levels.join(''),
  'a merge bomb': `a: &a { b: 1 }\n${filled(() => '<<: *a\n')}`,
  'a small merge bomb': `a: &a { b: 1 }\n${'<<: *a\n'.repeat(900)}`,
  'a 10 MB file': 'a: b\n'.repeat(2 * 1024 * 1024),
  'a long list': filled(() => '- a\n'),
  'many keys': filled((index) => `key${index}: 1\n`),
  'many mistyped keys': Array.from({ length: 1_200 }, (_, index) => `missio${index}: 1\n`).join(''),
  'deep brackets': filled(() => '['),
  'deep braces': filled(() => '{'),
  'deep blocks': filled(() => '- '),
  'deep questions': filled(() => '? '),
  'deep indentation': Array.from({ length: 700 }, (_, depth) => `${' '.repeat(depth)}a:\n`).join(''),
  'stray commas': `[${filled(() => ',')}`,
  'stray brackets': filled(() => ']'),
  'bad escapes': `a: "${filled(() => '\\x')}"`,
  'many anchors': filled(() => '&a '),
  'many tags': filled(() => '!a '),
  'many directives': filled(() => '%a\n'),
  'many documents': filled(() => 'a\n---\n'),
  'an endless quote': filled(() => '"\n'),
  'a long plain text': `mission: ${filled(() => 'a\n ')}`,
  'a long block of text': `mission: |\n${filled(() => ' a\n')}`,
}

test.each(Object.entries(hostile))('S33: refuses %s in less than 100 ms, with line and column', (_, content) => {
  const problems = problemsIn(content)
  expect(problems).not.toEqual([])
  for (const { line, column, message } of problems) {
    expect(Math.min(line, column)).toBeGreaterThan(0)
    expect(message.length).toBeLessThan(300)
  }
  // Somebody else may have had the processor: the best of three counts.
  expect(Math.min(read(content).ms, read(content).ms, read(content).ms)).toBeLessThan(100)
})

test('S33: what a file says never changes a prototype', () => {
  for (const key of ['__proto__', 'constructor', 'prototype', '"__proto__"', '"\\x5f_proto__"']) {
    expect(problemsIn(`${good}${key}: { polluted: true, prototype: { polluted: true } }\n`)).not.toEqual([])
    expect(problemsIn(withKey('tools', `tools: { ${key}: [polluted] }`))).not.toEqual([])
  }
  expect(({} as { polluted?: unknown }).polluted).toBeUndefined()
})

test('says so when there is no file, or a folder in its place', () => {
  mkdirSync(join(folder.path, 'folder.yaml'))
  const problem = (message: string) => ({ problems: [{ file: 'f', line: 1, column: 1, message }] })
  expect(readYaml(join(folder.path, 'none.yaml'), 'f', roleSchema)).toEqual(problem('there is no such file'))
  const asFolder = readYaml(join(folder.path, 'folder.yaml'), 'f', roleSchema)
  expect(asFolder).toEqual(problem('this is a folder, not a file'))
  expect(readYaml('/dev/zero', 'f', roleSchema)).toEqual(problem('this is not a regular file'))
})

test('F57: a role file that was cut off while it was written is refused wherever it was cut', () => {
  const lastKey = good.indexOf('after_minutes: ') + 'after_minutes: '.length
  for (let length = 0; length <= lastKey; length++) {
    expect(problemsIn(good.slice(0, length)), `cut at ${length}`).not.toEqual([])
  }
})

test('whatever bytes a file has, reading it ends in a value or in problems with a place', () => {
  const pieces = fc.constantFrom(
    ...good.split(/(?<=[\s:[\]{},])/),
    '\t',
    '&a ',
    '*a',
    '<<: ',
    '!x ',
    '---\n',
    '"',
    "'",
    '|\n',
    '%',
  )
  const content = fc.oneof(
    fc.uint8Array({ maxLength: 400 }),
    fc.string({ unit: 'binary', maxLength: 400 }),
    fc.array(pieces, { maxLength: 80 }).map((parts) => parts.join('')),
  )
  fc.assert(
    fc.property(content, fc.constantFrom(roleSchema, fleetSchema), (bytes, schema) => {
      const path = join(folder.path, 'any.yaml')
      writeFileSync(path, bytes)
      const result = readYaml<unknown>(path, 'any.yaml', schema)
      const problems = 'problems' in result ? result.problems : []
      if ('problems' in result) expect(problems.length).toBeGreaterThan(0)
      for (const { line, column } of problems) expect(Math.min(line, column)).toBeGreaterThan(0)
    }),
    { numRuns: 2_000 },
  )
})
