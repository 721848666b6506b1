import { loadFleet } from '../adapters/yaml/load-fleet.ts'
import { startErgo } from '../test/support/ergo.ts'
import { startProvisionedNats } from '../test/support/nats.ts'
import { cloneFolder, temporaryFolder } from '../test/support/process.ts'
import { startRedis } from '../test/support/redis.ts'
import { alternate } from './alternate.ts'
import { latencies, type Way } from './exchange.ts'
import { atMostTimes, type Figure } from './figure.ts'
import { fleetOn, startFleet } from './fleet.ts'
import type { Size } from './main.ts'
import { startProgram, stopProgram } from './program.ts'
import { median, quantile } from './quantile.ts'
import { type RawClient, rawClient } from './raw-client.ts'

const ours = '#breakroom'
const bare = '#floor'
/** What Hubot takes for what the echo bot does, measured side by side on one server: .88 ms against .82 ms. */
const hubot = 0.88 / 0.82

/** `cto: ping` to `pong` over EVENTS, the inbox and EVENTS again, beside a bot that keeps nothing. */
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
  using person = await rawClient(irc.port, 'alice')
  await person.join(ours)
  await person.join(bare)

  const [mine = [], floor = []] = await alternate(
    [asking(person, ours, 'cto'), asking(person, bare, 'echo')].map((way) => (count) => latencies(way, count)),
    { warmUp: 100, samples: size === 'short' ? 150 : 300 },
  )
  await stopProgram(fleet)
  const name = (what: string) => `ping to pong, ${what}, sync_interval ${syncInterval === '2m' ? 'default' : 'always'}`
  const [value, floorValue] = [median(mine), median(floor)]
  return [
    { name: name('p50'), value, floor: floorValue, unit: 'ms' },
    { name: name('p99'), value: quantile(mine, 0.99), floor: quantile(floor, 0.99), unit: 'ms' },
    { name: name('p50 against Hubot'), value, floor: floorValue * hubot, unit: 'ms', target: atMostTimes(3) },
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
