import fc from 'fast-check'
import { expect, test } from 'vitest'
import { actorTokenOf, eventSubject, orgSubjects, roomFilter, subjectToken } from '../../core/subject.ts'

const legal = /^[A-Za-z0-9_-]{1,64}$/

test.each(['cto', 'human-ada', 'A_b-9', 'x'.repeat(64)])('a plain name stays itself: %s', (name) => {
  expect(subjectToken(name)).toBe(name)
})

test.each([
  'cto.>',
  '*',
  '>',
  'a b',
  '',
  'x'.repeat(300),
  'x'.repeat(65),
  '$JS',
  '$JS.ACK',
  'a.b',
  '\u0441to',
  'a\r\nPUB x',
  '\0',
  '\ud800',
  'h--',
  'h--abc',
])('S25: %j becomes one legal token that is nobody else', (name) => {
  expect(subjectToken(name)).toMatch(legal)
  expect(subjectToken(name)).not.toBe(name)
  expect(eventSubject(name, 'chat', name).split('.')).toHaveLength(4)
  expect(orgSubjects('breakroom').inbox(name).split('.')).toHaveLength(4)
  expect(actorTokenOf(orgSubjects('breakroom').private(name, name))).toBe(subjectToken(name))
})

test('S25: 1e5 random pairs: always a legal token, and different names never share one', () => {
  const nasty = fc.constantFrom(
    '.',
    '>',
    '*',
    ' ',
    '$',
    'h--',
    'h',
    '-',
    '\ud800',
    '\ud801',
    '\udfff',
    '\u0441',
    'c',
    'a',
    '0',
  )
  const name = fc.string({ unit: fc.oneof(nasty, fc.string({ unit: 'binary', maxLength: 1 })), maxLength: 70 })
  const look = name.map(subjectToken)
  fc.assert(
    fc.property(fc.oneof(name, look), fc.oneof(name, look), (one, other) => {
      expect(subjectToken(one)).toMatch(legal)
      expect(subjectToken(one) === subjectToken(other)).toBe(one === other)
      expect(actorTokenOf(eventSubject(one, 'chat', other))).toBe(subjectToken(one))
    }),
    { numRuns: 100_000 },
  )
})

test.each([
  ['\ud800', '\ud801'],
  ['a\ud800', 'a\ufffd'],
  ['cto', 'CTO'],
  [subjectToken('a b'), 'a b'],
])('S25: %j and %j are two', (one, other) => {
  expect(subjectToken(one)).not.toBe(subjectToken(other))
})

test('a room filter matches the lines of that room whoever said them', () => {
  expect(eventSubject('cto', 'chat', 'war room').replace(/^events\.[^.]+/, 'events.*')).toBe(roomFilter('war room'))
})

test.each(['cto', 'cto.>', '*', 'a b', 'x'.repeat(300)])(
  'S25: %j asks a service under one token, its last',
  (caller) => {
    const { taskService, knowledgeService } = orgSubjects('breakroom')
    for (const subject of [taskService('show', caller), knowledgeService('ask', caller)]) {
      expect(subject.split('.')).toHaveLength(5)
      expect(subject.split('.').at(-1)).toBe(subjectToken(caller))
    }
  },
)

test('a subject that is neither public nor private has no actor', () => {
  for (const subject of ['', 'events', 'events.cto.chat', 'breakroom.agents.cto.inbox', 'events.a.chat.b.c']) {
    expect(actorTokenOf(subject)).toBeNull()
  }
})
