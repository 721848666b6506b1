import { setTimeout as pause } from 'node:timers/promises'
import { busUserName, busUsers } from '../adapters/nats/permissions.ts'
import { startParts, stopParts } from '../cli/fleet-process.ts'
import { startProvisionedNats } from '../test/support/nats.ts'
import { temporaryFolder } from '../test/support/process.ts'
import { quietLog, quietMetrics } from '../test/support/quiet.ts'
import { startRedis } from '../test/support/redis.ts'
import { houseContext } from '../test/support/task-house.ts'
import { atMost, type Figure, none, type Size } from './figure.ts'
import { delayedJobs } from './floor/delayed-jobs.ts'
import { median, quantile } from './quantile.ts'
import { askFor, breaches, judge, readDeadlines } from './tasks-clockwork.ts'
import { openDoors, rolesOf, taskFleet, taskRoles } from './tasks-doors.ts'

const count = 1_000
const hour = 3_600_000
/** Time to ask for all of them. */
const leadS = 20
/** What it looks after by itself when Redis rings too late, and a moment for the ledger. */
const polledMs = 16_000

/**
 * The wall clock of the service jumps while a thousand deadlines wait: an hour ahead, back, an hour back, ahead again, and to and fro every
 * second. The bus is another process, whose time is true. The floor is as many delayed jobs of a bare BullMQ queue under the same clock.
 */
export async function taskClockJumps(size: Size): Promise<Figure[]> {
  const each = size === 'short' ? 12 : 30
  const phases: { name: string; ahead: number; seconds: number }[] = [
    { name: 'an hour ahead', ahead: hour, seconds: each },
    { name: 'right again', ahead: 0, seconds: each },
    { name: 'an hour back', ahead: -hour, seconds: each },
    { name: 'right once more', ahead: 0, seconds: each },
    ...Array.from({ length: each }, (_, index) => ({
      name: 'to and fro',
      ahead: index % 2 === 0 ? hour : -hour,
      seconds: 1,
    })),
  ]
  using wall = movedWall()
  await using redis = await startRedis()
  await using nats = await startProvisionedNats({ roles: [...taskRoles] })
  using folder = temporaryFolder()
  const fleet = taskFleet()
  const seeds = Object.fromEntries(
    busUsers([...taskRoles]).map((user) => [busUserName(user), nats.options(user).seed ?? '']),
  )
  const context = houseContext(
    { fleet, roles: rolesOf(taskRoles), natsUrl: nats.url, seeds, folder: folder.path },
    {
      clock: { now: () => new Date(Date.now()), monotonic: () => performance.now() },
      log: quietLog,
      metrics: quietMetrics,
    },
  )
  const parts = await startParts({ ...context, redisUrl: redis.url }, ['tasks'])
  const told = await breaches(nats)
  const seconds = phases.reduce((sum, phase) => sum + phase.seconds, 0)
  const asked = performance.now()
  await askFor(openDoors(nats), { count, seconds: leadS, spread: seconds })
  const soon = wall.trueNow() + 5_000
  await using jobs = delayedJobs(redis.url)
  await jobs.set(Array.from({ length: count }, (_, index) => soon + (seconds * 1_000 * index) / count))
  const bare = jobs.late(count, (seconds + 2 * leadS) * 1_000, wall.trueNow)
  bare.catch(() => {})
  await pause(Math.max(0, asked + leadS * 1_000 - performance.now()))

  const jumps: { name: string; from: number }[] = []
  for (const { name, ahead, seconds: lasts } of phases) {
    jumps.push({ name, from: wall.trueNow() })
    wall.ahead = ahead
    await pause(lasts * 1_000)
  }
  jumps.push({ name: 'right at last', from: wall.trueNow() })
  wall.ahead = 0
  await told.reach(count, 60_000).catch(() => {})
  await pause(2_000)
  const deadlines = [...(await readDeadlines(nats)).values()]
  const { early, notOnce, late } = judge(deadlines)
  const bareLate = await bare
  await stopParts(parts)
  const phaseOf = (due: number) => jumps.findLast(({ from }) => from <= due)?.name ?? 'before'
  const byPhase = Map.groupBy(deadlines, ({ due }) => phaseOf(due))
  const bareEarly = bareLate.filter((ms) => ms < 0).length
  return [
    { name: `${count} deadlines: early`, value: early, floor: bareEarly, unit: 'deadlines', target: none },
    { name: '  not rung for exactly once', value: notOnce, unit: 'deadlines', target: none },
    { name: '  late p50', value: median(late) / 1_000, unit: 's' },
    { name: '  late at most', value: quantile(late, 1) / 1_000, unit: 's', target: atMost(polledMs / 1_000) },
    ...[...byPhase].map(([name, all]) => {
      const those = judge(all).late
      return { name: `  due when the clock is ${name}: late p50`, value: median(those) / 1_000, unit: 's' }
    }),
  ]
}

/** The wall clock of this process as everybody in it reads it, `ahead` ms before the true one. As it was when disposed of. */
function movedWall(): Disposable & { ahead: number; trueNow: () => number } {
  const trueNow = Date.now
  const wall = {
    ahead: 0,
    trueNow: () => trueNow.call(Date),
    [Symbol.dispose]() {
      Date.now = trueNow
    },
  }
  Date.now = () => wall.trueNow() + wall.ahead
  return wall
}
