import { expect, test } from 'vitest'
import { noRoomSentence, readCommand } from '../../../../adapters/slack/press/read-command.ts'

const known = { roles: [{ role: 'cto', nick: 'cto' }], checks: ['npm test'] }
const inRoom = { room: 'breakroom' }

test('a whole assignment goes up as it was typed', () => {
  const text = 'assign @cto "Limit the gateway" accept: 429 after 100 a minute; due: 2h'
  expect(readCommand(text, inRoom, known)).toEqual({ kind: 'words', text })
})

test.each([
  ['', []],
  ['assign', []],
  ['ASSIGN', []],
  ['assign cto', ['role']],
  ['assign cto "Limit the gateway"', ['role', 'title']],
  ['assign cto "Limit the gateway" accept: 429; due: whenever', ['role', 'title', 'accept']],
])('%j opens the form, with what it says filled in', (text, said) => {
  const reading = readCommand(text, inRoom, known)
  if (reading.kind !== 'form') throw new Error('no form')
  const { role, draft } = reading.assignment
  const filled = { role, title: draft.title, accept: draft.acceptance_criteria }
  expect(Object.entries(filled).flatMap(([field, value]) => (value ? [field] : []))).toEqual(said)
})

test.each(['help', 'status', 'stop cto', 'ack t-13', 'frobnicate', 'what is up?', '!tasks'])(
  '%j is for the house to read, wherever it is typed',
  (text) => {
    for (const where of [inRoom, 'alone', 'elsewhere'] as const) {
      expect(readCommand(text, where, known)).toEqual({ kind: 'words', text })
    }
  },
)

test('what belongs into a room is not done in a channel that is none', () => {
  for (const text of ['', 'assign', 'assign cto "x" accept: y', 'say hello']) {
    expect(readCommand(text, 'elsewhere', known)).toEqual({ kind: 'no-room' })
  }
  expect(readCommand('say #ops hello', 'elsewhere', known).kind).toBe('words')
  expect(readCommand('assign cto "x" accept: y', 'alone', known).kind).toBe('words')
})

test('whoever is in the wrong channel hears where to go and how to make this one a room', () => {
  const sentence = noRoomSentence(
    new Map([
      ['a', 'C1'],
      ['b', '#ops'],
    ]),
  )
  expect(sentence).toContain('<#C1> or #ops')
  expect(sentence).toContain('/invite')
  expect(noRoomSentence(new Map())).not.toContain('Say it in')
})
