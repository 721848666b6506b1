import { Redis } from 'ioredis'
import { freePort, type Running, run, serverProgram, temporaryFolder, until } from './process.ts'

/** A real redis-server without persistence. */
export interface RedisServer extends AsyncDisposable {
  readonly url: string
  kill(signal?: NodeJS.Signals): Promise<void>
  /** Stops it for a while (SIGSTOP) or lets it go on (SIGCONT). */
  signal(signal: 'SIGSTOP' | 'SIGCONT'): void
  /** Starts it again, empty, on the same port. */
  start(): Promise<void>
}

/** Starts the server; it answers when this resolves. */
export async function startRedis(): Promise<RedisServer> {
  const folder = temporaryFolder()
  const port = await freePort()
  const url = `redis://127.0.0.1:${port}`
  let server: Running

  async function start() {
    const options = [
      '--port',
      `${port}`,
      '--bind',
      '127.0.0.1',
      '--save',
      '',
      '--appendonly',
      'no',
      '--dir',
      folder.path,
    ]
    server = run(serverProgram('redis-server'), options)
    await until('redis-server answers', async () => {
      const redis = new Redis(url, { lazyConnect: true, retryStrategy: () => null })
      redis.on('error', () => {})
      try {
        await redis.connect()
        return await redis.ping()
      } finally {
        redis.disconnect()
      }
    })
  }

  await start()
  return {
    url,
    kill: (signal = 'SIGKILL') => server.kill(signal),
    signal: (signal) => void process.kill(server.pid, signal),
    start,
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]()
      folder[Symbol.dispose]()
    },
  }
}
