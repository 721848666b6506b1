import { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createRedisPresence } from '../../../adapters/redis/presence.ts'
import type { Presence } from '../../../ports/presence.ts'
import { beat, presenceContract } from '../../contract/presence.ts'
import { until } from '../../support/process.ts'
import { type RedisServer, startRedis } from '../../support/redis.ts'

let server: RedisServer
let redis: Redis
const open: Presence[] = []
let orgs = 0

beforeAll(async () => {
  server = await startRedis()
  redis = new Redis(server.url)
  redis.on('error', () => {})
})
afterAll(async () => {
  await Promise.all(open.map((presence) => presence.close()))
  redis.disconnect()
  await server[Symbol.asyncDispose]()
})

function presenceOf(org: string): Presence {
  const presence = createRedisPresence({ url: server.url, org })
  open.push(presence)
  return presence
}

/** Lets every key be that much nearer to its end. */
async function pass(org: string, ms: number): Promise<void> {
  for (const key of await redis.keys(`${org}:*`)) await redis.pexpire(key, (await redis.pttl(key)) - ms)
}

presenceContract('Redis', async () => {
  const org = `org${orgs++}`
  return { presence: presenceOf(org), pass: (ms) => pass(org, ms) }
})

describe('presence in Redis', () => {
  it('is shared by the processes of one organisation, and by nobody else', async () => {
    const [one, two, stranger] = [presenceOf('acme'), presenceOf('acme'), presenceOf('acme2')]
    await one.record(beat('cto', 1, 'ready'))
    expect(await two.list()).toEqual([beat('cto', 1, 'ready')])
    expect(await stranger.list()).toEqual([])
    expect(await presenceOf('acm*').list()).toEqual([])
  })

  it('answers concurrent first calls while it connects', async () => {
    const presence = presenceOf('eager')
    await Promise.all(Array.from({ length: 20 }, (_, index) => presence.record(beat(`role${index}`, 1, 'ready'))))
    expect(await presence.list()).toHaveLength(20)
  })

  it('skips what is not a heartbeat', async () => {
    const presence = presenceOf('odd')
    await redis.set('odd:presence:x', 'not json')
    await redis.set('odd:presence:y', '{"role":1}')
    await presence.record(beat('cto', 1, 'ready'))
    expect(await presence.list()).toEqual([beat('cto', 1, 'ready')])
  })

  it('rejects soon while Redis is away, and is there again by itself afterwards', async () => {
    const presence = presenceOf('away')
    await presence.record(beat('cto', 1, 'ready'))
    await server.kill()
    await until('it is noticed', () =>
      presence.list().then(
        () => false,
        () => true,
      ),
    )

    const began = performance.now()
    for (let call = 0; call < 50; call++) {
      await expect(presence.record(beat('cto', 1, 'ready'))).rejects.toMatchObject({ code: 'unavailable' })
    }
    expect(performance.now() - began).toBeLessThan(500)

    await server.start()
    await until('it is there again', () => presence.record(beat('cto', 2, 'ready')).then(() => true))
    expect(await presence.list()).toEqual([beat('cto', 2, 'ready')])
  })
})
