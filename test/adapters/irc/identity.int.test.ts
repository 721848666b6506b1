import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { stampTag } from '../../../adapters/irc/ours/stamps.ts'
import { type Ergo, startErgo } from '../../support/ergo.ts'
import { asRole, roomLine, startIrcNetwork } from '../../support/irc-network.ts'
import { ircPerson } from '../../support/irc-person.ts'
import { until } from '../../support/process.ts'

const password = 'correct-horse'
let ergo: Ergo

beforeAll(async () => {
  ergo = await startErgo({ accounts: { alice: password, cto: password } })
})
afterAll(() => ergo[Symbol.asyncDispose]())

/** Each test has a room of its own on the one server. */
let rooms = 0
function inOwnRoom() {
  const channel = `#room${++rooms}`
  return { port: ergo.port, rooms: new Map([['breakroom', channel]]), channel }
}

describe('who is who on a network with accounts', () => {
  it('S13: gives the account that the server proves, and nothing for a look-alike', async () => {
    const { channel, ...where } = inOwnRoom()
    await using net = startIrcNetwork({ ...where, voices: [] })
    await net.network.ready(5_000)
    await using alice = await ircPerson({ port: ergo.port, nick: 'alice', account: { name: 'alice', password } })
    await using mallory = await ircPerson({ port: ergo.port, nick: 'a1ice' })
    for (const person of [alice, mallory]) await person.join(channel)
    alice.say(channel, 'really me')
    mallory.say(channel, 'me too')

    await until('both are heard', () => net.lines.length === 2)
    const accounts = Object.fromEntries(net.lines.map(({ text, speaker }) => [text, speaker.account]))
    expect(accounts).toEqual({ 'really me': 'alice', 'me too': null })
  })

  it('logs in with its account, and keeps away when the password is wrong', async () => {
    const where = inOwnRoom()
    const voice = (secret: string) => [
      { role: 'cto', nick: 'cto', rooms: ['breakroom'], account: { name: 'cto', password: secret } },
    ]
    {
      await using wrong = startIrcNetwork({ ...where, voices: voice('wrong') })
      await until('it was refused', () => wrong.states.some(({ up, voice: { kind } }) => kind === 'role' && !up))
      expect(wrong.states.filter(({ voice: { kind }, up }) => kind === 'role' && up)).toEqual([])
    }
    await using right = startIrcNetwork({ ...where, voices: voice(password) })
    await right.network.ready(5_000)
    await using alice = await ircPerson({ port: ergo.port, nick: 'alice2', tags: true })
    await alice.join(where.channel)
    await right.network.post(roomLine('1', 'it is me'))
    expect((await alice.waitForText('it is me')).tags).toContain('account=cto')
  })

  it('says a private line only to the account it is meant for', async () => {
    const where = inOwnRoom()
    await using net = startIrcNetwork({ ...where, voices: [{ role: 'coo', nick: 'coo', rooms: ['breakroom'] }] })
    await net.network.ready(5_000)
    await using bob = await ircPerson({ port: ergo.port, nick: 'bob' })
    const toBob = { target: { nick: 'bob', account: 'alice' }, as: asRole('coo') }
    await expect(net.network.post(roomLine('1', 'secret', toBob))).rejects.toMatchObject({ code: 'undeliverable' })
    expect(bob.heard).toEqual([])

    await using alice = await ircPerson({ port: ergo.port, nick: 'alice', account: { name: 'alice', password } })
    const toAlice = { target: { nick: 'alice', account: 'Alice' }, as: asRole('coo') }
    const posted = await Promise.all([1, 2, 3].map((n) => net.network.post(roomLine(`s${n}`, `secret ${n}`, toAlice))))
    expect(posted.map(({ how }) => how)).toEqual(['confirmed', 'confirmed', 'confirmed'])
    await alice.waitForText('secret 3')
    expect(alice.heard.map(({ text }) => text).filter((text) => text.startsWith('secret'))).toEqual([
      'secret 1',
      'secret 2',
      'secret 3',
    ])
  })

  it('S13: takes a stranger with a copied stamp for a stranger, live and in history', async () => {
    const { channel, ...where } = inOwnRoom()
    await using mallory = await ircPerson({ port: ergo.port, nick: 'mallory', tags: true })
    await mallory.join(channel)
    const cursor = { id: null, at: new Date(Date.now() - 1_000) }
    const copy = async () => {
      const { tags } = await mallory.waitForText('the original')
      return tags.split(';').find((tag) => tag.startsWith(stampTag))
    }
    {
      await using net = startIrcNetwork({ ...where, voices: [{ role: 'ceo', nick: 'ceo', rooms: ['breakroom'] }] })
      await net.network.ready(5_000)
      await net.network.post(roomLine('1', 'the original', { as: asRole('ceo') }))
      mallory.send(`@${await copy()} PRIVMSG ${channel} :the original`)
      mallory.send(`@${await copy()} PRIVMSG ${channel} :something else`)
      await until('both are heard', () => net.lines.length === 2)
      expect(net.lines.map(({ speaker, text }) => `${speaker.nick}: ${text}`)).toEqual([
        'mallory: the original',
        'mallory: something else',
      ])
    }
    await until('the voice is gone', () => mallory.lines.some((line) => /:ceo!\S+ QUIT/.test(line)))
    mallory.send('NICK ceo')
    await mallory.waitFor(/NICK :?ceo/)
    mallory.send(`@${await copy()} PRIVMSG ${channel} :I am the boss now`)
    await mallory.settled()

    await using again = startIrcNetwork({ ...where, voices: [], heardUpTo: async () => cursor })
    await again.network.ready(5_000)
    expect(again.lines.map(({ speaker, text }) => `${speaker.nick}: ${text}`)).toEqual([
      'mallory: the original',
      'mallory: something else',
      'ceo: I am the boss now',
    ])
  })

  it('S13: hears a person who has the nick of a voice', async () => {
    const { channel, ...where } = inOwnRoom()
    await using impostor = await ircPerson({ port: ergo.port, nick: 'cfo' })
    await impostor.join(channel)
    await using net = startIrcNetwork({ ...where, voices: [{ role: 'cfo', nick: 'cfo', rooms: ['breakroom'] }] })
    await net.network.ready(5_000)
    impostor.say(channel, 'obey')
    await until('it is heard', () => net.lines.length === 1)

    await impostor.close()
    await until(
      'the voice has its nick',
      () => net.network.isHere('breakroom', 'cfo') && !net.network.isHere('breakroom', 'cfo_'),
    )
    expect((await net.network.post(roomLine('1', 'the real one', { as: asRole('cfo') }))).how).toBe('confirmed')
    await net.network.post({ ...roomLine('2', 'the ear'), as: { kind: 'ear' } })
    expect(net.texts()).toEqual(['obey'])
  })

  it('marks its voices as bots, knows other bots, and shows who is not there', async () => {
    const { channel, ...where } = inOwnRoom()
    await using net = startIrcNetwork({ ...where, voices: [{ role: 'cmo', nick: 'cmo', rooms: ['breakroom'] }] })
    await net.network.ready(5_000)
    await using robot = await ircPerson({ port: ergo.port, nick: 'robot', tags: true })
    await robot.join(channel)
    robot.send('MODE robot +B')
    robot.say(channel, 'beep')
    await until('it is heard', () => net.lines.length === 1)
    expect(net.lines[0]?.speaker.bot).toBe(true)

    net.network.showPresence('cmo', false)
    await until('it is away', async () => {
      robot.send('WHOIS cmo')
      await robot.settled()
      return robot.lines.some((line) => / 301 \S+ cmo /.test(line))
    })
    expect(robot.lines.some((line) => / 335 \S+ cmo /.test(line))).toBe(true)
  })

  it('says when a nick changes hands, so that what was tied to it is forgotten', async () => {
    const { channel, ...where } = inOwnRoom()
    await using net = startIrcNetwork({ ...where, voices: [] })
    await net.network.ready(5_000)
    await using carol = await ircPerson({ port: ergo.port, nick: 'carol' })
    await carol.join(channel)
    carol.send('NICK caroline')
    await until('it is told', () => net.ended.some(({ nick }) => nick === 'carol'))
    carol.send(`PART ${channel}`)
    await until('it is told', () => net.ended.some(({ nick }) => nick === 'caroline'))
    expect(net.network.isHere('breakroom', 'caroline')).toBe(false)
    await net.network.stop()
    expect(net.ended.at(-1)?.nick).toBe('*')
  })
})
