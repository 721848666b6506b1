import { setTimeout as pause } from 'node:timers/promises'
import type { NatsConnection } from '@nats-io/transport-node'
import { loadFleet } from '../adapters/yaml/load-fleet.ts'
import { startErgo } from '../test/support/ergo.ts'
import { startProvisionedNats } from '../test/support/nats.ts'
import { cloneFolder, temporaryFolder } from '../test/support/process.ts'
import { startRedis } from '../test/support/redis.ts'
import { alternate } from './alternate.ts'
import { newTokens } from './exchange.ts'
import { atMost, type Figure, type Size } from './figure.ts'
import { fleetOn, startFleet } from './fleet.ts'
import { startProgram, stopProgram } from './program.ts'
import { median, quantile } from './quantile.ts'
import { rawClient } from './raw-client.ts'

const ours = '#breakroom'
const bare = '#chain'
/** Between one assignment and the next, so that what is said and noted of the last one is out of the way. */
const everyMs = 100

/**
 * `!assign` on IRC to the doorbell at the role, which is the moment when the bus delivers it to the role's seat. Five stored messages
 * lie between: the line, the work for the desk, the number of the label, the ledger and the doorbell. The floor is the least that
 * stores those five.
 */
export async function taskAssign(size: Size): Promise<Figure[]> {
  const figures: Figure[] = []
  for (const sync of ['2m', 'always'] as const) figures.push(...(await assignWith(sync, size)))
  return figures
}

async function assignWith(syncInterval: '2m' | 'always', size: Size): Promise<Figure[]> {
  const { roles } = loadFleet(cloneFolder)
  await using irc = await startErgo()
  await using redis = await startRedis()
  await using nats = await startProvisionedNats({ roles: roles.map(({ name }) => name), syncInterval })
  using folder = temporaryFolder()
  await using fleet = await startFleet(nats, {
    fleet: {
      ...fleetOn([{ name: 'local', kind: 'irc', embedded: true, rooms: { breakroom: ours } }]),
      checks: { true: ['true'] },
    },
    roles,
    parts: ['router', 'tasks', 'desk', 'bots', 'bridge'],
    redisUrl: redis.url,
    embeddedIrc: { host: '127.0.0.1', port: irc.port },
    folder: folder.path,
  })
  const seed = nats.options({ kind: 'admin' }).seed ?? ''
  await using _chain = await startProgram('floor/durable-chain.ts', [`${irc.port}`, bare, nats.url, seed])
  using person = await rawClient(irc.port, 'alice')
  for (const channel of [ours, bare]) await person.join(channel)
  const admin = await nats.raw({ kind: 'admin' })

  const assigning = (token: string) =>
    person.say(ours, `!assign cto "Look at ${token}" accept: it is looked at; verify: true`)
  const chaining = (token: string) => person.say(bare, `chain: ${token}`)
  const [mine = [], floor = []] = await alternate(
    [
      // The bus delivers a doorbell to the inbox of the role's own user.
      (count) => bells(admin, '_INBOX_role-cto.>', 'breakroom.agents.cto.tasks', assigning, count),
      (count) => bells(admin, 'breakroom.agents.floor.tasks', 'breakroom.agents.floor.tasks', chaining, count),
    ],
    { warmUp: 100, samples: size === 'short' ? 150 : 500 },
  )
  await stopProgram(fleet)
  const name = (what: string) => `sync ${syncInterval === '2m' ? 'default' : 'always'}: ${what}`
  const unit = 'ms'
  return [
    { name: name('!assign to the doorbell, p50'), value: median(mine), floor: median(floor), unit },
    {
      name: '  p99',
      value: quantile(mine, 0.99),
      floor: quantile(floor, 0.99),
      unit,
      target: atMost(10),
    },
  ]
}

/** Says one line at a time and waits for the message that it makes; ms from the write to its arrival. */
async function bells(
  nc: NatsConnection,
  listenTo: string,
  subject: string,
  say: (token: string) => void,
  count: number,
): Promise<number[]> {
  const samples: number[] = []
  let arrive: (at: number) => void = () => {}
  const subscription = nc.subscribe(listenTo, {
    callback: (_, message) => {
      if (message.subject === subject) arrive(performance.now())
    },
  })
  await nc.flush()
  for (const token of newTokens(count)) {
    const { promise, resolve, reject } = Promise.withResolvers<number>()
    arrive = resolve
    const late = setTimeout(() => reject(new Error(`nothing rang for ${token}`)), 10_000)
    const saidAt = performance.now()
    say(token)
    samples.push((await promise) - saidAt)
    clearTimeout(late)
    await pause(Math.max(0, saidAt + everyMs - performance.now()))
  }
  subscription.unsubscribe()
  return samples
}
