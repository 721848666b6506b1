import { setTimeout as pause } from 'node:timers/promises'
import { until } from '../test/support/process.ts'
import { atLeastTimes, atMost, type Figure, none, type Size } from './figure.ts'
import { stopProgram } from './program.ts'
import { median, quantile } from './quantile.ts'
import { askFor, type Clockwork, type Deadline, judge, readDeadlines, startClockwork } from './tasks-clockwork.ts'
import { subjects } from './tasks-doors.ts'

/** Deadlines that fall due all through the time without Redis and a little after it. */
const count = 1_000
const afterwardsS = 30
/** Tasks that are asked for in one go, to see how many are taken in a second. */
const block = 200
const blocks = 5
const dayS = 86_400
/** What it looks after by itself while Redis does not ring, and a moment for the ledger. */
const polledMs = 16_000

/**
 * Redis away for ten minutes (`--short`: one): how many tasks are accepted then, what is said of it, and how soon all is as it was when it is
 * back, empty. The floor is a service whose Redis stays, asked in turn with the other.
 */
export async function taskRedisAway(size: Size): Promise<Figure[]> {
  const awayS = size === 'short' ? 60 : 600
  await using house = await startClockwork(['tasks', 'desk'])
  await using other = await startClockwork(['tasks', 'desk'])
  const status = asksForStatus(house)
  // Both are compiled by then.
  await accepting([house, other], 2)
  const before = await accepting([house, other], blocks)
  await askFor(house.doors, { count, seconds: 15, spread: awayS + afterwardsS })

  await house.redis.kill()
  const goneAt = performance.now()
  const rates: [number[], number[]] = [[], []]
  const keep = ([mine, floor]: [number[], number[]]) => {
    rates[0].push(...mine)
    rates[1].push(...floor)
  }
  keep(await accepting([house, other], 1))
  const said = await until('it is said', async () => (await status()).find(isOfRedis), 60_000)
  const saidAfter = performance.now() - goneAt
  process.stderr.write(`  said of it: ${said}\n`)
  await pause((awayS * 1_000) / 2 - (performance.now() - goneAt))
  keep(await accepting([house, other], blocks))
  await pause(awayS * 1_000 - 10_000 - (performance.now() - goneAt))
  keep(await accepting([house, other], 1))
  await pause(awayS * 1_000 - (performance.now() - goneAt))

  const tasks = (await readDeadlines(house.nats)).size
  await house.redis.start()
  const backAt = performance.now()
  // Each task has one: the deadline that it waits for, or the next step up.
  await until('Redis has all timers', async () => (await house.waiting()) >= tasks, 120_000)
  await until('it is said no more', async () => !(await status()).some(isOfRedis), 120_000)
  const caughtUpAfter = performance.now() - backAt
  const after = await accepting([house, other], blocks)

  const wanted = ({ due, createdAt }: Deadline) => due - createdAt < (dayS * 1_000) / 2
  const rung = async () => [...(await readDeadlines(house.nats)).values()].filter(wanted)
  await until('all have rung', async () => (await rung()).every(({ rung: at }) => at.length > 0), 90_000).catch(
    () => {},
  )
  await pause(2_000)
  const { late, early, notOnce } = judge(await rung())
  await Promise.all([stopProgram(house.service), stopProgram(other.service)])
  const accepted = (name: string, [mine, floor]: [number[], number[]]): Figure => ({
    name: `tasks accepted a second ${name}`,
    value: median(mine),
    floor: median(floor),
    unit: '/s',
  })
  return [
    accepted('before', before),
    { ...accepted(`while Redis is away for ${awayS / 60} min`, rates), target: atLeastTimes(0.8) },
    accepted('after', after),
    { name: 'Redis gone until !status says so', value: saidAfter / 1_000, unit: 's', target: atMost(20) },
    {
      name: 'Redis back until it has all and nothing is said',
      value: caughtUpAfter / 1_000,
      unit: 's',
      target: atMost(60),
    },
    { name: '  timers then', value: tasks, unit: '' },
    { name: `${count} deadlines meanwhile: not rung for exactly once`, value: notOnce, unit: '', target: none },
    { name: '  early', value: early, unit: 'deadlines', target: none },
    { name: '  late p50', value: median(late) / 1_000, unit: 's' },
    { name: '  late p99', value: quantile(late, 0.99) / 1_000, unit: 's', target: atMost(polledMs / 1_000) },
  ]
}

function isOfRedis(trouble: string): boolean {
  return trouble.startsWith('redis is away')
}

/** Tasks that each of two services takes in a second, block by block in turn. */
async function accepting([one, two]: [Clockwork, Clockwork], times: number): Promise<[number[], number[]]> {
  const rates: [number[], number[]] = [[], []]
  for (let time = 0; time < times; time++) {
    rates[0].push(await rate(one))
    rates[1].push(await rate(two))
  }
  return rates
}

async function rate({ doors }: Clockwork): Promise<number> {
  const begun = performance.now()
  await askFor(doors, { count: block, seconds: dayS, spread: 0 })
  return (block / (performance.now() - begun)) * 1_000
}

/** What `!status` and `breakroom status` say is wrong. */
function asksForStatus({ nats }: Clockwork): () => Promise<string[]> {
  const { bus } = nats.as({ kind: 'cli' })
  return async () => {
    const answer = await bus.request(subjects.service('desk', 'status'), {}, 10_000)
    return (answer as { troubles: string[] }).troubles
  }
}
