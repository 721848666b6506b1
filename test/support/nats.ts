import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { connect, type NatsConnection, nkeyAuthenticator, nkeys } from '@nats-io/transport-node'
import type { NatsOptions } from '../../adapters/nats/connect.ts'
import { createNats, type Nats } from '../../adapters/nats/nats.ts'
import { type BusUser, busUserName, busUsers, permissionsFor } from '../../adapters/nats/permissions.ts'
import { type FleetOnBus, provision } from '../../adapters/nats/provision.ts'
import { renderServerConfig, type ServerConfig } from '../../adapters/nats/server-config.ts'
import type { StreamLimits } from '../../adapters/nats/topology.ts'
import { freePort, type Running, run, serverProgram, temporaryFolder, until } from './process.ts'
import { quietLog, quietMetrics } from './quiet.ts'

/** A real nats-server with one user per part and role, on a store of its own. */
export interface NatsServer extends AsyncDisposable {
  readonly url: string
  readonly pid: number
  readonly output: string
  options(user: BusUser): NatsOptions
  /** A bus as this user; closed with the server. */
  as(user: BusUser): Nats
  /** The client library's own connection as this user, for what our adapter would never do; closed with the server. */
  raw(user: BusUser): Promise<NatsConnection>
  /** Makes every stream, bucket and queue exist. */
  provision(fleet?: Partial<FleetOnBus>): Promise<void>
  kill(signal?: NodeJS.Signals): Promise<void>
  /** Starts it again on the same port and store. */
  start(): Promise<void>
}

export interface NatsServerOptions {
  org?: string
  roles?: string[]
  syncInterval?: ServerConfig['syncInterval']
  maxFileStore?: number
}

/** Starts the server; it answers when this resolves. */
export async function startNats(options: NatsServerOptions = {}): Promise<NatsServer> {
  const { org = 'breakroom', roles = ['ceo', 'cto'], syncInterval = '2m' } = options
  const folder = temporaryFolder()
  const port = await freePort()
  const url = `nats://127.0.0.1:${port}`
  const keys = new Map(busUsers(roles).map((user) => [busUserName(user), nkeys.createUser()]))
  const configFile = join(folder.path, 'nats.conf')
  mkdirSync(join(folder.path, 'store'))
  writeFileSync(
    configFile,
    renderServerConfig({
      host: '127.0.0.1',
      port,
      storeDir: join(folder.path, 'store'),
      pidFile: join(folder.path, 'nats.pid'),
      syncInterval,
      ...(options.maxFileStore === undefined ? {} : { maxFileStore: options.maxFileStore }),
      users: busUsers(roles).map((user) => ({
        name: busUserName(user),
        nkeyPublic: keys.get(busUserName(user))?.getPublicKey() ?? '',
        permissions: permissionsFor(user, { org, roles }),
      })),
    }),
  )

  let server: Running
  const open: { close(): Promise<void> }[] = []
  const seedOf = (user: BusUser) => new TextDecoder().decode(keys.get(busUserName(user))?.getSeed())
  const optionsOf = (user: BusUser): NatsOptions => ({
    servers: [url],
    seed: seedOf(user),
    user: busUserName(user),
    log: quietLog,
    metrics: quietMetrics,
  })

  async function start() {
    server = run(serverProgram('nats-server'), ['-c', configFile])
    await until('nats-server answers', async () => {
      const nc = await connect({
        servers: url,
        authenticator: nkeyAuthenticator(new TextEncoder().encode(seedOf({ kind: 'admin' }))),
        reconnect: false,
        timeout: 500,
      })
      await nc.close()
      return true
    })
  }

  await start()
  return {
    url,
    get pid() {
      return server.pid
    },
    get output() {
      return server.output
    },
    options: optionsOf,
    as(user) {
      const nats = createNats(optionsOf(user))
      open.push(nats.bus)
      return nats
    },
    async raw(user) {
      const nc = await connect({
        servers: url,
        authenticator: nkeyAuthenticator(new TextEncoder().encode(seedOf(user))),
        inboxPrefix: `_INBOX_${busUserName(user)}`,
        noAsyncTraces: true,
      })
      open.push(nc)
      return nc
    },
    provision: (fleet = {}) => provision(optionsOf({ kind: 'admin' }), { org, roles, ...fleet }),
    kill: (signal = 'SIGKILL') => server.kill(signal),
    start,
    async [Symbol.asyncDispose]() {
      await Promise.all(open.map((connection) => connection.close()))
      await server[Symbol.asyncDispose]()
      folder[Symbol.dispose]()
    },
  }
}

/** A server with every stream, bucket and queue in place. */
export async function startProvisionedNats(
  options: NatsServerOptions & { limits?: Partial<StreamLimits> } = {},
): Promise<NatsServer> {
  const server = await startNats(options)
  try {
    await server.provision({ limits: options.limits ?? {} })
  } catch (error) {
    await server[Symbol.asyncDispose]()
    throw error
  }
  return server
}
