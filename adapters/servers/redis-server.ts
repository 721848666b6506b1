import { randomBytes } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { BreakroomError, sentenceOf } from '../../core/errors.ts'
import { type ChildServer, startChildServer } from './child-server.ts'
import { keepText, keptSecret } from './kept-files.ts'
import { renderRedisConfig } from './redis-config.ts'
import { requireServer } from './versions.ts'

/** The embedded Redis. */
export interface RedisServer extends ChildServer {
  /** With its password: not for people's eyes. */
  readonly url: string
}

/** Starts, or adopts, a Redis for this home: loopback, a password of its own, nothing evicted. Rejects as `startChildServer` and `requireServer` do. */
export async function startRedis(options: {
  home: string
  env: NodeJS.ProcessEnv
  clone: string
}): Promise<RedisServer> {
  const { home, env, clone } = options
  const host = '127.0.0.1'
  const server = await startChildServer({
    env,
    home,
    name: 'redis',
    server: await requireServer('redis-server', env, clone),
    host,
    port: 'any',
    prepare(port) {
      const { file, text } = writeRedisConfig(home, { host, port })
      return { args: [file], fingerprint: text }
    },
    answers: (port) => answersPing(home, host, port),
  })
  return { ...server, url: redisUrl(home, host, server.port) }
}

/** Writes `redis/redis.conf` of a home; makes the password at the first call. `folder` is the home as the server sees it. */
export function writeRedisConfig(home: string, where: { host: string; port: number; folder?: string }) {
  const { host, port, folder = home } = where
  const file = join(home, 'redis/redis.conf')
  mkdirSync(join(home, 'redis/data'), { recursive: true, mode: 0o700 })
  const text = renderRedisConfig({ host, port, password: redisPassword(home), dataDir: join(folder, 'redis/data') })
  keepText(file, text)
  return { file, text }
}

/** The address of a home's Redis, with its password. */
export function redisUrl(home: string, host: string, port: number): string {
  return `redis://:${redisPassword(home)}@${host}:${port}`
}

/** What we must know of a Redis before we rely on it. */
export interface RedisFacts {
  version: string
  policy: string
}

/** Asks a Redis for its version and what it does when memory is full. Rejects with `unavailable` when it does not answer. */
export async function inspectRedis(url: string): Promise<RedisFacts> {
  const redis = oneShot(url)
  try {
    await redis.connect()
    const text = await redis.info('everything')
    const fact = (name: string) => new RegExp(`^${name}:(.*?)\\r?$`, 'm').exec(text)?.[1] ?? 'unknown'
    return { version: fact('redis_version'), policy: fact('maxmemory_policy') }
  } catch (error) {
    throw new BreakroomError('unavailable', `Redis does not answer: ${sentenceOf(error)}`, { cause: error })
  } finally {
    redis.disconnect()
  }
}

/** Rejects with `config_invalid` when a Redis may throw away what it was given. */
export async function refuseEviction(url: string): Promise<void> {
  const { policy } = await inspectRedis(url)
  if (policy === 'noeviction') return
  const fix = 'Set "maxmemory-policy noeviction" there, or use a Redis of its own.'
  throw new BreakroomError(
    'config_invalid',
    `The Redis that BREAKROOM_REDIS_URL names evicts keys (${policy}). ${fix}`,
    {
      detail: { policy },
    },
  )
}

function redisPassword(home: string): string {
  return keptSecret(join(home, 'keys/redis-password'), () => randomBytes(24).toString('base64url'))
}

function answersPing(home: string, host: string, port: number): Promise<boolean> {
  const socket = connect({ host, port })
  return new Promise<boolean>((resolve) => {
    let heard = ''
    socket.setTimeout(800, () => resolve(false))
    socket.once('error', () => resolve(false))
    socket.once('close', () => resolve(false))
    socket.on('data', (chunk) => {
      heard += chunk
      if (heard.startsWith('-') || heard.split('\r\n').length > 2) resolve(heard === '+OK\r\n+PONG\r\n')
    })
    socket.write(`AUTH ${redisPassword(home)}\r\nPING\r\n`)
  }).finally(() => socket.destroy())
}

function oneShot(url: string): Redis {
  const redis = new Redis(url, {
    lazyConnect: true,
    connectTimeout: 800,
    commandTimeout: 800,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
  })
  // The failed call says it too; without a listener ioredis prints it.
  redis.on('error', () => {})
  return redis
}
