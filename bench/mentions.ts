import { setTimeout as pause } from 'node:timers/promises'
import { loadFleet } from '../adapters/yaml/load-fleet.ts'
import { traceCode, traceOf } from '../core/envelope.ts'
import { startInspIrcd } from '../test/support/inspircd.ts'
import { startProvisionedNats } from '../test/support/nats.ts'
import { cloneFolder, temporaryFolder } from '../test/support/process.ts'
import { startRedis } from '../test/support/redis.ts'
import { atMost, type Figure, none } from './figure.ts'
import { fleetOn, startFleet } from './fleet.ts'
import { stopProgram } from './program.ts'
import { rawClient } from './raw-client.ts'

const channel = '#breakroom'
const speakers = ['ann', 'ben', 'cat', 'dan', 'eve']
const mentionsEach = 40
/** What the server lets a person say: so many lines at once, then one a second. */
const firstLines = 8
const everyMs = 1_000
const patienceMs = 120_000

/** How people ask. */
interface Asking {
  name: string
  /** The seat that a speaker turns to. */
  seatOf(speaker: number): string
  body: string
}

/** 200 mentions by five people at once, on a server whose flood limits hold for them and for the bots. */
export async function mentions(): Promise<Figure[]> {
  const { roles } = loadFleet(cloneFolder)
  await using irc = await startInspIrcd({ floodLimits: 'stock' })
  await using redis = await startRedis()
  await using nats = await startProvisionedNats({ roles: roles.map(({ name }) => name) })
  using folder = temporaryFolder()
  const platform = { name: 'far', kind: 'irc', host: '127.0.0.1', port: irc.port, tls: false }
  await using fleet = await startFleet(nats, {
    fleet: fleetOn([{ ...platform, rooms: { breakroom: channel } }]),
    roles,
    parts: ['router', 'desk', 'bots', 'bridge'],
    redisUrl: redis.url,
    embeddedIrc: { host: '127.0.0.1', port: irc.port },
    folder: folder.path,
  })
  const seats = roles.map(({ nick }) => nick)
  const figures = [
    ...(await ask(irc.port, { name: 'one seat, short answers', seatOf: () => 'cto', body: 'ping' })),
    ...(await ask(irc.port, {
      name: 'a seat each, long answers',
      seatOf: (speaker) => seats[speaker] ?? 'cto',
      body: 'please look at this today',
    })),
  ]
  await stopProgram(fleet)
  return figures
}

async function ask(port: number, { name, seatOf, body }: Asking): Promise<Figure[]> {
  using watcher = await rawClient(port, 'watcher', 'message-tags')
  await watcher.join(channel)
  const people = await Promise.all(speakers.map((nick) => rawClient(port, nick)))
  await Promise.all(people.map((person) => person.join(channel)))
  // What registering and joining cost of the server's patience.
  await pause(8_000)

  /** By speaker: the codes under which the mentions were kept, as they were said; the answers as they came. */
  const asked = new Map<string, string[]>(speakers.map((nick) => [nick, []]))
  const answered = new Map<string, string[]>(speakers.map((nick) => [nick, []]))
  let [saidAt, answeredAt, answers, lines] = [0, 0, 0, 0]
  watcher.listen(({ nick, text, id, at }) => {
    const question = asked.get(nick)
    if (question !== undefined) {
      question.push(traceCode(traceOf(`irc:far:${id}`)))
      saidAt = at
      return
    }
    lines++
    for (const answer of text.split(' · ')) {
      const [, to = '', code = 'pong'] = /^(\S+): (?:pong$|kept as (\w+),)/.exec(answer) ?? []
      if (answered.get(to)?.push(code)) answers++
    }
    answeredAt = at
  })
  const begun = performance.now()
  await Promise.all(
    people.map(async (person, speaker) => {
      for (let index = 0; index < mentionsEach; index++) {
        person.say(channel, `${seatOf(speaker)}: ${body}`)
        if (index >= firstLines) await pause(everyMs)
      }
    }),
  )
  while (answers < speakers.length * mentionsEach && performance.now() - begun < patienceMs) await pause(20)
  await pause(500)
  for (const person of people) person[Symbol.dispose]()

  const told = answers > 0 && [...answered.values()].flat().some((code) => code !== 'pong')
  const wrongPlace = speakers.map((nick) => {
    const codes = asked.get(nick) ?? []
    return (answered.get(nick) ?? []).filter((code, place) => told && codes[place] !== code).length
  })
  const lost = speakers.map((nick) => mentionsEach - (answered.get(nick)?.length ?? 0))
  return [
    {
      name: `200 mentions, ${name}: last answer`,
      value: (answeredAt - begun) / 1_000,
      // Nobody can answer before it is asked, and the limits hold for those who ask.
      floor: (saidAt - begun) / 1_000,
      unit: 's',
      target: atMost(60),
    },
    { name: '  lines used for the answers', value: lines, unit: 'lines' },
    { name: '  not answered', value: sum(lost), unit: 'mentions', target: none },
    ...(told ? [{ name: '  out of order', value: sum(wrongPlace), unit: 'answers', target: none }] : []),
  ]
}

function sum(numbers: number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}
