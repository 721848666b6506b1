import { describe, expect, test } from 'vitest'
import { everyone, mayRead, shelfOf } from '../../../core/knowledge/access.ts'
import { type Audience, readerOf } from '../../../core/knowledge/reader.ts'

const room = (visibility: 'public' | 'private', members?: string[]) => ({
  visibility,
  guests: 'guest' as const,
  ...(members && { members }),
})
const rooms = { breakroom: room('public'), board: room('private', ['ada', 'bob']), legal: room('private', ['ada']) }
const roles = new Map([
  ['knowledge', ['breakroom', 'board', 'legal']],
  ['cto', ['breakroom', 'board']],
  ['marketing', ['breakroom']],
])
const of = (audience: Partial<Audience>) => [
  ...readerOf(
    { requester: 'human-ada', tier: 'member', chain: ['knowledge'], room: null, ...audience },
    { rooms },
    roles,
  ).rooms,
]

describe('S22: an answer is made of what everybody who will read it may read', () => {
  test.each<[string, Partial<Audience>, string[]]>([
    ['alone: the rooms that list the person', {}, ['breakroom', 'board', 'legal']],
    ['alone, of fewer rooms', { requester: 'human-bob' }, ['breakroom', 'board']],
    ['in a public room: what is public, whoever asks', { room: 'breakroom', tier: 'founder' }, ['breakroom']],
    ['in a private room: what is public and that room', { room: 'board' }, ['breakroom', 'board']],
    ['a stranger whose nick is a member’s', { requester: 'human-ada-via-local' }, ['breakroom']],
    ['an account without an entry', { requester: 'human-ada-at-acme' }, ['breakroom']],
    ['a guest of the workspace, whatever is written of them', { tier: 'guest' }, ['breakroom']],
    ['nobody', { tier: 'none' }, ['breakroom']],
    ['a founder who is listed nowhere', { requester: 'human-eve', tier: 'founder' }, ['breakroom']],
    ['S4: through an agent that does not sit there', { chain: ['marketing', 'knowledge'] }, ['breakroom']],
    ['S4: through one that sits in one of them', { chain: ['cto', 'knowledge'] }, ['breakroom', 'board']],
    ['through an agent nobody knows', { chain: ['ghost'] }, ['breakroom']],
    ['a role for itself', { requester: 'cto', tier: 'none', chain: [] }, ['breakroom', 'board']],
    ['a room that is none of ours', { room: 'elsewhere' }, ['breakroom']],
  ])('%s', (_, audience, expected) => {
    expect(of(audience)).toEqual(expected)
  })
})

test('a document is read by who satisfies every clause, and by nobody when a clause is empty', () => {
  const reader = { rooms: new Set(['breakroom', 'board']) }
  expect(mayRead(everyone, reader)).toBe(true)
  expect(mayRead([['board', 'legal']], reader)).toBe(true)
  expect(mayRead([['board'], ['legal']], reader)).toBe(false)
  expect(mayRead([[]], reader)).toBe(false)
})

test('the same access is the same shelf, however it is written', () => {
  expect(shelfOf([['b', 'a', 'b'], ['c']])).toBe(shelfOf([['c'], ['a', 'b'], ['c']]))
  expect(shelfOf([['a'], ['b']])).not.toBe(shelfOf([['a', 'b']]))
})
