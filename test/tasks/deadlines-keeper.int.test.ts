import { Redis } from 'ioredis'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { createBullTimers } from '../../adapters/bullmq/timers.ts'
import { BreakroomError } from '../../core/errors.ts'
import type { Task } from '../../core/task/task.ts'
import type { TaskTimer } from '../../core/task/task-timer.ts'
import type { Metrics } from '../../ports/metrics.ts'
import type { Timers } from '../../ports/timers.ts'
import { createDeadlineKeeper } from '../../tasks/deadlines/keeper.ts'
import { createMoments, type Moments } from '../../tasks/deadlines/moments.ts'
import { until } from '../support/process.ts'
import { quietLog } from '../support/quiet.ts'
import { type RedisServer, startRedis } from '../support/redis.ts'
import { keyOf, taskAt } from '../support/tasks.ts'

const minute = 60_000
const hour = 60 * minute
const often = 40

let server: RedisServer
let redis: Redis
const trueNow = Date.now
/** What has been added to this machine's time: by a jump to the wall's alone, by time that passes to both. */
let wallAhead = 0
let passed = 0
const clock = { now: () => new Date(Date.now()), monotonic: () => performance.now() + passed }
const open: { end(): Promise<void> }[] = []

beforeAll(async () => {
  server = await startRedis()
  redis = new Redis(server.url)
  redis.on('error', () => {})
  // BullMQ reads the same wall clock as everybody.
  vi.spyOn(Date, 'now').mockImplementation(() => trueNow() + wallAhead)
})
beforeEach(async () => {
  wallAhead = 0
  passed = 0
  await redis.flushall()
})
afterEach(async () => {
  for (const house of open.splice(0)) await house.end()
})
afterAll(async () => {
  vi.restoreAllMocks()
  redis.disconnect()
  await server[Symbol.asyncDispose]()
})

function jump(ms: number): void {
  wallAhead += ms
}

function pass(ms: number): void {
  wallAhead += ms
  passed += ms
}

/** A due moment from now. */
function after(ms: number): Date {
  return new Date(Date.now() + ms)
}

/** The live tasks with their deadlines, and a ledger that takes each command: what was rung for is not a deadline any more. */
function createHouse() {
  const tasks = new Map<string, Task>()
  const deadlines = new Map<string, Map<string, TaskTimer>>()
  const rung: string[] = []
  const house = {
    tasks,
    rung,
    /** How often all tasks were looked at. */
    looks: 0,
    due: (number: number, kind: string): Date => deadlines.get(keyOf(number))?.get(kind)?.due ?? new Date(Number.NaN),
    /** What the ledger does with a command; rejecting, it takes none. */
    take: async (_timer: TaskTimer): Promise<void> => {},
    put(number: number, dues: Record<string, Date>): Task {
      const key = keyOf(number)
      const task = taskAt(number, (tasks.get(key)?.version ?? 0) + 1)
      tasks.set(key, task)
      deadlines.set(
        key,
        new Map(Object.entries(dues).map(([kind, due]) => [kind, { id: `${key}.${kind}`, key, due, kind }])),
      )
      return task
    },
    finish(number: number): Task {
      const task = { ...house.put(number, {}), status: 'done' as const }
      tasks.delete(task.key)
      return task
    },
    timersOf: ({ key }: Task) => [...(deadlines.get(key)?.values() ?? [])],
    async ring(task: Task, timer: TaskTimer): Promise<void> {
      await house.take(timer)
      rung.push(timer.id)
      const left = deadlines.get(timer.key)
      if (left?.get(timer.kind)?.due === timer.due) left.delete(timer.kind)
      tasks.set(task.key, { ...task, version: task.version + 1 })
    },
  }
  return house
}

interface KeepOptions {
  org?: string
  everyMs?: number
  /** Those of the process; a new process unless said otherwise. */
  moments?: Moments
}

function momentsOfProcess(): Moments {
  return createMoments({ clock, log: quietLog })
}

/** A keeper of the house's deadlines on real Redis. */
function keep(
  house: ReturnType<typeof createHouse>,
  { org = 'acme', everyMs = often, moments = momentsOfProcess() }: KeepOptions = {},
) {
  const ending = new AbortController()
  const timers = createBullTimers({ url: server.url, org })
  const said: (string | null)[] = []
  const counted = new Map<string, number>()
  /** What Redis rang, and what it was answered. */
  const bells: { id: string; again: Date | null }[] = []
  const metrics: Metrics = {
    count: (name, labels = {}, by = 1) => {
      const key = [name, labels.what].filter(Boolean).join(' ')
      counted.set(key, (counted.get(key) ?? 0) + by)
    },
    gauge(name, value) {
      counted.set(name, value)
      if (name === 'breakroom_timers_pending') metrics.count(name, { what: 'said' })
    },
  }
  const listened: Timers = {
    ...timers,
    get connected() {
      return timers.connected
    },
    ring: (handler, signal) =>
      timers.ring(async (id) => {
        const again = await handler(id)
        bells.push({ id, again })
        return again
      }, signal),
  }
  const keeper = createDeadlineKeeper({
    timers: listened,
    tasks: () => {
      house.looks++
      return house.tasks.values()
    },
    task: (key) => house.tasks.get(key) ?? null,
    timersOf: house.timersOf,
    async ring(task, timer) {
      await house.ring(task, timer)
      const now = house.tasks.get(task.key)
      if (now !== undefined) keeper.look(now)
    },
    moments,
    clock,
    everyMs,
    onDegraded: (why) => said.push(why),
    log: quietLog,
    metrics,
    signal: ending.signal,
  })
  const kept = {
    keeper,
    timers,
    said,
    counted,
    bells,
    /** Begins, and has compared once: from then on Redis is told at once. */
    async begin() {
      await keeper.begin()
      await until('it has compared', () => counted.has('breakroom_timers_pending'))
      await keeper.idle()
    },
    stop: () => ending.abort(),
    async end() {
      ending.abort()
      await keeper.idle()
      await timers.close()
    },
  }
  open.push(kept)
  return kept
}

function numbers(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index + 1)
}

describe('the deadline keeper', () => {
  it('rings once when Redis says that the moment has come', async () => {
    const house = createHouse()
    const { keeper, begin, timers, counted, bells } = keep(house, { everyMs: hour })
    await begin()
    const due = after(500)
    const at: number[] = []
    house.take = async () => void at.push(Date.now())
    keeper.look(house.put(1, { acknowledge: due }))

    await until('it is rung for', () => house.rung.length === 1)

    expect(house.rung).toEqual(['task-1.acknowledge'])
    expect(at[0]).toBeGreaterThanOrEqual(due.getTime())
    expect(bells).toHaveLength(1)
    expect(counted.get('breakroom_timers_rung_total in time')).toBe(1)
    await until('nothing waits', async () => (await timers.pending()).size === 0)
  })

  it('sets what a change brings, moves what it moves and removes what it takes away', async () => {
    const house = createHouse()
    const { keeper, timers } = keep(house, { everyMs: hour })
    await keeper.begin()
    keeper.look(house.put(1, { acknowledge: after(hour), complete: after(2 * hour) }))
    keeper.look(house.put(2, { complete: after(hour) }))
    keeper.look(house.put(3, { complete: after(hour) }))
    await keeper.idle()
    expect(await timers.pending()).toEqual(
      new Set(['task-1.acknowledge', 'task-1.complete', 'task-2.complete', 'task-3.complete']),
    )

    keeper.look(house.put(1, { complete: after(2 * hour) }))
    keeper.look(house.finish(2))
    keeper.look(house.put(3, { complete: after(100) }))

    await until('the moved one is rung for', () => house.rung.length === 1)
    await keeper.idle()
    expect(house.rung).toEqual(['task-3.complete'])
    await until('the rest is gone', async () => (await timers.pending()).size === 1)
    expect(await timers.pending()).toEqual(new Set(['task-1.complete']))
  })

  it('does not take an older version of a task for news', async () => {
    const house = createHouse()
    const { keeper, timers } = keep(house, { everyMs: hour })
    await keeper.begin()
    const older = house.put(1, { acknowledge: after(hour) })
    keeper.look(house.put(1, {}))
    keeper.look({ ...older })
    await keeper.idle()
    expect(await timers.pending()).toEqual(new Set())
  })

  it('rings at once after a restart for what is overdue, and takes away what nobody waits for any more', async () => {
    const house = createHouse()
    const before = keep(house)
    await before.keeper.begin()
    for (const number of numbers(20)) before.keeper.look(house.put(number, { complete: after(minute + number) }))
    before.keeper.look(house.put(21, { complete: after(hour) }))
    before.keeper.look(house.put(22, { complete: after(hour) }))
    await before.keeper.idle()
    await before.end()
    expect(house.rung).toEqual([])
    pass(10 * minute)
    house.finish(22)

    const { keeper, timers, counted } = keep(house, { everyMs: hour })
    await keeper.begin()

    await until('the overdue ones are rung for', () => house.rung.length >= 20)
    await until('Redis has what waits', async () => (await timers.pending()).size === 1)
    await keeper.idle()
    expect(house.rung.toSorted()).toEqual(
      numbers(20)
        .map((number) => `task-${number}.complete`)
        .toSorted(),
    )
    expect(await timers.pending()).toEqual(new Set(['task-21.complete']))
    expect(counted.get('breakroom_timers_rung_total late')).toBe(20)
  })

  it('rings again until the ledger has taken the command, and then no more', async () => {
    const house = createHouse()
    const { keeper } = keep(house, { everyMs: hour })
    await keeper.begin()
    let tries = 0
    house.take = async () => {
      if (++tries < 3) throw new BreakroomError('unavailable', 'The ledger is away.')
    }
    keeper.look(house.put(1, { complete: after(-1) }))

    await until('it is rung for', () => house.rung.length === 1)

    await keeper.idle()
    expect(tries).toBe(3)
    expect(house.rung).toEqual(['task-1.complete'])
  })

  it('rings once although Redis and the clock say so at the same time, and the ledger is slow', async () => {
    const house = createHouse()
    const { keeper, counted, bells } = keep(house, { everyMs: 10 })
    const ledger = Promise.withResolvers<void>()
    let commands = 0
    house.take = () => {
      commands++
      return ledger.promise
    }
    await keeper.begin()
    keeper.look(house.put(1, { complete: after(50) }))
    await until('it is rung for', () => commands === 1)
    // As if Redis did not know of it: it is set again, and due.
    await redis.flushall()
    const other = createBullTimers({ url: server.url, org: 'acme' })
    open.push({ end: () => other.close() })
    await other.set([{ id: 'task-1.complete', due: after(-1) }])
    await until('Redis rings for it', async () => (await redis.llen('acme:bullmq:timers:active')) === 1)
    const looks = () => counted.get('breakroom_timers_pending said') ?? 0
    const before = looks()
    await until('it was looked at the clock', () => looks() > before + 3)

    ledger.resolve()

    await until('Redis has heard', () => bells.length > 0)
    await keeper.idle()
    expect(commands).toBe(1)
    expect(house.rung).toEqual(['task-1.complete'])
  })

  it('keeps the deadlines of others while the ledger is slow, and a new moment of the same', async () => {
    const house = createHouse()
    const { keeper, begin, timers, bells } = keep(house, { everyMs: hour })
    const ledger = Promise.withResolvers<void>()
    let commands = 0
    house.take = () => {
      commands++
      return ledger.promise
    }
    await begin()
    keeper.look(house.put(1, { complete: after(500), acknowledge: after(501) }))
    await until('Redis rings for both', () => commands === 2)
    const moved = after(hour)
    keeper.look(house.put(1, { complete: moved }))
    keeper.look(house.put(2, { complete: after(hour) }))
    await until('the other waits', async () => (await timers.pending()).has('task-2.complete'), 1_000)

    ledger.resolve()

    await until('Redis has heard of both', () => bells.length === 2)
    await keeper.idle()
    expect(bells.toSorted((a, b) => a.id.localeCompare(b.id))).toEqual([
      { id: 'task-1.acknowledge', again: null },
      { id: 'task-1.complete', again: expect.any(Date) },
    ])
    await until('both wait', async () => (await timers.pending()).size === 2)
    expect(await timers.pending()).toEqual(new Set(['task-1.complete', 'task-2.complete']))
  })

  it('does not ring again for what was rung for although the task still has it', async () => {
    const house = createHouse()
    const { keeper, timers } = keep(house)
    await keeper.begin()
    const due = after(50)
    keeper.look(house.put(1, { complete: due }))
    await until('it is rung for', () => house.rung.length === 1)
    keeper.look(house.put(1, { complete: due, other: after(hour) }))

    await timers.set([{ id: 'task-1.complete', due: after(-1) }])

    await until('it is taken away', async () => !(await timers.pending()).has('task-1.complete'))
    await keeper.idle()
    expect(house.rung).toEqual(['task-1.complete'])
  })

  it('leaves what waits to whoever leads next', async () => {
    const house = createHouse()
    const first = keep(house)
    await first.keeper.begin()
    first.keeper.look(house.put(1, { complete: after(300) }))
    await first.keeper.idle()
    first.stop()
    first.keeper.look(house.put(2, { complete: after(300) }))

    const second = keep(house)
    await second.keeper.begin()

    await until('both are rung for', () => house.rung.length === 2)
    await second.keeper.idle()
    expect(house.rung.toSorted()).toEqual(['task-1.complete', 'task-2.complete'])
    expect(first.bells).toEqual([])
  })

  it('rings through many hours, each reminder once and in order', async () => {
    const house = createHouse()
    const { keeper } = keep(house)
    await keeper.begin()
    const begun = Date.now()
    const remind = (day: number) => house.put(1, { [`remind-${day}`]: new Date(begun + day * 24 * hour) })
    keeper.look(remind(1))
    for (const passedHours of numbers(96)) {
      const days = Math.floor(passedHours / 24)
      pass(hour)
      await until(`day ${days} is over`, () => house.rung.length >= days)
      if (passedHours % 24 === 0) keeper.look(remind(days + 1))
    }
    await keeper.idle()
    expect(house.rung).toEqual(numbers(4).map((day) => `task-1.remind-${day}`))
  })
})

describe('the deadline keeper, when Redis is not what it was', () => {
  it('F29: has everything set again after all was deleted, and rings nothing twice', async () => {
    const house = createHouse()
    const { keeper, timers, counted } = keep(house)
    for (const number of numbers(1_000)) house.put(number, { complete: after(hour + number) })
    await keeper.begin()
    await until('all wait', async () => (await timers.pending()).size === 1_000)

    await redis.flushall()

    const began = performance.now()
    await until('all wait again', async () => (await timers.pending()).size === 1_000)
    expect(performance.now() - began).toBeLessThan(5_000)
    await until('it is counted', () => counted.get('breakroom_timers_restored_total') === 1_000)

    pass(hour + minute)
    await until('all are rung for', () => house.rung.length >= 1_000)
    await until('nothing waits', async () => (await timers.pending()).size === 0)
    await keeper.idle()
    expect(new Set(house.rung).size).toBe(1_000)
    expect(house.rung).toHaveLength(1_000)
  })

  it('F29: rings nothing twice when all is deleted while hundreds ring', async () => {
    const house = createHouse()
    const { keeper, timers } = keep(house)
    house.take = async () => void (await redis.ping())
    for (const number of numbers(600)) house.put(number, { complete: after(200 + number) })
    await keeper.begin()
    for (let half = 1; half <= 5; half++) {
      await until('some have rung', () => house.rung.length > half * 50)
      await redis.flushall()
    }

    await until('all are rung for', () => house.rung.length >= 600)
    await keeper.idle()
    await until('nothing waits', async () => (await timers.pending()).size === 0)
    expect(new Set(house.rung).size).toBe(600)
    expect(house.rung).toHaveLength(600)
  })

  it('F30: rings by the clock while Redis is away for ten minutes, says so once, and catches up', async () => {
    const house = createHouse()
    const { keeper, timers, said, counted } = keep(house)
    for (const number of numbers(10)) house.put(number, { complete: after(number * minute) })
    house.put(100, { complete: after(hour) })
    await keeper.begin()
    await until('all wait', async () => (await timers.pending()).size === 11)
    await server.kill()
    await until('it is said', () => said.length === 1)
    expect(keeper.degraded).toContain('Redis')
    expect(counted.get('breakroom_timers_degraded')).toBe(1)

    for (const number of numbers(10)) {
      keeper.look(house.put(200 + number, { acknowledge: after(90_000) }))
      pass(minute)
      await until(`minute ${number} is rung for`, () => house.rung.includes(`task-${number}.complete`))
    }
    expect(house.rung).toHaveLength(19)
    expect(said).toHaveLength(1)

    await server.start()

    await until('it is back', () => keeper.degraded === null)
    expect(said).toEqual([expect.any(String), null])
    expect(counted.get('breakroom_timers_degraded')).toBe(0)
    expect(await timers.pending()).toEqual(new Set(['task-100.complete', 'task-210.acknowledge']))
    pass(2 * minute)
    await until('the rest is rung for', () => house.rung.length === 20)
    expect(new Set(house.rung).size).toBe(20)
  })

  it('F30: begins without Redis, and rings', async () => {
    await server.kill()
    const house = createHouse()
    house.put(1, { complete: after(-1) })
    house.put(2, { complete: after(300) })
    const { keeper, said } = keep(house)
    await keeper.begin()
    await until('both are rung for', () => house.rung.length === 2)
    await until('it is said', () => said.length === 1)

    await server.start()

    await until('it is back', () => said.length === 2)
  })

  it('F30: says nothing of a Redis that was away for a moment', async () => {
    const house = createHouse()
    const { keeper, begin, timers, said } = keep(house, { everyMs: hour })
    await begin()
    keeper.look(house.put(1, { complete: after(hour) }))
    await keeper.idle()
    await server.kill()
    keeper.look(house.put(2, { complete: after(hour) }))
    await keeper.idle()

    await server.start()

    await until('both wait', async () => (await timers.pending()).size === 2)
    await keeper.idle()
    expect(said).toEqual([])
  })

  it('F32: finds what a fail-over has lost, and what it has brought back', async () => {
    const house = createHouse()
    const { keeper, timers } = keep(house)
    for (const number of numbers(50)) house.put(number, { complete: after(hour) })
    await keeper.begin()
    await until('all wait', async () => (await timers.pending()).size === 50)
    const key = (id: string) => `acme:bullmq:timers:t_${id}`

    // The last second of changes: some were never set, one lost half, one that was removed is there again.
    for (const number of numbers(10)) {
      await redis.zrem('acme:bullmq:timers:delayed', `t_task-${number}.complete`)
      if (number % 2 === 0) await redis.del(key(`task-${number}.complete`))
    }
    await timers.set([{ id: 'task-99.complete', due: after(hour) }])

    await until('it is as the tasks say', async () => {
      const there = await timers.pending()
      return there.size === 50 && !there.has('task-99.complete')
    })
    pass(hour)
    await until('all are rung for', () => house.rung.length >= 50)
    await keeper.idle()
    expect(new Set(house.rung).size).toBe(50)
  })
})

describe('the deadline keeper, when the clock of the house jumps', () => {
  it.each([
    ['forward', hour],
    ['back', -hour],
  ])(
    'F50: rings neither early nor twice nor late when it jumps %s by an hour while a deadline waits',
    async (_, ms) => {
      const house = createHouse()
      const { keeper, timers, bells } = keep(house)
      house.put(1, { complete: after(30 * minute) })
      await keeper.begin()
      await until('it waits', async () => (await timers.pending()).size === 1)

      jump(ms)
      // Something else that is due makes BullMQ look at its clock.
      keeper.look(house.put(2, { acknowledge: after(100) }))
      await until('the other is rung for', () => house.rung.length === 1)
      if (ms > 0) await until('Redis rings early', () => bells.some(({ again }) => again !== null))
      pass(29 * minute)
      keeper.look(house.put(3, { acknowledge: after(100) }))
      await until('the third is rung for', () => house.rung.length === 2)
      expect(house.rung).toEqual(['task-2.acknowledge', 'task-3.acknowledge'])

      pass(minute)

      await until('it is rung for', () => house.rung.length === 3)
      await until('nothing waits', async () => (await timers.pending()).size === 0)
      expect(house.rung[2]).toBe('task-1.complete')
      jump(-ms)
      await keeper.idle()
      expect(house.rung).toHaveLength(3)
    },
  )

  it('F50: takes neither a jump there nor the one back for time', async () => {
    const house = createHouse()
    const { keeper, timers } = keep(house)
    house.put(1, { complete: after(10 * minute) })
    await keeper.begin()
    await until('it waits', async () => (await timers.pending()).size === 1)
    for (const ms of [hour, -hour, -hour, hour, 5 * minute, -5 * minute]) {
      jump(ms)
      pass(minute)
      keeper.look(house.put(2, { [`at-${passed}`]: after(20) }))
      const soFar = house.rung.length
      await until('the other is rung for', () => house.rung.length > soFar)
    }
    expect(house.rung).not.toContain('task-1.complete')

    pass(4 * minute)

    await until('it is rung for', () => house.rung.includes('task-1.complete'))
    await keeper.idle()
    expect(house.rung).toHaveLength(7)
  })

  it('F50: counts from when it learned of a deadline, also when the clock was wrong then', async () => {
    const house = createHouse()
    const { keeper } = keep(house)
    await keeper.begin()
    jump(-hour)
    keeper.look(house.put(1, { complete: after(10 * minute) }))
    await keeper.idle()
    jump(hour)
    pass(9 * minute)
    keeper.look(house.put(2, { acknowledge: after(20) }))
    await until('the other is rung for', () => house.rung.length === 1)
    expect(house.rung).toEqual(['task-2.acknowledge'])

    pass(minute)

    await until('it is rung for', () => house.rung.includes('task-1.complete'))
  })

  it.each([
    ['forward', hour],
    ['back', -hour],
  ])(
    'F50: rings neither early nor late when a jump %s has ended a term, and the next one begins while the clock is wrong',
    async (_, ms) => {
      const house = createHouse()
      const moments = momentsOfProcess()
      const first = keep(house, { moments })
      house.put(1, { complete: after(30 * minute) })
      await first.begin()
      await first.keeper.idle()
      jump(ms)
      first.stop()
      await first.keeper.idle()
      const { keeper, begin } = keep(house, { moments })
      await begin()
      pass(29 * minute)
      keeper.look(house.put(2, { acknowledge: after(20) }))
      await until('the other is rung for', () => house.rung.length > 0)
      expect(house.rung).toEqual(['task-2.acknowledge'])

      pass(minute)

      await until('it is rung for', () => house.rung.length === 2)
      await keeper.idle()
      expect(house.rung).toEqual(['task-2.acknowledge', 'task-1.complete'])
    },
  )

  it('F50: rings for nothing early when it leads for the first time after the clock has jumped', async () => {
    const house = createHouse()
    const moments = momentsOfProcess()
    house.put(1, { complete: after(30 * minute) })
    jump(hour)
    const { keeper, begin } = keep(house, { moments })
    await begin()
    // Also not for a deadline that was there before, when its task changes.
    keeper.look(house.put(1, { complete: house.due(1, 'complete'), acknowledge: after(20) }))
    await until('the other is rung for', () => house.rung.length > 0)
    pass(29 * minute)
    keeper.look(house.put(2, { acknowledge: after(20) }))
    await until('the second is rung for', () => house.rung.length > 1)
    expect(house.rung).toEqual(['task-1.acknowledge', 'task-2.acknowledge'])

    pass(minute)

    await until('it is rung for', () => house.rung.length === 3)
  })

  it('F50: follows the clock when it has stood by its jump for an hour, as after a sleep of the machine', async () => {
    const house = createHouse()
    const { keeper } = keep(house)
    house.put(1, { complete: after(5 * hour) })
    await keeper.begin()
    await keeper.idle()
    jump(8 * hour)
    await until('it has seen that', async () => {
      const { looks } = house
      await until('it looks again', () => house.looks > looks + 1)
      return true
    })
    pass(hour - minute)
    keeper.look(house.put(2, { acknowledge: after(20) }))
    await until('the other is rung for', () => house.rung.length === 1)
    expect(house.rung).toEqual(['task-2.acknowledge'])

    pass(minute)

    await until('it is rung for', () => house.rung.includes('task-1.complete'))
  })
})
