import { setTimeout as pause } from 'node:timers/promises'
import { provision } from '../adapters/nats/provision.ts'
import type { ChildServer } from '../adapters/servers/child-server.ts'
import { startErgo } from '../adapters/servers/ergo.ts'
import { busSeed, startNats } from '../adapters/servers/nats-server.ts'
import { refuseEviction, startRedis } from '../adapters/servers/redis-server.ts'
import { backoffMs } from '../core/backoff.ts'
import { sentenceOf } from '../core/errors.ts'
import type { Fleet } from '../core/fleet.ts'
import type { Role } from '../core/role.ts'
import type { Log } from '../ports/log.ts'
import type { Endpoints } from './part-context.ts'
import type { Settings } from './settings.ts'

/** The servers of a home, started or adopted. */
export interface Servers {
  endpoints: Endpoints
  pids(): Record<string, number>
  /** Ends all that run beside us. */
  stop(): Promise<void>
}

interface Kept {
  name: string
  current: ChildServer
}

/**
 * Starts what the configuration asks for and nobody else provides, side by side, and makes the streams. When one cannot be
 * started, those that were are stopped again. A server that dies later is started again, on its port.
 */
export async function startServers(
  settings: Settings,
  { fleet, roles }: { fleet: Fleet; roles: Role[] },
  log: Log,
): Promise<Servers> {
  const { home, env, clone, natsUrl, redisUrl } = settings
  const embedded = fleet.platforms.find((platform) => platform.embedded)
  const kept: Kept[] = []
  let ending = false

  const nats = () => startNats({ home, env, clone, org: fleet.org, roles: roles.map(({ name }) => name) })
  const redis = () => startRedis({ home, env, clone })
  const ergo = () =>
    startErgo({
      home,
      env,
      clone,
      port: settings.ircPort,
      org: fleet.org,
      nicks: roles.map(({ nick }) => nick),
      rooms: Object.entries(embedded?.rooms ?? {}).map(([room, channel]) => ({
        channel,
        topic: fleet.rooms[room]?.topic,
      })),
    })

  const started = await Promise.allSettled([
    natsUrl ? { url: natsUrl } : keep('nats', nats),
    redisUrl ? { url: redisUrl } : keep('redis', redis),
    embedded ? keep('irc', ergo) : { host: settings.ircHost, port: settings.ircPort },
  ])
  try {
    const [busServer, presenceServer, ircServer] = started.map((outcome) => {
      if (outcome.status === 'rejected') throw outcome.reason
      return outcome.value
    }) as [{ url: string }, { url: string }, { host: string; port: number }]
    if (redisUrl) await refuseEviction(redisUrl)
    const admin = { servers: [busServer.url], seed: busSeed(home, 'admin'), user: 'admin' }
    await provision(
      { ...admin, log, metrics: { count: () => {}, gauge: () => {} } },
      { org: fleet.org, roles: roles.map(({ name }) => name) },
    )
    return {
      endpoints: {
        natsUrl: busServer.url,
        redisUrl: presenceServer.url,
        irc: { host: ircServer.host, port: ircServer.port },
      },
      pids: () => Object.fromEntries(kept.map(({ name, current }) => [name, current.pid])),
      stop,
    }
  } catch (error) {
    await stop()
    throw error
  }

  async function keep<T extends ChildServer>(name: string, start: () => Promise<T>): Promise<T> {
    const first = await start()
    const entry: Kept = { name, current: first }
    kept.push(entry)
    void watch(entry, start)
    return first
  }

  async function watch(entry: Kept, start: () => Promise<ChildServer>): Promise<void> {
    for (let failures = 0; ; ) {
      await entry.current.exited
      if (ending) return
      log.error({ server: entry.name, pid: entry.current.pid }, 'a server ended; starting it again')
      try {
        entry.current = await start()
        failures = 0
        if (ending) await entry.current.stop()
      } catch (error) {
        log.error({ server: entry.name, cause: sentenceOf(error) }, 'a server cannot be started again yet')
        await pause(backoffMs(failures++, Math.random, { floorMs: 250, capMs: 10_000 }))
      }
    }
  }

  async function stop(): Promise<void> {
    ending = true
    await Promise.all(kept.map(({ current }) => current.stop()))
  }
}
