import type { NatsOptions } from '../adapters/nats/connect.ts'
import { keepProvisioned } from '../adapters/nats/keep-provisioned.ts'
import { type FleetOnBus, provision } from '../adapters/nats/provision.ts'
import { silentMetrics } from '../adapters/process/silent-metrics.ts'
import type { ChildServer } from '../adapters/servers/child-server.ts'
import { setUpErgo, startErgo } from '../adapters/servers/ergo.ts'
import { busSeed, startNats } from '../adapters/servers/nats-server.ts'
import { refuseEviction, startRedis } from '../adapters/servers/redis-server.ts'
import { embeddedNetwork } from '../core/fleet.ts'
import type { Log } from '../ports/log.ts'
import { type Configuration, ergoMembers, roleNames } from './configuration.ts'
import { type KeptServer, keepUp } from './kept-server.ts'
import type { Endpoints } from './part-context.ts'
import { endedQuietly, forgetQuietEnd } from './quiet-end.ts'
import type { Settings } from './settings.ts'

/** The servers of a home. */
export interface Servers {
  readonly endpoints: Endpoints
  pids(): Record<string, number>
  /** Calls `handler` whenever a server that died runs again, as another process. */
  onRestart(handler: () => void): void
  /** Makes them fit another configuration: users, accounts and inboxes of new roles. */
  fit(configuration: Configuration): Promise<void>
  /** Ends the embedded network, so that nobody says anything any more that nobody hears. */
  stopRooms(): Promise<void>
  /** Ends all that run beside us. */
  stop(): Promise<void>
}

/**
 * Starts what the configuration asks for and nobody else provides, side by side, and makes the streams. When one cannot be
 * started, those that were are stopped again. A server that dies later is started again, on its port; a stream or queue that is
 * deleted comes back.
 */
export async function startServers(settings: Settings, first: Configuration, log: Log): Promise<Servers> {
  const { home, env, clone, natsUrl, redisUrl } = settings
  let configuration = first
  const nothingMissed = endedQuietly(home)
  const kept: KeptServer<ChildServer>[] = []
  let restarted = () => {}
  const ending = new AbortController()
  let watching: Promise<void> | null = null

  const starting = [
    natsUrl === null ? keep('nats', startBus) : { url: natsUrl },
    redisUrl === null ? keep('redis', () => startRedis({ home, env, clone })) : { url: redisUrl },
    startRooms(),
  ] as const
  await Promise.allSettled(starting)
  try {
    const [bus, presence, rooms] = await Promise.all(starting)
    if (redisUrl !== null) await refuseEviction(redisUrl)
    await provision(adminAt(bus.url), onBus())
    watching = keepProvisioned(adminAt(bus.url), onBus, ending.signal)
    // Not before: a start that fails opens the rooms to nobody, and the next one has missed nothing either.
    forgetQuietEnd(home)
    return {
      endpoints: { natsUrl: bus.url, redisUrl: presence.url, irc: rooms },
      pids: () => Object.fromEntries(kept.map(({ name, current }) => [name, current.pid])),
      onRestart(handler) {
        restarted = handler
      },
      async fit(next) {
        configuration = next
        await Promise.all(kept.map((server) => server.renew()))
        if (settings.ircElsewhere) await startRooms()
        await provision(adminAt(bus.url), onBus())
      },
      async stopRooms() {
        await Promise.all(kept.filter(({ name }) => name === 'irc').map((server) => server.stop()))
      },
      stop,
    }
  } catch (error) {
    await stop()
    throw error
  }

  async function keep<T extends ChildServer>(name: string, start: () => Promise<T>): Promise<T> {
    const server = await keepUp(name, start, log, () => restarted())
    kept.push(server)
    return server.current
  }

  function startBus() {
    return startNats({ home, env, clone, org: configuration.fleet.org, roles: roleNames(configuration) })
  }

  /** Starts the embedded network, or sets up the one that runs elsewhere. */
  async function startRooms(): Promise<Endpoints['irc']> {
    const where = { host: settings.ircHost, port: settings.ircPort }
    if (!hasEmbedded()) return where
    if (!settings.ircElsewhere) {
      const start = () => startErgo({ home, env, clone, port: settings.ircPort, ...ergoMembers(configuration) })
      const quietUntil = new Date()
      const { host, port, adopted } = await keep('irc', start)
      return { host, port, ...(nothingMissed && !adopted ? { quietUntil } : {}) }
    }
    await setUpErgo(home, ergoMembers(configuration), where)
    return where
  }

  function hasEmbedded(): boolean {
    return embeddedNetwork(configuration.fleet) !== null
  }

  function adminAt(url: string): NatsOptions {
    return { servers: [url], seed: busSeed(home, 'admin'), user: 'admin', log, metrics: silentMetrics }
  }

  function onBus(): FleetOnBus {
    const { org, limits } = configuration.fleet
    return { org, roles: roleNames(configuration), taskLeaseMs: limits.task_lease_seconds * 1_000 }
  }

  async function stop(): Promise<void> {
    ending.abort()
    await watching
    await Promise.all(kept.map((server) => server.stop()))
  }
}
