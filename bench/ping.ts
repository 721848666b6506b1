import { loadFleet } from '../adapters/yaml/load-fleet.ts'
import { startErgo } from '../test/support/ergo.ts'
import { startProvisionedNats } from '../test/support/nats.ts'
import { cloneFolder, temporaryFolder } from '../test/support/process.ts'
import { startRedis } from '../test/support/redis.ts'
import { alternate } from './alternate.ts'
import { latencies, type Way } from './exchange.ts'
import { atMostTimes, type Figure, type Size } from './figure.ts'
import { fleetOn, startFleet } from './fleet.ts'
import { startProgram, stopProgram } from './program.ts'
import { median, quantile } from './quantile.ts'
import { type RawClient, rawClient } from './raw-client.ts'

const ours = '#breakroom'
const bare = '#floor'
const durable = '#durable'
/** What Hubot takes for what the echo bot does, measured side by side on one server: .88 ms against .82 ms. */
const hubot = 0.88 / 0.82

/**
 * `cto: ping` to `pong` over EVENTS, the inbox and EVENTS again, beside a bot that keeps nothing and beside the least that stores
 * the same three messages on the same bus.
 */
export async function ping(size: Size): Promise<Figure[]> {
  const figures: Figure[] = []
  for (const sync of ['2m', 'always'] as const) figures.push(...(await pingWith(sync, size)))
  return figures
}

async function pingWith(syncInterval: '2m' | 'always', size: Size): Promise<Figure[]> {
  const { roles } = loadFleet(cloneFolder)
  await using irc = await startErgo()
  await using redis = await startRedis()
  await using nats = await startProvisionedNats({ roles: roles.map(({ name }) => name), syncInterval })
  using folder = temporaryFolder()
  await using fleet = await startFleet(nats, {
    fleet: fleetOn([{ name: 'local', kind: 'irc', embedded: true, rooms: { breakroom: ours } }]),
    roles,
    parts: ['router', 'desk', 'bots', 'bridge'],
    redisUrl: redis.url,
    embeddedIrc: { host: '127.0.0.1', port: irc.port },
    folder: folder.path,
  })
  await using _echo = await startProgram('floor/echo-bot.ts', [`${irc.port}`, bare])
  const seed = nats.options({ kind: 'admin' }).seed ?? ''
  await using _keeper = await startProgram('floor/durable-echo-bot.ts', [`${irc.port}`, durable, nats.url, seed])
  using person = await rawClient(irc.port, 'alice')
  for (const channel of [ours, bare, durable]) await person.join(channel)

  const ways = [asking(person, ours, 'cto'), asking(person, bare, 'echo'), asking(person, durable, 'keeper')]
  const [mine = [], floor = [], stored = []] = await alternate(
    ways.map((way) => (count) => latencies(way, count)),
    { warmUp: 100, samples: size === 'short' ? 150 : 300 },
  )
  await stopProgram(fleet)
  const name = (what: string) => `sync ${syncInterval === '2m' ? 'default' : 'always'}: ${what}`
  const value = median(mine)
  const unit = 'ms'
  return [
    {
      name: name('p50, beside Hubot (as .88 to .82)'),
      value,
      floor: median(floor) * hubot,
      unit,
      target: atMostTimes(3),
    },
    { name: name('p50, beside a bot that keeps nothing'), value, floor: median(floor), unit },
    { name: name('p50, beside the least that stores it'), value, floor: median(stored), unit },
    {
      name: name('p99, beside the least that stores it'),
      value: quantile(mine, 0.99),
      floor: quantile(stored, 0.99),
      unit,
    },
  ]
}

/** Answers carry no token, so one question is asked at a time. */
function asking(person: RawClient, channel: string, bot: string): Way {
  let asked = ''
  return {
    hearer: person,
    say(token) {
      asked = token
      person.say(channel, `${bot}: ping`)
    },
    tokenOf: ({ nick, target, text }) =>
      nick === bot && target === channel && text.startsWith(`alice: pong`) ? asked : null,
  }
}
