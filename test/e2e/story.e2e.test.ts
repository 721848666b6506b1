import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ask, seesAll, textsFrom } from '../support/conversation.ts'
import { createTestFleet, fleetRoom, type TestFleet } from '../support/fleet.ts'
import { type InspIrcd, startInspIrcd } from '../support/inspircd.ts'
import { type IrcPerson, ircPerson } from '../support/irc-person.ts'
import { until } from '../support/process.ts'

describe('the story of a person who joins the room', () => {
  let foreign: InspIrcd
  let fleet: TestFleet
  let alice: IrcPerson
  let bob: IrcPerson

  beforeAll(async () => {
    foreign = await startInspIrcd()
    fleet = createTestFleet({ foreign: foreign.port })
    await fleet.start('up')
    alice = await fleet.person('alice')
    bob = await ircPerson({ port: foreign.port, nick: 'bob' })
    await bob.join(fleetRoom)
  }, 60_000)

  afterAll(async () => {
    await bob?.close()
    await fleet?.[Symbol.asyncDispose]()
    await foreign?.[Symbol.asyncDispose]()
  })

  test('NAMES shows every role and the house, on both networks', async () => {
    const seats = ['breakroom', 'architect', 'backend', 'ceo', 'cfo', 'cso', 'cto', 'devops', 'devops-director']
    const more = ['fullstack', 'investment', 'knowledge', 'marketing', 'org-agent', 'sweep']
    for (const person of [alice, bob]) await seesAll(person, [...seats, ...more])
  })

  test('"cto: ping" is answered by cto itself, in the room', async () => {
    const answer = await ask(alice, fleetRoom, 'cto: ping', /^alice: pong$/)
    expect(answer).toMatchObject({ nick: 'cto', target: fleetRoom })
  })

  test('a DM to cto is answered by cto in private, and its words never reach the public record', async () => {
    const answer = await ask(alice, 'cto', 'ping', /^pong\b/)
    expect(answer).toMatchObject({ nick: 'cto', target: 'alice' })
    const secret = await ask(alice, 'cto', 'between us: xylophone', /kept as/)
    expect(secret).toMatchObject({ nick: 'cto', target: 'alice' })
    const publicRecord = JSON.stringify((await fleet.record('events')).map(({ envelope }) => envelope))
    expect(publicRecord).not.toContain('xylophone')
    const privately = await fleet.lines('private')
    expect(privately.some(({ data }) => data.text.includes('xylophone'))).toBe(true)
  })

  test('!help, !agents, !status and !whoami are answered by the house in one to three plain lines', async () => {
    const answers: [string, RegExp][] = [
      ['!help', /^Talk: say "cto: /],
      ['!agents', /^Here \(14\): architect, /],
      ['!status', /^breakroom: 14 of 14 roles here; all is well\.$/],
      ['!whoami', /^alice: you are human-alice-via-local, a member \(/],
      ['!ping cso', /^alice: pong \(\d+ ms through the bus\)$/],
      ['!hlep', /^I know no !hlep\. Did you mean !help\?$/],
    ]
    for (const [command, answer] of answers) {
      const heard = await ask(alice, fleetRoom, command, answer)
      expect(heard.nick).toBe(command === '!ping cso' ? 'cso' : 'breakroom')
    }
  })

  test('!say is said in the room with the name of who had it said', async () => {
    const heard = await ask(alice, 'breakroom', '!say hello from a DM', /^alice says: hello from a DM$/)
    expect(heard).toMatchObject({ nick: 'breakroom', target: fleetRoom })
  })

  test('!stop gets a truthful receipt for a mention, and !resume lets the kept line be answered', async () => {
    await ask(alice, fleetRoom, '!stop cto', /^cto is stopped\./)
    const asked = performance.now()
    const receipt = await ask(alice, fleetRoom, 'cto: are you there?', /^alice: cto is stopped; kept until/)
    expect(receipt.nick).toBe('breakroom')
    expect(receipt.at - asked).toBeLessThan(2_500)
    const answer = await ask(alice, fleetRoom, '!resume cto', /^alice: kept as/)
    expect(answer.nick).toBe('cto')
    const receipts = textsFrom(alice, 'breakroom', fleetRoom).filter((text) => text.includes('cto is stopped; kept'))
    expect(receipts).toHaveLength(1)
  })

  test('a second network shows the same lines as "<alice> ...", and roles speak there with their own nicks', async () => {
    await bob.waitForText('<alice> cto: ping')
    expect((await bob.waitForText('alice: pong')).nick).toBe('cto')
    const answer = await ask(bob, fleetRoom, 'ceo: ping', /^bob: pong$/)
    expect(answer).toMatchObject({ nick: 'ceo', target: fleetRoom })
    await alice.waitForText('<bob> ceo: ping')
    expect((await alice.waitForText('bob: pong')).nick).toBe('ceo')
    bob.say(fleetRoom, '\x01ACTION waves\x01')
    await alice.waitForText('* bob waves')
  })

  test('a stranger on a foreign network is a guest: !stop is denied with the rule', async () => {
    const denied = await ask(bob, fleetRoom, '!stop cto', /^Only a member or a founder may stop a role/)
    expect(denied.text).toMatch(/you are a guest \(rule: tier\)/)
    await ask(bob, fleetRoom, 'cto: ping', /^bob: pong$/)
  })

  test('every line stands on events.<actor>.chat.breakroom, in the order it was said, once', async () => {
    const said = Array.from({ length: 20 }, (_, n) => `in order ${n}`)
    for (const text of said) alice.say(fleetRoom, text)
    await bob.waitForText('<alice> in order 19')
    const lines = await until('all lines are in the record', async () => {
      const all = await fleet.lines()
      return all.some(({ data }) => data.text === 'in order 19') ? all : null
    })
    expect(lines.filter(({ data }) => data.text.startsWith('in order')).map(({ data }) => data.text)).toEqual(said)
    expect(new Set(lines.map(({ id }) => id)).size).toBe(lines.length)
    for (const { stands, actor } of lines) expect(stands).toBe(`events.${actor}.chat.breakroom`)
    const actors = new Set(lines.map(({ actor }) => actor))
    expect([...actors].sort()).toEqual([
      'breakroom',
      'ceo',
      'cso',
      'cto',
      'human-alice-via-local',
      'human-bob-via-foreign',
    ])
  })
})
