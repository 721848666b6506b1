import { readdirSync } from 'node:fs'
import { createServer } from 'node:net'
import { networkInterfaces } from 'node:os'
import { join } from 'node:path'
import { connect } from '@nats-io/transport-node'
import { Redis } from 'ioredis'
import { expect, test } from 'vitest'
import { refuseEviction } from '../../../adapters/servers/redis-server.ts'
import { temporaryFolder } from '../../support/process.ts'
import { script, serversOf } from './fleet-servers.ts'

test('U48: a taken IRC port is refused with its holder and the way out, and nothing is started', async () => {
  using home = temporaryFolder()
  const holder = createServer()
  await new Promise<void>((done) => holder.listen(0, '127.0.0.1', done))
  const { port } = holder.address() as { port: number }
  try {
    const start = serversOf(home.path).ergo({ port })
    const sentence = new RegExp(
      `^Port ${port} on 127\\.0\\.0\\.1 is taken by another program.*; stop it, or choose another: BREAKROOM_IRC_PORT=\\d+ npm start$`,
    )
    await expect(start).rejects.toMatchObject({ code: 'port_busy', message: expect.stringMatching(sentence) })
    expect(readdirSync(join(home.path, 'run'))).toEqual([])
  } finally {
    holder.close()
  }
})

test('a nats-server below the floor is refused with the fix', async () => {
  using home = temporaryFolder()
  const program = script(home.path, 'old-nats', 'echo nats-server: v2.9.10')
  const start = serversOf(home.path, { ...process.env, BREAKROOM_NATS_SERVER_BIN: program }).nats()
  await expect(start).rejects.toMatchObject({
    code: 'server_missing',
    message: expect.stringMatching(/nats-server 2\.9\.10 .* is older than 2\.12\.7.*sh scripts\/setup\.sh/),
    detail: { name: 'nats-server', found: '2.9.10', floor: '2.12.7' },
  })
})

test('a program that is named but not there is refused by the name of its variable', async () => {
  using home = temporaryFolder()
  const start = serversOf(home.path, { ...process.env, BREAKROOM_REDIS_SERVER_BIN: '/nowhere/redis' }).redis()
  await expect(start).rejects.toMatchObject({
    code: 'server_missing',
    message: expect.stringContaining('BREAKROOM_REDIS_SERVER_BIN names /nowhere/redis, which is not a program'),
  })
})

test('a server that stops at once is reported with its own last words', async () => {
  using home = temporaryFolder()
  const body = 'if [ "$1" = --version ]; then echo Redis server v=7.9.9; else echo no space left on device; exit 3; fi'
  const program = script(home.path, 'broken-redis', body)
  const start = serversOf(home.path, { ...process.env, BREAKROOM_REDIS_SERVER_BIN: program }).redis()
  await expect(start).rejects.toMatchObject({
    code: 'unavailable',
    message: expect.stringMatching(/redis-server stopped at once: no space left on device \(log: .*redis\.log\)/),
  })
})

test('S26: Redis and NATS refuse whoever has no credentials', async () => {
  using home = temporaryFolder()
  await using nats = await serversOf(home.path).nats()
  await using redis = await serversOf(home.path).redis()
  const stranger = new Redis(redis.port, redis.host, { lazyConnect: true, retryStrategy: () => null })
  stranger.on('error', () => {})
  try {
    await expect(connect({ servers: nats.url, reconnect: false })).rejects.toThrow(/authorization/i)
    await expect(stranger.ping()).rejects.toThrow(/NOAUTH/)
  } finally {
    stranger.disconnect()
  }
})

const outside = Object.values(networkInterfaces())
  .flat()
  .find((face) => face && !face.internal && face.family === 'IPv4')?.address

test('S26: no server is reachable from outside the machine', async ({ skip }) => {
  skip(outside === undefined, 'this machine has no address but loopback')
  using home = temporaryFolder()
  const servers = serversOf(home.path)
  await using nats = await servers.nats()
  await using redis = await servers.redis()
  await using ergo = await servers.ergo()
  for (const { port } of [nats, redis, ergo]) {
    // Only a port on which nobody listens at that address can be listened on there.
    const probe = createServer()
    await new Promise<void>((free, taken) => probe.once('error', taken).listen(port, outside, free))
    probe.close()
  }
})

test('F31: a Redis that evicts keys is refused', async () => {
  using home = temporaryFolder()
  await using redis = await serversOf(home.path).redis()
  const admin = new Redis(redis.url)
  try {
    await refuseEviction(redis.url)
    await admin.config('SET', 'maxmemory-policy', 'allkeys-lru')
    await expect(refuseEviction(redis.url)).rejects.toMatchObject({
      code: 'config_invalid',
      message: expect.stringContaining('allkeys-lru'),
    })
  } finally {
    admin.disconnect()
  }
})
