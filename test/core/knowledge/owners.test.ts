import { describe, expect, it } from 'vitest'
import { ownersOf, personIdOf, whoKnows } from '../../../core/knowledge/owners.ts'

const people = {
  carol: { tier: 'member' },
  alice: { tier: 'founder' },
  bob: { tier: 'member' },
  dave: { tier: 'founder' },
} as const
const owners = [
  { person: 'bob', topics: ['invoices', 'expense reports'] },
  { person: 'carol', topics: ['invoice retention', 'holidays'] },
  { person: 'zoe', topics: ['trademarks'] },
]

describe('whoever knows', () => {
  it.each<[string, string, string | null, string | null]>([
    ['is the owner of a topic, in whatever form its words are', 'How do I send an INVOICE?', null, 'bob'],
    ['is the owner with the most words of it', 'What is our invoice retention?', null, 'carol'],
    ['owns a topic of several words only when all are asked for', 'Where do reports go?', null, 'alice'],
    ['is the first of equals', 'Do holidays count on invoices?', null, 'bob'],
    ['is the next owner when the first one asks', 'Do holidays count on invoices?', 'bob', 'carol'],
    ['is the first founder for anything else', 'What is our mission?', null, 'alice'],
    ['is another founder when the first one asks', 'What is our mission?', 'alice', 'dave'],
    ['is nobody that breakroom.yaml does not know', 'Who handles trademarks?', null, 'alice'],
    ['is a founder for a question without words', '???', null, 'alice'],
  ])('%s', (_, question, asker, person) => {
    expect(whoKnows(question, owners, people, asker)).toBe(person)
  })

  it('is nobody where the only founder asks', () => {
    expect(whoKnows('What is our mission?', owners, { alice: { tier: 'founder' } }, 'alice')).toBeNull()
    expect(whoKnows('What is our mission?', [], {}, null)).toBeNull()
  })

  it('is no property that every object has', () => {
    expect(whoKnows('trademarks', [{ person: 'constructor', topics: ['trademarks'] }], people, null)).toBe('alice')
  })
})

it('lists all owners of a question, those with the most words first', () => {
  expect(ownersOf('invoice retention and expense reports in the holidays', owners)).toEqual(['bob', 'carol'])
  expect(ownersOf('the mission', owners)).toEqual([])
})

it('knows the id of a linked person, and of nobody else', () => {
  expect(['human-alice', 'human-eve-via-local', 'human-eve-at-libera', 'cto'].map(personIdOf)).toEqual([
    'alice',
    null,
    null,
    null,
  ])
})
