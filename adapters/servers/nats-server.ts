import { mkdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { connect, nkeyAuthenticator, nkeys } from '@nats-io/transport-node'
import { BreakroomError } from '../../core/errors.ts'
import { type BusUser, busUserName, busUsers, inboxPrefixOf, permissionsFor } from '../nats/permissions.ts'
import { renderServerConfig, type ServerUser } from '../nats/server-config.ts'
import { type ChildServer, startChildServer } from './child-server.ts'
import { keepText, keptSecret } from './kept-files.ts'
import { requireServer } from './versions.ts'

/** The embedded NATS. */
export interface NatsServer extends ChildServer {
  readonly url: string
}

/** Whose bus it is: one user per part and per role of this organisation. */
export interface BusMembers {
  org: string
  /** Names of the roles. */
  roles: string[]
}

export interface NatsServerOptions extends BusMembers {
  home: string
  env: NodeJS.ProcessEnv
  clone: string
  /** `always` unless a benchmark wants to know what it costs. */
  syncInterval?: 'always' | '2m'
}

/**
 * Starts, or adopts, a nats-server for this home, with a user for each part and role; a role that is new since the last start is
 * known before this resolves. Streams are made by `provision`. Rejects as `startChildServer` and `requireServer` do.
 */
export async function startNats(options: NatsServerOptions): Promise<NatsServer> {
  const { home, env, clone, syncInterval = 'always' } = options
  const host = '127.0.0.1'
  const found = await requireServer('nats-server', env, clone)
  const start = () =>
    startChildServer({
      env,
      home,
      name: 'nats',
      server: found,
      host,
      port: 'any',
      prepare(port) {
        const file = writeNatsConfig(home, options, { host, port, syncInterval })
        // Users are not part of it: a running server takes new ones without a restart.
        return { args: ['-c', file], fingerprint: syncInterval }
      },
      answers: (port) => answersAdmin(home, host, port),
    })
  let server = await start()
  if (server.adopted && !(await reload(server))) {
    await server.stop()
    server = await start()
  }
  return { ...server, url: `nats://${host}:${server.port}` }
}

/** Writes `nats/nats.conf` of a home; makes the keys of new users. `folder` is the home as the server sees it. */
export function writeNatsConfig(
  home: string,
  { org, roles }: BusMembers,
  where: { host: string; port: number; syncInterval: 'always' | '2m'; folder?: string },
): string {
  const { folder = home, ...rest } = where
  const file = join(home, 'nats/nats.conf')
  mkdirSync(join(home, 'nats/data'), { recursive: true, mode: 0o700 })
  const users = busUsers(roles).map((user) => serverUser(home, { org, roles }, user))
  const text = renderServerConfig({
    ...rest,
    storeDir: join(folder, 'nats/data'),
    pidFile: join(folder, 'nats/nats.pid'),
    users,
  })
  keepText(file, text)
  return file
}

/** The nkey seed that proves a user of this home's bus; made at the first call. */
export function busSeed(home: string, userName: string): string {
  return keptSecret(join(home, 'keys', `${userName}.nk`), () => new TextDecoder().decode(nkeys.createUser().getSeed()))
}

function serverUser(home: string, members: BusMembers, user: BusUser): ServerUser {
  const name = busUserName(user)
  const seed = busSeed(home, name)
  try {
    const nkeyPublic = nkeys.fromSeed(new TextEncoder().encode(seed)).getPublicKey()
    return { name, nkeyPublic, permissions: permissionsFor(user, members) }
  } catch (cause) {
    const file = join(home, 'keys', `${name}.nk`)
    throw new BreakroomError(
      'config_invalid',
      `${file} is not an nkey seed; delete it, and a new one is made at the next start.`,
      {
        cause,
        detail: { file },
      },
    )
  }
}

async function answersAdmin(home: string, host: string, port: number): Promise<boolean> {
  try {
    const connection = await connect({
      servers: `${host}:${port}`,
      name: 'start',
      authenticator: nkeyAuthenticator(new TextEncoder().encode(busSeed(home, 'admin'))),
      inboxPrefix: inboxPrefixOf('admin'),
      timeout: 800,
      reconnect: false,
    })
    await connection.close()
    return true
  } catch {
    return false
  }
}

/** Makes a running server read its users again. False when it refused; it says so in its log only. */
async function reload(server: ChildServer): Promise<boolean> {
  const before = statSync(server.logFile).size
  server.signal('SIGHUP')
  const end = performance.now() + 2_000
  while (performance.now() < end) {
    const news = readFileSync(server.logFile).subarray(before).toString('utf8')
    if (news.includes('Reloaded server configuration')) return true
    if (news.includes('Failed to reload')) return false
    await pause(5)
  }
  return false
}
