import { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { createBullTimers } from '../../../adapters/bullmq/timers.ts'
import type { Log } from '../../../ports/log.ts'
import type { Timers } from '../../../ports/timers.ts'
import { inMs, listen, timersContract } from '../../contract/timers.ts'
import { until } from '../../support/process.ts'
import { quietLog } from '../../support/quiet.ts'
import { type RedisServer, startRedis } from '../../support/redis.ts'

let server: RedisServer
let redis: Redis
const open: Timers[] = []
let orgs = 0
const printed = vi.spyOn(console, 'error')
const warned = vi.spyOn(console, 'warn')

beforeAll(async () => {
  server = await startRedis()
  redis = clientOf(server)
})
afterAll(async () => {
  await Promise.all(open.map((timers) => timers.close()))
  redis.disconnect()
  await server[Symbol.asyncDispose]()
  expect(printed).not.toHaveBeenCalled()
  expect(warned).not.toHaveBeenCalled()
})

function timersOf(org: string): Timers {
  const timers = createBullTimers({ url: server.url, org })
  open.push(timers)
  return timers
}

/** A Redis that only one test has, and that it may break. What was made of it is closed before it ends. */
async function startOwnRedis() {
  const server = await startRedis()
  const redis = clientOf(server)
  const made: Timers[] = []
  return {
    server,
    redis,
    timersOf(org: string, log?: Log): Timers {
      const timers = createBullTimers({ url: server.url, org, ...(log === undefined ? {} : { log }) })
      made.push(timers)
      return timers
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(made.map((timers) => timers.close()))
      redis.disconnect()
      await server[Symbol.asyncDispose]()
    },
  }
}

function clientOf({ url }: RedisServer): Redis {
  const redis = new Redis(url)
  redis.on('error', () => {})
  return redis
}

async function elapsed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now()
  await work()
  return performance.now() - began
}

timersContract('Redis', async () => timersOf(`org${orgs++}`))

// These mostly wait too; whoever breaks Redis has one of its own.
describe.concurrent('timers in Redis', () => {
  it('a timer that was being fetched when its bell ended rings for whoever comes next, at once', async () => {
    await using own = await startOwnRedis()
    const timers = own.timersOf('org')
    const first = listen(timers)
    await timers.set([inMs('a', -1)])
    await until('it waits for the next', async () => (await timers.pending()).size === 0 && first.heard.length === 1)
    const monitor = await own.redis.monitor()
    const asked = new Promise<void>((resolve) => {
      monitor.on('monitor', (_, words: string[]) => {
        // Only what fetches a job names both of these.
        if (!['active', 'stalled'].every((key) => words.includes(`org:bullmq:timers:${key}`))) return
        first.end()
        resolve()
      })
    })
    await timers.set([inMs('b', -1)])
    await asked

    const second = listen(timers)

    await until('the next one hears it', () => second.heard.length === 1, 4_000)
    expect(first.ids()).toEqual(['a'])
    monitor.disconnect()
  })

  it('leaves nothing of a timer behind once it has rung', async () => {
    const timers = timersOf('tidy')
    const { heard } = listen(timers, async () => {
      if (heard.length === 1) throw new Error('a secret of the task')
      return null
    })
    await timers.set([inMs('x', -1)])
    await until('it failed', () => heard.length === 1)
    const kept = await until('it waits', async () => {
      const job = await redis.hgetall('tidy:bullmq:timers:t_x')
      return job.failedReason === undefined ? null : job
    })
    expect(JSON.stringify(kept)).not.toContain('secret')

    await until('it has rung', () => heard.length === 2)

    await until('its job is gone', async () => (await redis.keys('tidy:bullmq:timers:t_*')).length === 0)
    expect(await redis.exists('tidy:bullmq:timers:completed', 'tidy:bullmq:timers:failed')).toBe(0)
  })

  it('rings each timer for one of those who listen to the same queue, and for nobody else', async () => {
    const [one, two, stranger] = [timersOf('acme'), timersOf('acme'), timersOf('acme2')]
    const bells = [listen(one), listen(two), listen(stranger)]
    const all = Array.from({ length: 400 }, (_, index) => inMs(`t-${index}`, 300 + (index % 20) * 10))
    await Promise.all([one.set(all.slice(0, 200)), two.set(all.slice(200)), stranger.set([inMs('mine', 100)])])

    const rung = () => bells.slice(0, 2).flatMap((bell) => bell.ids())
    await until('all have rung', () => rung().length >= all.length)
    await until('nothing waits', async () => (await one.pending()).size === 0)

    expect(rung().sort()).toEqual(all.map(({ id }) => id).sort())
    expect(bells[2]?.ids()).toEqual(['mine'])
    expect(bells[0]?.ids().length).toBeGreaterThan(0)
    expect(bells[1]?.ids().length).toBeGreaterThan(0)
  })

  it('rings for whoever is left when a listener is cut off in the middle', async () => {
    const [dead, alive] = [timersOf('heirs'), timersOf('heirs')]
    const first = listen(dead, () => new Promise(() => {}))
    await dead.set([inMs('x', -1)])
    await until('it is rung for', () => first.heard.length === 1)
    await dead.close()

    const second = listen(alive)

    await until('it rings again', () => second.heard.length === 1, 25_000)
  })

  it('F29: rings for what is set after everything was deleted under a listener that waits', async () => {
    await using own = await startOwnRedis()
    const timers = own.timersOf('flushed')
    const { heard } = listen(timers)
    await timers.set([inMs('lost', 60_000), inMs('before', -1)])
    await until('it listens', () => heard.length === 1)

    await own.redis.flushall()

    expect(await timers.pending()).toEqual(new Set())
    await timers.set([inMs('soon', 200), inMs('now', -1)])
    await until('both have rung', () => heard.length === 3, 3_000)
    await timers.set([inMs('lost', -1)])
    await until('it goes on', () => heard.length === 4, 3_000)
  })

  it('F29: goes on when everything is deleted while it is being rung for', async () => {
    await using own = await startOwnRedis()
    const timers = own.timersOf('cut')
    const slow = Promise.withResolvers<null>()
    const bell = listen(timers, (id) => (id === 'slow' ? slow.promise : Promise.resolve(null)))
    await timers.set([inMs('slow', -1)])
    await until('it is rung for', () => bell.heard.length === 1)
    await own.redis.flushall()
    slow.resolve(null)

    await timers.set([inMs('next', 50)])

    await until('the next has rung', () => bell.ids().includes('next'), 5_000)
    expect(bell.ids()).toEqual(['next', 'slow'])
  })

  it('F32: keeps what is set again although half of it was lost', async () => {
    const timers = timersOf('half')
    await timers.set([inMs('no hash', 60_000), inMs('no place', 60_000), inMs('whole', 60_000)])
    await redis.del('half:bullmq:timers:t_no~0020hash')
    await redis.zrem('half:bullmq:timers:delayed', 't_no~0020place')
    expect(await timers.pending()).toEqual(new Set(['no hash', 'whole']))

    await timers.set([inMs('no hash', 100), inMs('no place', 100)])
    const bell = listen(timers)

    await until('both have rung', () => bell.heard.length === 2)
    expect(bell.ids()).toEqual(['no hash', 'no place'])
  })

  it('F30: rejects soon while Redis is away, crashes nothing, and rings again when it is back', async () => {
    await using own = await startOwnRedis()
    const timers = own.timersOf('away')
    const bell = listen(timers)
    await timers.set([inMs('before', -1)])
    await until('it rings', () => bell.heard.length === 1)
    expect(timers.connected).toBe(true)
    await own.server.kill()
    await until('it is noticed', () => !timers.connected)

    for (const call of [timers.pending, () => timers.set([inMs('x', 1)]), () => timers.remove(['x'])]) {
      expect(await elapsed(() => expect(call()).rejects.toMatchObject({ code: 'unavailable' }))).toBeLessThan(2_500)
    }

    await own.server.start()
    await until('it takes timers again', () => timers.set([inMs('after', -1)]).then(() => true))
    await until('it rings again', () => bell.ids().includes('after'), 20_000)
    expect(timers.connected).toBe(true)
  })

  it('F30: waits for a Redis that is away from the beginning, and can be closed meanwhile', async () => {
    await using own = await startOwnRedis()
    await own.server.kill()
    const [early, given] = [own.timersOf('early'), own.timersOf('given-up')]
    const bell = listen(early)
    listen(given)
    expect(await elapsed(() => expect(early.pending()).rejects.toMatchObject({ code: 'unavailable' }))).toBeLessThan(
      2_500,
    )
    expect(early.connected).toBe(false)
    expect(await elapsed(() => given.close())).toBeLessThan(2_500)

    await own.server.start()
    await until('it takes timers', () => early.set([inMs('x', 50)]).then(() => true))

    await until('it rings', () => bell.heard.length === 1, 20_000)
  })

  it('F30: rejects within two seconds when Redis is there and does not answer', async () => {
    await using own = await startOwnRedis()
    const timers = own.timersOf('deaf')
    const bell = listen(timers)
    await timers.set([inMs('x', -1)])
    await until('it rings', () => bell.heard.length === 1)
    own.server.signal('SIGSTOP')
    try {
      expect(await elapsed(() => expect(timers.pending()).rejects.toMatchObject({ code: 'unavailable' }))).toBeLessThan(
        2_500,
      )
      expect(timers.connected).toBe(false)
      expect(await elapsed(() => timers.close())).toBeLessThan(5_000)
    } finally {
      own.server.signal('SIGCONT')
    }
  })

  it('F32: neither spins nor forgets while Redis can only be read', async () => {
    await using own = await startOwnRedis()
    const warn = vi.fn()
    const timers = own.timersOf('replica', { ...quietLog, warn })
    const bell = listen(timers)
    await timers.set([inMs('x', 200)])
    await own.redis.call('REPLICAOF', '127.0.0.1', '1')
    const before = await commandsSoFar(own.redis)

    await until('it was refused again and again', () => warn.mock.calls.length >= 3)

    expect((await commandsSoFar(own.redis)) - before).toBeLessThan(100)
    await expect(timers.set([inMs('y', 1)])).rejects.toMatchObject({ code: 'unavailable' })
    expect(bell.heard).toEqual([])
    await own.redis.call('REPLICAOF', 'NO', 'ONE')
    await until('it rings', () => bell.heard.length === 1, 20_000)
  })
})

async function commandsSoFar(redis: Redis): Promise<number> {
  const info = await redis.info('stats')
  return Number(/total_commands_processed:(\d+)/.exec(info)?.[1])
}
