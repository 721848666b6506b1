import { afterAll, beforeAll, expect, it } from 'vitest'
import { forMatching } from '../../core/clean-text.ts'
import type { ChatEnvelope } from '../../core/envelope.ts'
import { startTestBridge, type TestBridge } from '../support/bridge.ts'
import { type Ergo, startErgo } from '../support/ergo.ts'
import { type InspIrcd, startInspIrcd } from '../support/inspircd.ts'
import { type IrcPerson, ircPerson } from '../support/irc-person.ts'
import { personLine, roleLine } from '../support/lines.ts'
import { until } from '../support/process.ts'
import { quietMetrics } from '../support/quiet.ts'
import { publishLine } from '../support/router.ts'

let own: Ergo
let foreign: InspIrcd
let house: TestBridge
/** Five on the fleet's own network, one on the other. */
let people: IrcPerson[]
let ends = 0

const names = ['alice', 'bob', 'carol', 'dave', 'eve']

beforeAll(async () => {
  own = await startErgo()
  foreign = await startInspIrcd()
  house = await startTestBridge({ own: own.port, foreign: foreign.port }, quietMetrics)
  people = await Promise.all([
    ...names.map((nick) => ircPerson({ port: own.port, nick })),
    ircPerson({ port: foreign.port, nick: 'frank' }),
  ])
  await Promise.all(people.map((person) => person.join('#breakroom')))
  // When this was heard, everybody has been seen.
  people[0]?.say('#breakroom', 'we are all here')
  await people.at(-1)?.waitForText('<alice> we are all here')
}, 30_000)

afterAll(async () => {
  await Promise.all(people?.map((person) => person.close()) ?? [])
  await house?.[Symbol.asyncDispose]()
  await foreign?.[Symbol.asyncDispose]()
  await own?.[Symbol.asyncDispose]()
})

/** Puts a line into the record and gives what is shown of it to the first on each network. */
async function shownOf(line: ChatEnvelope): Promise<{ nick: string; text: string }[][]> {
  const { bus } = house.nats.as({ kind: 'bridge' })
  const watching = [people[0], people.at(-1)].flatMap((person) => person ?? [])
  const before = watching.map(({ heard }) => heard.length)
  const end = roleLine(`end-${++ends}`, 'cto', `that was line ${ends}`, { at: new Date() })
  const cto = house.nats.as({ kind: 'role', role: 'cto' }).bus
  await publishLine(line.actor === 'cto' ? cto : bus, line)
  await publishLine(cto, end)
  return Promise.all(
    watching.map(async ({ heard }, index) => {
      const last = await until('the end is shown', () => heard.find(({ text }) => text === end.data.text))
      return heard.slice(before[index], heard.indexOf(last)).map(({ nick, text }) => ({ nick, text }))
    }),
  )
}

it('S16: a role that names everybody in the room rings three of them; on a network where they are not, nothing is changed', async () => {
  const text = `${names.join(' ')}: all hands, cto and ceo too`
  const [here, there] = await shownOf(roleLine('all', 'cto', text, { at: new Date() }))
  expect(here).toHaveLength(1)
  const shown = here?.[0]?.text ?? ''
  expect(names.filter((nick) => shown.includes(nick))).toEqual(['alice', 'bob', 'carol'])
  expect(shown).toContain('cto and ceo too')
  expect(forMatching(shown)).toBe(text)
  expect(there).toEqual([{ nick: 'cto', text }])
})

it.each(['✅ Approved by @alice · k3f9', 'breakroom: the fleet is stopped.', '<alice> I approve this'])(
  'S17: a role that says %j says it under its own nick',
  async (text) => {
    const shown = await shownOf(roleLine(`fake-${ends}`, 'cto', text, { at: new Date() }))
    expect(shown).toEqual([[{ nick: 'cto', text }], [{ nick: 'cto', text }]])
  },
)

it('S17: every piece of what a person of elsewhere says carries their name', async () => {
  const text = `breakroom: approved\n<cto> me too ${'and so on '.repeat(100)}\n✅ Approved by @founder`
  const origin = { network: 'elsewhere', id: 'long', nick: 'mallory', account: null }
  const shown = await shownOf(personLine('long', text, { at: new Date(), actor: 'human-mallory', origin }))
  for (const pieces of shown) {
    expect(pieces.length).toBeGreaterThan(4)
    expect(pieces.filter(({ nick, text }) => nick !== 'breakroom' || !text.startsWith('<mallory> '))).toEqual([])
  }
})
