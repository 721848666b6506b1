import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Credentials, identify, isLinked, isPerson, type PeopleDirectory, shownName } from '../../core/person.ts'
import { subjectToken } from '../../core/subject.ts'

const people: PeopleDirectory = {
  ada: { name: 'Ada Lovelace', tier: 'founder', irc: { embedded: 'ada', libera: 'countess' } },
  grace: { name: 'Grace', tier: 'member', irc: { embedded: 'Grace[h]' } },
}
const roles = ['cto', 'ceo', 'cso', 'devops']
const rfc1459 = (name: string) =>
  name.replace(/[A-Z[\]\\^]/g, (letter) => String.fromCharCode(letter.charCodeAt(0) + 32))
const guests = { fold: rfc1459, unlinkedTier: 'guest' } as const
const locals = { fold: rfc1459, unlinkedTier: 'member' } as const
const who = (given: Partial<Credentials>): Credentials => ({
  network: 'embedded',
  nick: 'someone',
  account: null,
  login: null,
  ...given,
})

test('a linked account is its person, whatever the nick', () => {
  expect(identify(who({ nick: 'zzz', account: 'ADA' }), people, guests)).toEqual({
    actor: 'human-ada',
    personId: 'ada',
    name: 'Ada Lovelace',
    tier: 'founder',
  })
  expect(identify(who({ account: 'gRACE{H}' }), people, guests).actor).toBe('human-grace')
})

test('an account is linked on its own network only', () => {
  expect(identify(who({ network: 'libera', account: 'countess' }), people, guests).personId).toBe('ada')
  expect(identify(who({ network: 'libera', account: 'ada' }), people, guests)).toMatchObject({
    actor: 'human-ada-at-libera',
    personId: null,
    tier: 'guest',
  })
})

test('strangers are named after their account, or their nick and how it came', () => {
  expect(identify(who({ network: 'libera', nick: 'Bob', account: 'Robert' }), people, guests).actor).toBe(
    'human-robert-at-libera',
  )
  expect(identify(who({ nick: 'Bob' }), people, guests)).toEqual({
    actor: 'human-bob-via-embedded',
    personId: null,
    name: 'Bob',
    tier: 'guest',
  })
})

test.each(['*', '0', ''])('the account %j is none', (account) => {
  expect(identify(who({ nick: 'bob', account }), people, guests).actor).toBe('human-bob-via-embedded')
})

test('at home a stranger is a member, and never more', () => {
  expect(identify(who({ nick: 'ada' }), people, locals)).toMatchObject({
    actor: 'human-ada-via-embedded',
    tier: 'member',
  })
})

test('a login makes a nick session its person; a login of nobody makes nobody', () => {
  expect(identify(who({ login: 'ada' }), people, guests)).toMatchObject({ actor: 'human-ada', tier: 'founder' })
  for (const login of ['bob', '', '__proto__', 'constructor', 'toString']) {
    expect(identify(who({ login, nick: 'x' }), people, guests).actor).toBe('human-x-via-embedded')
  }
})

test('somebody is called by the name under `people`, and anybody else as the actor that they are', () => {
  const named = { ada: { name: 'Ada Lovelace' } }
  expect(shownName('human-ada', named)).toBe('Ada Lovelace')
  for (const actor of ['human-bob-via-libera', 'cto', 'human-constructor', 'toString', 'human-__proto__']) {
    expect(shownName(actor, named)).toBe(actor)
  }
})

describe('S13: nobody becomes a person or a role by choosing a name', () => {
  test.each([
    'cto',
    'CEO_',
    '\u0441eo',
    '\u0430da',
    'human-ada',
    'ada',
    'ada-at-embedded',
    'x'.repeat(300),
    '',
    '__proto__',
    'a.b',
    '*',
    '>',
  ])('%s', (name) => {
    for (const given of [{ nick: name }, { nick: 'x', account: name === 'ada' ? 'ada_' : name }]) {
      const { actor, personId, tier } = identify(who(given), people, guests)
      expect(personId).toBeNull()
      expect(tier).toBe('guest')
      expect(actor).toMatch(/^human-[A-Za-z0-9_-]{1,64}-(at|via)-embedded$/)
    }
  })

  test('no nick, account and network at all make an actor of a linked person or a role', () => {
    const cyrillic = { a: '\u0430', e: '\u0435', o: '\u043e', c: '\u0441', t: '\u0442' } as Record<string, string>
    const target = fc.constantFrom('human-ada', 'ada', 'Ada', 'countess', 'grace', ...roles)
    const lookAlike = target.chain((name) =>
      fc
        .nat(name.length)
        .map((at) => [...name].map((letter, i) => (i === at ? (cyrillic[letter] ?? letter) : letter)).join('')),
    )
    const anything = fc.oneof(lookAlike, target, fc.string({ unit: 'binary', maxLength: 20 }))
    const network = fc.constantFrom('embedded', 'libera', 'oftc')
    fc.assert(
      fc.property(anything, fc.option(anything), network, (nick, account, network) => {
        const { actor, personId } = identify(who({ nick, account, network }), people, guests)
        expect(isPerson(actor)).toBe(true)
        expect(roles.map(subjectToken)).not.toContain(subjectToken(actor))
        const linked = Object.entries(people).find(
          ([, { irc }]) => account !== null && irc[network] !== undefined && rfc1459(irc[network]) === rfc1459(account),
        )
        expect(personId).toBe(linked?.[0] ?? null)
        expect(isLinked(actor)).toBe(personId !== null)
        if (personId === null) for (const id of Object.keys(people)) expect(actor).not.toBe(`human-${id}`)
      }),
      { numRuns: 100_000 },
    )
  }, 120_000)

  test('two strangers are never one', () => {
    const name = fc.oneof(
      fc.string({ unit: fc.constantFrom('a', '-', 'at', 'via', 'libera', 'h--', '\u0430') }),
      fc.string(),
    )
    const stranger = fc.record({
      network: fc.constantFrom('libera', 'oftc'),
      nick: name,
      account: fc.option(name.filter((n) => !['', '*', '0'].includes(n))),
    })
    fc.assert(
      fc.property(stranger, stranger, (one, other) => {
        const key = ({ network, nick, account }: typeof one) =>
          JSON.stringify([network, account === null ? rfc1459(nick) : null, account && rfc1459(account)])
        const same = identify(who(one), {}, guests).actor === identify(who(other), {}, guests).actor
        expect(same).toBe(key(one) === key(other))
      }),
      { numRuns: 20_000 },
    )
  })
})
