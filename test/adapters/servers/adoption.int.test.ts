import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { connect, nkeyAuthenticator } from '@nats-io/transport-node'
import { Redis } from 'ioredis'
import { expect, test } from 'vitest'
import { inboxPrefixOf } from '../../../adapters/nats/permissions.ts'
import { busSeed } from '../../../adapters/servers/nats-server.ts'
import { startMark } from '../../../adapters/servers/process-mark.ts'
import { cloneFolder, freePort, run, temporaryFolder, until } from '../../support/process.ts'
import { serversOf } from './fleet-servers.ts'

test('a start adopts the servers that a start killed with -9 left behind, and stops them when asked', async () => {
  using home = temporaryFolder()
  const left = await killedStart(home.path)

  const servers = serversOf(home.path)
  await using nats = await servers.nats()
  await using redis = await servers.redis()
  await using ergo = await servers.ergo()
  const adopted = [nats, redis, ergo]
  expect(adopted.map(({ adopted }) => adopted)).toEqual([true, true, true])
  expect(adopted.map(({ pid }) => pid)).toEqual(left)

  await Promise.all(adopted.map((server) => server.stop()))
  expect(left.map(startMark)).toEqual([null, null, null])
  await Promise.all(adopted.map(({ exited }) => exited))
})

test('a server that runs but does not answer is replaced on its port, and its late stop changes nothing', async () => {
  using home = temporaryFolder()
  await using hung = await serversOf(home.path).redis()
  process.kill(hung.pid, 'SIGSTOP')

  await using fresh = await serversOf(home.path).redis()
  expect(fresh).toMatchObject({ adopted: false, port: hung.port })
  expect(startMark(hung.pid)).toBeNull()
  await hung.stop()
  expect(await serversOf(home.path).redis()).toMatchObject({ adopted: true, pid: fresh.pid })
})

test('a server that is asked for on another port is replaced', async () => {
  using home = temporaryFolder()
  await using first = await serversOf(home.path).ergo()
  await using second = await serversOf(home.path).ergo({ port: await freePort() })
  expect(second.adopted).toBe(false)
  expect(startMark(first.pid)).toBeNull()
})

test('a server whose record was lost is found by its port', async ({ skip }) => {
  skip(process.platform !== 'linux', 'only Linux tells us reliably who listens on a port')
  using home = temporaryFolder()
  await using first = await serversOf(home.path).nats()
  const file = join(home.path, 'run/nats.json')
  const { pid, mark, ...withoutProcess } = JSON.parse(readFileSync(file, 'utf8'))
  writeFileSync(file, JSON.stringify(withoutProcess))

  await using second = await serversOf(home.path).nats()
  expect(second).toMatchObject({ adopted: true, pid: first.pid })
})

test('the pid of a dead server, given to another program since, is left alone', async () => {
  using home = temporaryFolder()
  await using first = await serversOf(home.path).redis()
  const file = join(home.path, 'run/redis.json')
  const record = JSON.parse(readFileSync(file, 'utf8'))
  await first.stop()
  await using other = run(process.execPath, ['-e', 'setInterval(() => {}, 1000)'])
  writeFileSync(file, JSON.stringify({ ...record, pid: other.pid }))

  await using second = await serversOf(home.path).redis()
  expect(second.adopted).toBe(false)
  expect(startMark(other.pid)).not.toBeNull()
})

test('an adopted NATS knows the role that is new since', async () => {
  using home = temporaryFolder()
  await using before = await serversOf(home.path).nats(['cto'])
  await using after = await serversOf(home.path).nats(['cto', 'cso'])
  expect(after).toMatchObject({ adopted: true, pid: before.pid })

  const seed = new TextEncoder().encode(busSeed(home.path, 'role-cso'))
  const connection = await connect({
    servers: after.url,
    authenticator: nkeyAuthenticator(seed),
    inboxPrefix: inboxPrefixOf('role-cso'),
    reconnect: false,
  })
  await connection.close()
})

test('a second start after a clean stop keeps the port and the data', async () => {
  using home = temporaryFolder()
  await using first = await serversOf(home.path).redis()
  await withRedis(first.url, (redis) => redis.set('kept', 'yes'))
  await first.stop()

  await using second = await serversOf(home.path).redis()
  expect(second).toMatchObject({ adopted: false, port: first.port })
  expect(await withRedis(second.url, (redis) => redis.get('kept'))).toBe('yes')
})

test('when the port it had is taken meanwhile, a server moves to another', async () => {
  using home = temporaryFolder()
  await using first = await serversOf(home.path).redis()
  await first.stop()
  await using squatter = run(process.execPath, [
    '-e',
    `require('net').createServer().listen(${first.port}, '127.0.0.1', () => console.log('on'))`,
  ])
  await until('the port is taken', () => squatter.output.includes('on'))

  await using second = await serversOf(home.path).redis()
  expect(second.port).not.toBe(first.port)
})

/** Runs a start of all three servers, kills it once they are up, and gives their pids. */
async function killedStart(home: string): Promise<number[]> {
  const fixture = join(cloneFolder, 'test/fixtures/start-servers.ts')
  await using starter = run(process.execPath, [fixture, home])
  const line = await until('the first start is done', () => /^\[.*\]$/m.exec(starter.output)?.[0])
  await starter.kill('SIGKILL')
  return JSON.parse(line)
}

async function withRedis<T>(url: string, use: (redis: Redis) => Promise<T>): Promise<T> {
  const redis = new Redis(url)
  try {
    return await use(redis)
  } finally {
    redis.disconnect()
  }
}
