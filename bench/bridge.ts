import { startErgo } from '../test/support/ergo.ts'
import { startInspIrcd } from '../test/support/inspircd.ts'
import { startProvisionedNats } from '../test/support/nats.ts'
import { temporaryFolder } from '../test/support/process.ts'
import { alternate } from './alternate.ts'
import { burst, type Crowd, type LineWay, latencies, lineWay } from './exchange.ts'
import { atLeast, atMostTimes, type Figure, none, type Size } from './figure.ts'
import { fleetOn, startFleet } from './fleet.ts'
import { bridgeKilled, targetDown } from './outage.ts'
import { type Program, startProgram, stopProgram } from './program.ts'
import { median, quantile } from './quantile.ts'
import { rawClient } from './raw-client.ts'

export const ours = '#breakroom'
export const bare = '#floor'
const wire = '#wire'

/** The networks, the bus and the two bridges that are compared. */
export interface Bridges {
  from: { port: number }
  to: { port: number; kill(): Promise<void>; restart(): Promise<void> }
  startOurs(): Promise<Program>
  startFloor(): Promise<Program>
}

interface Setting {
  from: 'ergo' | 'inspircd'
  syncInterval: '2m' | 'always'
  outages: boolean
}

/** Network A to EVENTS to network B with all guarantees, beside a bridge of thirty lines that gives none. */
export async function bridge(size: Size): Promise<Figure[]> {
  const settings: Setting[] = [
    { from: 'ergo', syncInterval: '2m', outages: true },
    { from: 'ergo', syncInterval: 'always', outages: false },
    ...(size === 'full' ? [{ from: 'inspircd', syncInterval: '2m', outages: true } as const] : []),
  ]
  const figures: Figure[] = []
  for (const setting of settings) {
    const found = await measure(setting, size)
    const where = `${setting.from === 'ergo' ? 'Ergo' : 'InspIRCd'}, sync ${setting.syncInterval === '2m' ? 'default' : 'always'}`
    figures.push(...found.map((figure) => ({ ...figure, name: `${where}: ${figure.name}` })))
  }
  return figures
}

async function measure({ from, syncInterval, outages }: Setting, size: Size): Promise<Figure[]> {
  await using a = from === 'ergo' ? await startErgo() : await startInspIrcd()
  await using b = await startErgo()
  await using nats = await startProvisionedNats({ roles: [], syncInterval })
  using folder = temporaryFolder()
  const remote = { name: 'far', kind: 'irc', host: '127.0.0.1', port: a.port, tls: false }
  const bridges: Bridges = {
    from: a,
    to: b,
    startOurs: () =>
      startFleet(nats, {
        fleet: fleetOn([
          { ...remote, rooms: { breakroom: ours } },
          { name: 'near', kind: 'irc', embedded: true, rooms: { breakroom: ours } },
        ]),
        roles: [],
        parts: ['bridge'],
        redisUrl: null,
        embeddedIrc: { host: '127.0.0.1', port: b.port },
        folder: folder.path,
      }),
    startFloor() {
      const seed = nats.options({ kind: 'admin' }).seed ?? ''
      return startProgram('floor/bridge.ts', [`${a.port}`, `${b.port}`, nats.url, seed, bare])
    },
  }
  const figures: Figure[] = []
  {
    await using mine = await bridges.startOurs()
    await using _floor = await bridges.startFloor()
    figures.push(...(await speed(bridges, size, from)))
    await stopProgram(mine)
  }
  if (outages) figures.push(...(await targetDown(bridges)), ...(await bridgeKilled(bridges)))
  return figures
}

async function speed({ from, to }: Bridges, size: Size, kind: Setting['from']): Promise<Figure[]> {
  using speaker = await rawClient(from.port, 'alice')
  using hearer = await rawClient(to.port, 'bob')
  using neighbour = await rawClient(from.port, 'carol')
  for (const channel of [ours, bare, wire]) await speaker.join(channel)
  for (const channel of [ours, bare]) await hearer.join(channel)
  await neighbour.join(wire)
  const ways = [
    lineWay(speaker, hearer, ours),
    lineWay(speaker, hearer, bare),
    // One network alone: what no bridge can beat.
    lineWay(speaker, neighbour, wire),
  ]
  const [mine = [], floor = [], direct = []] = await alternate(
    ways.map((way) => (count) => latencies(way, count)),
    { warmUp: 100, samples: size === 'short' ? 150 : 300 },
  )
  const bursts = await alternateBursts(ways, size === 'short' ? 3 : 6)
  const [myBursts = [], floorBursts = [], directBursts = []] = bursts
  const rate = (crowds: Crowd[]) => median(crowds.map((crowd) => crowd.rate))
  const sum = (what: 'lost' | 'outOfOrder' | 'doubled') => ({
    value: myBursts.reduce((total, crowd) => total + crowd[what], 0),
    floor: floorBursts.reduce((total, crowd) => total + crowd[what], 0),
    unit: 'lines',
    target: none,
  })
  return [
    { name: 'one way p50', value: median(mine), floor: median(floor), unit: 'ms', target: atMostTimes(1.2) },
    { name: 'one way p99', value: quantile(mine, 0.99), floor: quantile(floor, 0.99), unit: 'ms' },
    { name: '  (no bridge, p50)', value: median(direct), unit: 'ms' },
    {
      name: 'burst of 1,000',
      value: rate(myBursts),
      floor: rate(floorBursts),
      unit: 'msg/s',
      // InspIRCd lets a burst out slowly, whoever listens.
      ...(kind === 'ergo' ? { target: atLeast(2_500) } : {}),
    },
    { name: '  (no bridge)', value: rate(directBursts), unit: 'msg/s' },
    { name: '  out of order', ...sum('outOfOrder') },
    { name: '  lost', ...sum('lost') },
    { name: '  doubled', ...sum('doubled') },
  ]
}

async function alternateBursts(ways: LineWay[], rounds: number): Promise<Crowd[][]> {
  for (const way of ways) await burst(way, 1_000)
  const taken: Crowd[][] = ways.map(() => [])
  for (let round = 0; round < rounds; round++) {
    for (const [index, way] of ways.entries()) taken[index]?.push(await burst(way, 1_000))
  }
  return taken
}
