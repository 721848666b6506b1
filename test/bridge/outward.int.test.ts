import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Shown } from '../../bridge/id-notes.ts'
import { forMatching } from '../../core/clean-text.ts'
import { asChatLine, type ChatEnvelope } from '../../core/envelope.ts'
import { BreakroomError } from '../../core/errors.ts'
import { startTestBridge, type TestBridge } from '../support/bridge.ts'
import { seesAll } from '../support/conversation.ts'
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
  people = await Promise.all([
    ...names.map((nick) => ircPerson({ port: own.port, nick, tags: true })),
    ircPerson({ port: foreign.port, nick: 'frank', tags: true }),
  ])
  // Whoever comes first may set a topic.
  for (const person of people) await person.join('#breakroom')
  house = await startTestBridge({ own: own.port, foreign: foreign.port }, quietMetrics)
  await Promise.all(people.map((person) => seesAll(person, ['breakroom', 'ceo', 'cto'])))
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

/** The first on each network. */
function watchers(): IrcPerson[] {
  return [people[0], people.at(-1)].flatMap((person) => person ?? [])
}

/** Puts a line into the record and gives what is shown of it to the first on each network. */
async function shownOf(line: ChatEnvelope): Promise<{ nick: string; text: string }[][]> {
  const { bus } = house.nats.as({ kind: 'bridge' })
  const watching = watchers()
  const before = watching.map(({ heard }) => heard.length)
  // A role's would be joined to its last line where the pace holds that back.
  const end = personLine(`end-${++ends}`, `that was line ${ends}`, {
    at: new Date(),
    origin: { network: 'elsewhere', id: `end-${ends}`, nick: 'zoe', account: null },
    actor: 'human-zoe',
  })
  const cto = house.nats.as({ kind: 'role', role: 'cto' }).bus
  await publishLine(line.actor === 'cto' ? cto : bus, line)
  await publishLine(bus, end)
  return Promise.all(
    watching.map(async ({ heard }, index) => {
      const last = await until('the end is shown', () => heard.find(({ text }) => text === `<zoe> ${end.data.text}`))
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

/** A long line of many words, with what would reorder, hide or command between them; and the words alone. */
function longText(name: string): { text: string; words: string[] } {
  const tricks = ['\u202e', '\u2066', '\u200b', '\x00', '\x01', '\x02', '\x07', '\x0304', '\x1b', '\r\n']
  const words = Array.from({ length: 40_000 / 10 }, (_, n) => `${name}${String(n).padStart(4, '0')}`)
  const text = words.map((word, n) => (n % 7 === 3 ? `${tricks[n % tricks.length]}${word}` : word)).join(' ')
  return { text, words }
}

const wordsOf = (pieces: string[]) => forMatching(pieces.join(' ')).split(/[\s·]+/)

/** Fails unless all that everybody was sent fits into the 512 bytes of an IRC line, tags aside. */
function expectShortLines(): void {
  for (const { lines } of watchers()) {
    const sizes = lines.map((line) => Buffer.byteLength(line.replace(/^@\S+ /, '')) + '\r\n'.length)
    expect(Math.max(...sizes)).toBeLessThanOrEqual(512)
  }
}

it('a line of 40,000 characters of a role is shown whole and in order, however it and its name are made', async () => {
  const { text, words } = longText('role-')
  expect(text.length).toBeGreaterThan(40_000)
  const shown = await shownOf(
    roleLine('long-role', 'cto', text, { at: new Date(), speaker: 'n\u202e\x07'.repeat(100) }),
  )
  for (const pieces of shown) {
    expect(new Set(pieces.map(({ nick }) => nick))).toEqual(new Set(['cto']))
    expect(wordsOf(pieces.map((piece) => piece.text))).toEqual(words)
    expect(pieces.filter((piece) => /[\x00-\x1f]/.test(piece.text))).toEqual([])
  }
  expectShortLines()
})

it('a line of 40,000 characters of a person of elsewhere carries their name before every piece, however long that is', async () => {
  const { text, words } = longText('said-')
  const speaker = `mallory\u202e\r\n${'y'.repeat(290)}`
  const origin = { network: 'elsewhere', id: 'long-person', nick: 'mallory', account: null }
  const line = personLine('long-person', text, { at: new Date(), actor: 'human-mallory', speaker, origin })
  for (const pieces of await shownOf(line)) {
    const said = pieces.map((piece) => /^<(mallory y{40,60}…)> (.*)$/.exec(piece.text))
    expect(pieces.filter(({ nick }, n) => nick !== 'breakroom' || said[n] === null)).toEqual([])
    expect(wordsOf(said.map((piece) => piece?.[2] ?? ''))).toEqual(words)
    expect(pieces.filter((piece) => /[\x00-\x1f]/.test(piece.text))).toEqual([])
  }
  expectShortLines()
})

it('who comes, goes, changes their nick or sets a topic on one network is shown to nobody on the other, nor recorded', async () => {
  const [here, there] = watchers()
  if (here === undefined || there === undefined) throw new Error('nobody watches')
  for (const [near, far, port] of [
    [here, there, own.port],
    [there, here, foreign.port],
  ] as const) {
    const { bus } = house.nats.as({ kind: 'bridge' })
    const before = { lines: far.lines.length, seq: await bus.lastSeq('events') }
    const guest = await ircPerson({ port, nick: 'grace' })
    await guest.join('#breakroom')
    guest.send('NICK gracious')
    guest.send('PART #breakroom :for a moment')
    await guest.settled()
    await guest.join('#breakroom')
    guest.send('QUIT :good night')
    near.send(`TOPIC #breakroom :the topic of ${near.nick}`)
    const events = [
      'grace!\\S+ JOIN',
      'grace!\\S+ NICK',
      'gracious!\\S+ PART',
      'gracious!\\S+ QUIT',
      `${near.nick}!\\S+ TOPIC`,
    ]
    for (const event of events) await near.waitFor(new RegExp(`:${event} `))
    await guest.close()
    // Whatever was made of all that comes before this line.
    near.say('#breakroom', `${near.nick} saw it all`)
    await far.waitForText(`<${near.nick}> ${near.nick} saw it all`)
    const news = far.lines.slice(before.lines)
    expect(news).toHaveLength(1)
    expect(await textsAfter(before.seq)).toEqual([`${near.nick} saw it all`])
  }
})

/** What was said in public after this place in the record. */
async function textsAfter(after: number): Promise<string[]> {
  const { bus } = house.nats.as({ kind: 'bridge' })
  const last = await bus.lastSeq('events')
  const texts: string[] = []
  for await (const { envelope, seq } of bus.read({ record: 'events', after, signal: new AbortController().signal })) {
    const line = envelope instanceof BreakroomError ? null : asChatLine(envelope)
    if (line !== null) texts.push(line.data.text)
    if (seq >= last) break
  }
  return texts
}

it('where a line is on each network is known by its id, also after a restart of the bus', async () => {
  const { keyed } = house.nats.as({ kind: 'bridge' })
  const ids = keyed<Shown>('ids')
  const [here, there] = watchers()
  const line = roleLine('to-be-found', 'cto', `find me\n${'and the rest '.repeat(60)}`, { at: new Date() })
  const before = [here, there].map((person) => person?.heard.length ?? 0)
  await shownOf(line)
  const expected = [here, there].map((person, n) =>
    person?.heard
      .slice(before[n])
      .filter(({ text }) => /find me|and the rest/.test(text))
      .map(({ tags }) => msgidOf(tags)),
  )
  const found = () => Promise.all(['own', 'foreign'].map((network) => ids.get(`${network} ${line.id}`)))
  await until('both are noted', async () => !(await found()).includes(null))
  const noted = await found()
  expect(noted.map((shown) => [...new Set(shown?.ids)])).toEqual(expected)
  await house.nats.kill()
  await house.nats.start()
  expect(await until('the bus answers', found)).toEqual(noted)
})

it('what a person said has a place only on the networks where we had to say it', async () => {
  const [here, there] = watchers()
  here?.say('#breakroom', 'said here')
  const { tags } = (await there?.waitForText('<alice> said here')) ?? { tags: '' }
  const ids = house.nats.as({ kind: 'bridge' }).keyed<Shown>('ids')
  const places = () => ids.entries().then((entries) => [...entries])
  const [key] = await until('it is noted', async () =>
    (await places()).find(([, shown]) => shown.ids.includes(msgidOf(tags) ?? '')),
  )
  const [network, id] = key.split(' ')
  expect(network).toBe('foreign')
  expect((await places()).filter(([other]) => other.endsWith(` ${id}`))).toHaveLength(1)
})

const msgidOf = (tags: string) => /(?:^|;)msgid=([^;]+)/.exec(tags)?.[1]
