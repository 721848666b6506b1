import { setTimeout as pause } from 'node:timers/promises'
import { jetstreamManager } from '@nats-io/jetstream'
import { connect, nkeyAuthenticator } from '@nats-io/transport-node'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { busSeed } from '../../adapters/servers/nats-server.ts'
import { ask, hears, seesAll, textsFrom } from '../support/conversation.ts'
import { envelopeOf } from '../support/envelope.ts'
import { createTestFleet, type FleetPart, fleetRoom, type TestFleet } from '../support/fleet.ts'
import { type InspIrcd, startInspIrcd } from '../support/inspircd.ts'
import { type IrcPerson, ircPerson } from '../support/irc-person.ts'
import { createLoad, type Load } from '../support/load.ts'
import { until } from '../support/process.ts'

const patience = 30_000
const outageMs = 10_000

describe('a fleet whose parts are processes of their own, while they are killed', () => {
  let foreign: InspIrcd
  let fleet: TestFleet
  let alice: IrcPerson
  let bob: IrcPerson

  beforeAll(async () => {
    foreign = await startInspIrcd()
    fleet = createTestFleet({ roles: ['ceo', 'cto', 'cso'], foreign: foreign.port })
    await fleet.startParts()
    alice = await fleet.person('alice')
    bob = await joinForeign()
    await seesAll(bob, ['breakroom', 'ceo', 'cto', 'cso'])
  }, 60_000)

  afterAll(async () => {
    await bob?.close()
    await fleet?.[Symbol.asyncDispose]()
    await foreign?.[Symbol.asyncDispose]()
  })

  async function joinForeign(): Promise<IrcPerson> {
    const person = await ircPerson({ port: foreign.port, nick: 'bob' })
    await person.join(fleetRoom)
    return person
  }

  /** Fails unless all of it stands in the record in order and once, and the other network shows just that. */
  async function expectKept(load: Load, speaker: string, listener: IrcPerson): Promise<void> {
    const shown = load.texts.map((text) => `<${speaker}> ${text}`)
    const last = shown.at(-1) ?? ''
    await until(`${listener.nick} hears "${last}"`, () => listener.heard.some(({ text }) => text === last), patience)
    // Whatever would be shown twice is posted before this line, which is said now.
    const marker = `nothing more of ${load.texts[0]} comes`
    const teller = listener === alice ? bob : alice
    teller.say(fleetRoom, marker)
    await until('the marker is heard', () => listener.heard.some(({ text }) => text.endsWith(marker)), patience)
    const wanted = new Set(shown)
    expect(textsFrom(listener, 'breakroom', fleetRoom).filter((text) => wanted.has(text))).toEqual(shown)
    const said = new Set(load.texts)
    const recorded = (await fleet.lines()).filter(({ data }) => said.has(data.text))
    expect(recorded.map(({ data }) => data.text)).toEqual(load.texts)
  }

  /** Fails unless each mention of the load was answered by the role, once, and the speaker heard it. */
  async function expectAnswered(load: Load, role: string): Promise<void> {
    const mentions = load.texts.filter((text) => text.startsWith(`${role}:`))
    const answersIn = async () => {
      const lines = await fleet.lines()
      const asked = new Set(lines.filter(({ data }) => mentions.includes(data.text)).map(({ id }) => id))
      return lines.filter(({ actor, data }) => actor === role && asked.has(data.in_reply_to ?? ''))
    }
    const answers = await until(
      'every mention is answered',
      async () => {
        const all = await answersIn()
        return all.length >= mentions.length ? all : null
      },
      patience,
    )
    expect(answers.map(({ data }) => data.in_reply_to)).toHaveLength(new Set(mentions).size)
    const texts = answers.map(({ data }) => data.text)
    await until(
      'the speaker has heard them',
      () => {
        const heard = textsFrom(alice, role, fleetRoom)
        return texts.every((text) => heard.includes(text))
      },
      patience,
    )
    expect(textsFrom(alice, role, fleetRoom).filter((text) => texts.includes(text))).toEqual(texts)
  }

  async function killedTwice(part: FleetPart): Promise<void> {
    for (let time = 0; time < 2; time++) {
      await fleet.kill(part)
      await fleet.start(part)
    }
  }

  test.each<[FleetPart, string]>([
    ['bridge', 'F1, F2, F3'],
    ['router', 'F2, F3'],
    ['desk', 'F3'],
    ['bots', 'F3'],
  ])(
    'the %s killed twice while 300 lines flow both ways loses nothing, repeats nothing, keeps the order (%s)',
    async (part) => {
      const here = createLoad({
        person: alice,
        room: fleetRoom,
        name: `${part} here`,
        count: 200,
        overMs: 1_500,
        address: 'cto:',
      })
      const there = createLoad({ person: bob, room: fleetRoom, name: `${part} there`, count: 100, overMs: 1_500 })
      let restarted: Promise<unknown> = Promise.resolve()
      const begin = () => {
        restarted = killedTwice(part)
      }
      await Promise.all([here.say({ at: 60, happens: begin }), there.say()])
      await restarted
      await expectKept(here, 'alice', bob)
      await expectKept(there, 'bob', alice)
      await expectAnswered(here, 'cto')
    },
  )

  test('commands given while the desk is dead are carried out once when it is back', async () => {
    await fleet.kill('desk')
    const before = alice.heard.length
    for (let n = 0; n < 3; n++) alice.say(fleetRoom, '!whoami')
    await hears(alice, /^alice: breakroom is offline; kept/, before)
    await fleet.start('desk')
    await ask(alice, fleetRoom, '!agents', /^Here/)
    expect(alice.heard.slice(before).filter(({ text }) => text.startsWith('alice: you are'))).toHaveLength(3)
  })

  test('F14, F42: with the second network down for 10 s and NATS too from its fifth to its fifteenth, all is accepted and comes through in order and once', async () => {
    const before = alice.heard.length
    const here = createLoad({
      person: alice,
      room: fleetRoom,
      name: 'through it all',
      count: 300,
      overMs: 15_000,
      address: 'cto:',
    })
    // Dead before the first word: a line that this bob still heard would be missing from what the next one hears.
    await foreign.kill()
    await bob.close()
    const said = here.say()
    await hears(alice, /^alice: kept as/, alice.heard.length)
    await pause(outageMs / 2)
    // Whoever watches the servers would start it again at once.
    await fleet.kill('servers')
    await fleet.killServer('nats')
    await pause(outageMs / 2)
    await foreign.restart()
    bob = await joinForeign()
    await seesAll(bob, ['breakroom'])
    const there = createLoad({ person: bob, room: fleetRoom, name: 'without a bus', count: 100, overMs: outageMs / 2 })
    await there.say()
    await hears(alice, /^The bus is away: what you say is kept on disk/, before)
    await hears(bob, /^The bus is away: what you say is kept on disk/, 0)
    await fleet.start('servers')
    await said
    await hears(alice, /^The bus is back\b/, before, patience)
    await expectKept(here, 'alice', bob)
    await expectKept(there, 'bob', alice)
    await expectAnswered(here, 'cto')
    // The server forgot what was said there before we were back; nobody may think that it was silent.
    await alice.waitForText(/^I could not hear foreign from [\d:]+ to [\d:]+ UTC: .*not in the record\.$/)
  })

  test('F42: the bridge killed while the second network is down brings it everything when both are back', async () => {
    await foreign.kill()
    await bob.close()
    const load = createLoad({ person: alice, room: fleetRoom, name: 'both down', count: 60, overMs: 600 })
    await load.say({ at: 30, happens: () => void fleet.kill('bridge') })
    const started = fleet.start('bridge')
    const last = load.texts.at(-1)
    await until('the record is whole', async () => (await fleet.lines()).some(({ data }) => data.text === last))
    await foreign.restart()
    bob = await joinForeign()
    await started
    await expectKept(load, 'alice', bob)
  })

  test('F4: an id that comes again after a day is one line, because the stream remembers 26 hours', async () => {
    const { bus } = fleet.bus()
    const line = envelopeOf('irc:local:again', {
      data: { text: 'said once', kind: 'say', speaker: 'ada', tier: 'member' },
    })
    const first = await bus.publish('events.human-ada.chat.breakroom', line)
    expect(await bus.publish('events.human-ada.chat.breakroom', line)).toEqual({ seq: first.seq, duplicate: true })
    await alice.waitForText('<ada> said once')
    const nc = await connect({
      servers: fleet.ready.nats,
      authenticator: nkeyAuthenticator(new TextEncoder().encode(busSeed(fleet.home, 'admin'))),
      inboxPrefix: '_INBOX_admin',
    })
    const manager = await jetstreamManager(nc)
    for (const name of ['EVENTS', 'PRIVATE']) {
      const { config } = await manager.streams.info(name)
      expect(config.duplicate_window).toBe(26 * 3600 * 1e9)
    }
    await nc.close()
    expect(alice.heard.filter(({ text }) => text === '<ada> said once')).toHaveLength(1)
  })

  test('I1, I2: in all of this no id stands twice in the record, and nothing was given up', async () => {
    const lines = await fleet.lines()
    expect(new Set(lines.map(({ id }) => id)).size).toBe(lines.length)
    const gaps = (await fleet.record('events')).filter(({ subject }) => subject.includes('.gap.'))
    // A network that is killed forgets; it was killed twice.
    expect(gaps.map(({ envelope }) => envelope)).toMatchObject([
      { data: { network: 'foreign' } },
      { data: { network: 'foreign' } },
    ])
    expect(lines.filter(({ data }) => /given up|passed over/i.test(data.text))).toEqual([])
  })
})
