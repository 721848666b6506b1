import { setTimeout as pause } from 'node:timers/promises'
import { until } from '../test/support/process.ts'
import { atMost, type Figure, none, type Size } from './figure.ts'
import { delayedJobs } from './floor/delayed-jobs.ts'
import { stopProgram } from './program.ts'
import { median, quantile } from './quantile.ts'
import {
  askFor,
  breaches,
  type Clockwork,
  type Deadline,
  judge,
  readDeadlines,
  startClockwork,
} from './tasks-clockwork.ts'

const count = 1_000
/** The deadlines of one batch fall due over so many seconds. */
const spread = 20
/** What it looks after by itself while Redis does not ring, and a moment for the ledger. */
const polledMs = 16_000

/**
 * A thousand deadlines of tasks through the service, three times: Redis loses all of them and is left alone then; it loses them again and
 * again while they ring; it is away. The floor is a bare BullMQ queue with as many delayed jobs, set by whoever knows that they are gone.
 */
export async function taskDeadlines(size: Size): Promise<Figure[]> {
  await using house = await startClockwork()
  const { nats, client, redis, service } = house
  const rounds = size === 'short' ? 1 : 3
  const told = await breaches(nats)
  let batches = 0
  /** Asks for a batch, does something to Redis, and waits until all have rung: what became of this batch. */
  async function batch(seconds: number, meanwhile: () => Promise<void>): Promise<ReturnType<typeof judge>> {
    const before = await readDeadlines(nats)
    await askFor(house.doors, { count, seconds, spread })
    await until('all are in Redis', async () => (await house.waiting()) >= before.size + count, 30_000)
    await meanwhile()
    batches++
    await told.reach(batches * count, (seconds + spread) * 1_000 + 60_000).catch(() => {})
    // What rings twice does so soon after.
    await pause(2_000)
    const isNew = ({ key }: Deadline) => !before.has(key)
    return judge([...(await readDeadlines(nats)).values()].filter(isNew))
  }

  const back: { all: number; setting: number }[] = []
  const left = await batch(25 + rounds * 15, async () => {
    for (let round = 0; round < rounds; round++) {
      // At another moment of its interval each time; the first is the worst, just after it has looked.
      await pause(round * 5_000)
      back.push(await emptied(house))
    }
  })
  const bare = await bareQueue(redis.url)
  const emptiedOften = await batch(15, async () => {
    await pause(15_000)
    for (let times = 0; times < 10; times++) {
      await client.flushall()
      await pause(2_000)
    }
  })
  const away = await batch(20, () => redis.kill())
  await stopProgram(service)
  const longest = (samples: number[]) => quantile(samples, 1)
  return [
    {
      name: `Redis emptied until it has all again, longest of ${rounds}`,
      value: longest(back.map(({ all }) => all)) / 1_000,
      unit: 's',
      target: atMost(60),
    },
    {
      name: '  of it from the first to the last',
      value: median(back.map(({ setting }) => setting)),
      floor: bare.setting,
      unit: 'ms',
    },
    { name: '  not rung for exactly once', value: left.notOnce, unit: 'deadlines', target: none },
    { name: '  early', value: left.early, unit: 'deadlines', target: none },
    { name: '  late p50', value: median(left.late), floor: median(bare.late), unit: 'ms' },
    { name: '  late p99', value: quantile(left.late, 0.99), floor: quantile(bare.late, 0.99), unit: 'ms' },
    {
      name: 'emptied every 2 s while they ring: not exactly once',
      value: emptiedOften.notOnce,
      unit: '',
      target: none,
    },
    { name: '  early', value: emptiedOften.early, unit: 'deadlines', target: none },
    { name: '  late at most', value: longest(emptiedOften.late), unit: 'ms', target: atMost(polledMs) },
    { name: 'Redis away: not rung for exactly once', value: away.notOnce, unit: 'deadlines', target: none },
    { name: '  early', value: away.early, unit: 'deadlines', target: none },
    { name: '  late p50', value: median(away.late), unit: 'ms' },
    { name: '  late p99', value: quantile(away.late, 0.99), unit: 'ms', target: atMost(polledMs) },
  ]
}

/** Deletes everything in Redis: ms until all timers are there again, and of those from the first to the last. */
async function emptied({ client, waiting }: Clockwork): Promise<{ all: number; setting: number }> {
  const before = await waiting()
  await client.flushall()
  const begun = performance.now()
  await until('the first is there again', async () => (await waiting()) > 0, 60_000)
  const first = performance.now()
  await until('all are there again', async () => (await waiting()) >= before, 60_000)
  const end = performance.now()
  return { all: end - begun, setting: end - first }
}

/** The floor: setting as many at once, ms, and how late each is that falls due over the same time, ms. */
async function bareQueue(url: string): Promise<{ setting: number; late: number[] }> {
  await using jobs = delayedJobs(url)
  const soon = Date.now() + 5_000
  const dues = Array.from({ length: count }, (_, index) => soon + (spread * 1_000 * index) / count)
  const begun = performance.now()
  await jobs.set(dues)
  const setting = performance.now() - begun
  return { setting, late: await jobs.late(count, (spread + 60) * 1_000) }
}
