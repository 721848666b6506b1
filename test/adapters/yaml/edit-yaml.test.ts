import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { editYaml, removeYamlItem } from '../../../adapters/yaml/edit-yaml.ts'
import { cloneFolder } from '../../support/process.ts'

const shipped = readFileSync(join(cloneFolder, 'breakroom.yaml'), 'utf8')
const slack = { name: 'slack', kind: 'slack', rooms: { breakroom: '#breakroom' } }

test('an item is added behind the last one of its list, and every other line stays as it was', () => {
  const lines = shipped.split('\n')
  const at = lines.indexOf('    rooms: { breakroom: "#breakroom", canary: "#canary" }') + 1
  const added = ['  - name: slack', '    kind: slack', '    rooms:', '      breakroom: "#breakroom"']
  expect(editYaml(shipped, { path: ['platforms', 1], value: slack }).split('\n')).toEqual([
    ...lines.slice(0, at),
    ...added,
    ...lines.slice(at),
  ])
})

test('a missing key is written with the maps that lead to it, before the comments that follow', () => {
  const text = 'people:\n  ada:\n    name: Ada # who began\n    # irc: later\nlimits: {}\n'
  const edited = editYaml(text, { path: ['people', 'ada', 'slack', 'acme'], value: 'U0A' })
  expect(edited).toBe(
    'people:\n  ada:\n    name: Ada # who began\n    slack:\n      acme: U0A\n    # irc: later\nlimits: {}\n',
  )
})

test.each([
  ['a value that is there', 'a: 1 # one\n', ['a'], 2, 'a: 2 # one\n'],
  ['a map in braces', 'a: { b: 1 }\n', ['a', 'c'], { d: 'x' }, 'a: { b: 1, c: { d: x } }\n'],
  ['an empty map in braces', 'a: {}\n', ['a', 'b'], 1, 'a: { b: 1 }\n'],
  ['a list in brackets', 'a: [1]\n', ['a', 1], 2, 'a: [1, 2]\n'],
  ['a file without a last line feed', 'a: 1', ['b'], 2, 'a: 1\nb: 2\n'],
  ['a list that is not indented', 'a:\n- 1\nb: 2\n', ['a', 1], 3, 'a:\n- 1\n- 3\nb: 2\n'],
  [
    'a map that ends in text of many lines',
    'a:\n  b: |\n    x\n    y\nc: 1\n',
    ['a', 'd'],
    2,
    'a:\n  b: |\n    x\n    y\n  d: 2\nc: 1\n',
  ],
  ['a text that only looks like a comment', 'a: {}\n', ['a', 'b'], '#x', 'a: { b: "#x" }\n'],
])('%s is edited in place', (_, text, path, value, expected) => {
  expect(editYaml(text, { path, value })).toBe(expected)
  expect(parse(expected)).toEqual(parse(editYaml(text, { path, value })))
})

test('what is written twice is written once', () => {
  const edit = { path: ['people', 'founder', 'slack', 'slack'], value: 'U0A' }
  const once = editYaml(shipped, edit)
  expect(editYaml(once, edit)).toBe(once)
})

test('a file that cannot be edited in place is left alone', () => {
  expect(() => editYaml('a: text\n', { path: ['a', 'b'], value: 1 })).toThrow()
})

test.each([
  [
    'an item written over lines',
    'a:\n  - b: 1\n    c: 2\n  # kept\n  - b: 3\nd: 4\n',
    ['a', 0],
    'a:\n  # kept\n  - b: 3\nd: 4\n',
  ],
  ['the last of several', 'a:\n  - b: 1\n  - b: 3 # three\nd: 4\n', ['a', 1], 'a:\n  - b: 1\nd: 4\n'],
  ['the only one', 'a:\n  - b: 1\n    c: 2\nd: 4\n', ['a', 0], 'a:\n  []\nd: 4\n'],
  ['one in brackets', 'a: [1, 2, 3]\n', ['a', 1], 'a: [ 1, 3 ]\n'],
])('%s is taken out, and the rest stays', (_, text, path, expected) => {
  expect(removeYamlItem(text, path)).toBe(expected)
})

test('what is no item of a list is not taken out', () => {
  expect(() => removeYamlItem('a: [1]\n', ['a', 4])).toThrow(RangeError)
  expect(() => removeYamlItem('a: { b: 1 }\n', ['a', 'b'])).toThrow(RangeError)
})
