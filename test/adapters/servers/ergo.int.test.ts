import { expect, test } from 'vitest'
import { ircPerson } from '../../support/irc-person.ts'
import { temporaryFolder } from '../../support/process.ts'
import { serversOf } from './fleet-servers.ts'

test('nobody takes the nick of a role, of the house or of the founder without its password', async () => {
  using home = temporaryFolder()
  await using ergo = await serversOf(home.path).ergo()
  await using person = await ircPerson({ port: ergo.port, nick: 'ann' })
  for (const nick of ['cto', 'CTO', 'breakroom', 'founder']) {
    person.send(`NICK ${nick}`)
    await person.waitFor(new RegExp(`(NICKNAME_RESERVED|433 \\S+) ${nick} `, 'i'))
  }
  expect(person.nick).toBe('ann')

  const password = ergo.accounts.cto ?? ''
  await using bot = await ircPerson({ port: ergo.port, nick: 'cto', account: { name: 'cto', password } })
  expect(bot.nick).toBe('cto')
})

test('a room belongs to the house even when a person came first', async () => {
  using home = temporaryFolder()
  await using before = await serversOf(home.path).ergo()
  await using person = await ircPerson({ port: before.port, nick: 'ann' })
  await person.join('#late')

  const rooms = [{ channel: '#breakroom', topic: 'All hands' }, { channel: '#late' }]
  await using ergo = await serversOf(home.path).ergo({ port: before.port, rooms })
  await using later = await ircPerson({ port: ergo.port, nick: 'bob' })
  later.send('CS INFO #late')
  later.send('CS INFO #breakroom')
  later.send('LIST #breakroom')
  await later.settled()
  expect(later.lines.filter((line) => line.endsWith('Founder: breakroom'))).toHaveLength(2)
  expect(later.lines.find((line) => line.includes(' 322 '))).toMatch(/All hands$/)
})

test('a topic that people changed is kept at the next start', async () => {
  using home = temporaryFolder()
  const rooms = [{ channel: '#breakroom', topic: 'All hands' }]
  await using first = await serversOf(home.path).ergo({ rooms })
  const house = { name: 'breakroom', password: first.accounts.breakroom ?? '' }
  {
    await using ear = await ircPerson({ port: first.port, nick: 'breakroom', account: house })
    await ear.join('#breakroom')
    ear.send('TOPIC #breakroom :Release day')
    await ear.waitFor(/ TOPIC #breakroom :?Release day/)
  }
  await first.stop()

  await using second = await serversOf(home.path).ergo({ rooms })
  await using person = await ircPerson({ port: second.port, nick: 'ann' })
  await person.join('#breakroom')
  await person.waitFor(/ 332 .*Release day/)
})

test('a role whose nick is the account of a person is refused by name, and the account stays theirs', async () => {
  using home = temporaryFolder()
  await using first = await serversOf(home.path).ergo()
  {
    await using person = await ircPerson({ port: first.port, nick: 'cso' })
    person.send('NS REGISTER hunter22222')
    await person.waitFor(/ 900 |registered|Account created/i)
  }
  const second = serversOf(home.path).ergo({ port: first.port, nicks: ['cto', 'cso'] })
  await expect(second).rejects.toMatchObject({
    code: 'config_invalid',
    message: expect.stringMatching(/cso is an account of somebody else/),
  })
  // The refusal stopped the server: nothing half-started is left.
  await first.exited

  await using third = await serversOf(home.path).ergo()
  await using person = await ircPerson({
    port: third.port,
    nick: 'cso',
    account: { name: 'cso', password: 'hunter22222' },
  })
  expect(person.nick).toBe('cso')
})

test('a nick that somebody uses without an account goes to the role that gets it', async () => {
  using home = temporaryFolder()
  await using first = await serversOf(home.path).ergo()
  await using person = await ircPerson({ port: first.port, nick: 'cso' })
  await using second = await serversOf(home.path).ergo({ port: first.port, nicks: ['cto', 'cso'] })
  await person.waitFor(/^:cso!\S+ NICK :?Guest-/)
  const password = second.accounts.cso ?? ''
  await using bot = await ircPerson({ port: second.port, nick: 'cso', account: { name: 'cso', password } })
  expect(bot.nick).toBe('cso')
})

test('what was said is there for those who come back', async () => {
  using home = temporaryFolder()
  await using ergo = await serversOf(home.path).ergo()
  await using ann = await ircPerson({ port: ergo.port, nick: 'ann' })
  await ann.join('#breakroom')
  ann.say('#breakroom', 'for the record')
  await ann.settled()
  await using bob = await ircPerson({ port: ergo.port, nick: 'bob', tags: true })
  await bob.join('#breakroom')
  bob.send('CHATHISTORY LATEST #breakroom * 10')
  await bob.waitForText('for the record')
})
