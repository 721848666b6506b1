import { beforeEach, describe, expect, it } from 'vitest'
import { createLogins, type Logins } from '../../bridge/logins.ts'
import type { Speaker } from '../../ports/chat.ts'

const alice: Speaker = { nick: 'Alice', account: null, host: 'a@b', bot: false }

let present: Set<string>
let now: number
let logins: Logins

beforeEach(() => {
  present = new Set(['Alice'])
  now = 0
  logins = createLogins({
    verify: async (word) => (word === 'open-sesame' ? 'founder' : null),
    isSeen: (_, nick) => present.has(nick),
    fold: (_, name) => name.toLowerCase(),
    clock: { now: () => new Date(0), monotonic: () => now },
  })
})

const login = (word = 'open-sesame', speaker = alice) => logins.attempt(speaker, 'local', word)

describe('a login', () => {
  it('gives the session the rights of the person, and no other session', async () => {
    await login()
    expect(logins.personOf('local', alice)).toBe('founder')
    expect(logins.personOf('local', { ...alice, host: 'c@d' })).toBeNull()
    expect(logins.personOf('other', alice)).toBeNull()
  })

  it('ends with the session, and all end when the ear no longer hears the network', async () => {
    await login()
    logins.end({ network: 'local', nick: 'alice' })
    expect(logins.personOf('local', alice)).toBeNull()
    await login()
    logins.end({ network: 'local', nick: '*' })
    expect(logins.personOf('local', alice)).toBeNull()
  })

  it('S13: is not taken from somebody whose leaving nobody would see: the next one with that nick would inherit it', async () => {
    present.clear()
    expect(await login()).toBe('Join a room where I am first: I have to see when you leave.')
    expect(logins.personOf('local', alice)).toBeNull()
  })

  it('is not given to a session that ended while the word was checked', async () => {
    const trying = login()
    present.clear()
    await trying
    expect(logins.personOf('local', alice)).toBeNull()
  })

  it('ends for everybody when the word was changed, also for who is being let in with the old one', async () => {
    await login()
    present.add('bob')
    const bob = { ...alice, nick: 'bob' }
    const trying = login('open-sesame', bob)
    logins.endAll()
    expect(await trying).toBe('The word was changed meanwhile. Try again.')
    for (const speaker of [alice, bob]) expect(logins.personOf('local', speaker)).toBeNull()
    await login()
    expect(logins.personOf('local', alice)).toBe('founder')
  })

  it('allows five tries in ten minutes from one host, whatever the nick', async () => {
    for (let n = 0; n < 5; n++) expect(await login('wrong')).toMatch(/^That word is not right/)
    present.add('bob')
    expect(await login('open-sesame', { ...alice, nick: 'bob' })).toMatch(/^Too many tries/)
    now = 10 * 60_000
    expect(await login()).toMatch(/^You have the rights of founder/)
  })
})
