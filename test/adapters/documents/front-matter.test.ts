import { describe, expect, test } from 'vitest'
import { splitFrontMatter } from '../../../adapters/documents/front-matter.ts'

const of = (yaml: string) => splitFrontMatter(`---\n${yaml}\n---\n# Text\n`)

test('takes off what a document says of itself', () => {
  const text = `---
title: "Refunds: the rules"
date: 2024-01-02
last_modified: 2026-03-01T10:00:00Z
authors: [Ada Lovelace, {name: Bob}]
status: Accepted
Access: [board, '#leads']
tags: [billing, billing, support]
layout: page
---
# Text
`
  expect(splitFrontMatter(text)).toEqual({
    front: {
      title: 'Refunds: the rules',
      date: '2026-03-01',
      author: 'Ada Lovelace, Bob',
      status: 'current',
      access: ['board', 'leads'],
      topics: ['billing', 'support'],
    },
    text: '\n# Text\n',
    warnings: [],
  })
})

test.each([
  ['draft', 'draft'],
  ['WIP', 'draft'],
  ['in review', 'draft'],
  ['Superseded by ADR-12', 'superseded'],
  ['deprecated', 'superseded'],
  ['archived', 'superseded'],
  ['obsolete', 'superseded'],
  ['accepted', 'current'],
  ['"3"', 'current'],
])('takes the status %j for %s', (written, status) => {
  expect(of(`status: ${written}`).front.status).toBe(status)
})

test.each([
  ['draft: true', 'draft'],
  ['draft: false', undefined],
  ['deprecated: true', 'superseded'],
  ['superseded_by: adr-12', 'superseded'],
  ['status: accepted\nsuperseded_by: adr-12', 'superseded'],
  ['status: []', undefined],
])('takes %j for the status %s', (yaml, status) => {
  expect(of(yaml).front.status).toBe(status)
})

test.each([
  ['2026-03-01', '2026-03-01'],
  ['2026/3/1', '2026-03-01'],
  ['March 1, 2026', '2026-03-01'],
  ['1st March 2026', '2026-03-01'],
  ['"2026-03-01 23:59:59 -0800"', '2026-03-01'],
  ['2026-02-30', undefined],
  ['03/04/2026', undefined],
  ['20260301', undefined],
  ['soon', undefined],
])('takes the date %s for %s', (written, day) => {
  expect(of(`date: ${written}`).front.date).toBe(day)
})

describe('who may read it', () => {
  test.each([
    ['board', ['board']],
    ['board, leads', ['board', 'leads']],
    ['"#board"', ['board']],
    ['[board]', ['board']],
  ])('is the rooms of %s', (written, rooms) => {
    const { front, warnings } = of(`access: ${written}`)
    expect(front.access).toEqual(rooms)
    expect(warnings).toEqual([])
  })

  test.each([
    'access:',
    'access: []',
    'access: #board',
    'access: 7',
    'access: true',
    'access: {rooms: [board]}',
    'access: [board, {room: x}]',
    'access: [board, "not a room"]',
    'access: ""',
    'access: &a [board]\nother: *a',
    'access: [board]\naccess: [everyone]',
    'Access: !!set {board}',
    '<<: {access: [board]}',
    'title: Foo: bar\naccess: [board]',
    '? [access]\n: board',
    'access: [board',
    'acc\u200bess: [board',
  ])('is nobody when it says %j, and that is said', (yaml) => {
    const { front, warnings } = of(yaml)
    expect(front.access).toEqual([])
    expect(warnings).toEqual([expect.stringMatching(/^Nobody may read it/)])
  })

  test.each([
    ['the line that ends it is missing', '---\naccess: [board]\n\n# Text\nsecret'],
    ['it ends with three dots', '---\naccess: 1\n...\n# Text'],
    ['empty lines stand before it', '\n\n---\naccess: 1\n---\n# Text'],
    ['it is TOML', '+++\naccess = ["board"]\n+++\n# Text'],
    ['it is a list', '---\n- access: [board]\n---\n# Text'],
    ['it has a tag', '---\n!!str access: [board]\n---\n# Text'],
    ['it has an anchor', '---\n&a access: [board]\n---\n# Text'],
    ['it stands far below its first line', `---\n${'\n'.repeat(17_000)}access: [board]\n---\n# Text`],
    ['it is nested far too deep', `---\naccess: ${'['.repeat(5_000)}\n---\n# Text`],
    ['it is very long', `---\ntitle: ${'x'.repeat(20_000)}\naccess: board\n---\n# Text`],
  ])('is nobody when %s', (_, text) => {
    expect(splitFrontMatter(text).front.access).toEqual([])
  })
})

test.each([
  '---\n{ title: Pay, access: [board] }\n---\n',
  '---\n{"access": ["board"]}\n---\n',
  '---\n"acc\\u0065ss": [board]\n---\n',
  '--- # for the board\naccess: [board]\n---\n',
  '---yaml\naccess: [board]\n---\n',
  '---\u00a0\naccess: [board]\n---\n',
])('S22: reads who may read it however it is written: %j', (front) => {
  expect(splitFrontMatter(`${front}# Text`)).toMatchObject({ front: { access: ['board'] }, warnings: [] })
})

test('says what is wrong with a broken one that has nothing about access, and reads the document', () => {
  expect(of('title: Foo: bar')).toMatchObject({
    front: {},
    text: '\n# Text\n',
    warnings: [expect.stringMatching(/^Its front matter cannot be read: /)],
  })
})

test('leaves a line across the page at the beginning of a text alone', () => {
  for (const text of ['---\nSome prose.\n---\nMore.', '---\n\n# Heading\n', '# Access: everybody\n\n---\n']) {
    expect(splitFrontMatter(text)).toEqual({ front: {}, text, warnings: [] })
  }
})

test('S33 takes no time for a bomb of aliases', () => {
  const levels = Array.from({ length: 30 }, (_, level) => `l${level + 1}: &l${level + 1} [*l${level}, *l${level}]`)
  expect(of(`l0: &l0 [x]\n${levels.join('\n')}\ntags: *l30`).warnings).toHaveLength(1)
})
