import { type ErgoMembers, ircAccounts, writeErgoConfig } from './ergo.ts'
import { type BusMembers, writeNatsConfig } from './nats-server.ts'
import { writeRedisConfig } from './redis-server.ts'
import { requireServer } from './versions.ts'

/** Where a server that is not our child listens, and where it sees our home. */
export interface ServedElsewhere {
  /** The address that it binds: all addresses of its own container, say. */
  bind: string
  /** The home as the servers see it. */
  folder: string
}

/**
 * Writes every key and the configuration of nats-server, redis-server and Ergo into a home, and starts nothing: for servers that
 * run as services of their own, on their usual ports. Doing it again keeps all secrets. Needs Ergo's program, to hash a password.
 */
export async function prepareHome(
  options: BusMembers & ErgoMembers & ServedElsewhere & { home: string; env: NodeJS.ProcessEnv; clone: string },
): Promise<void> {
  const { home, env, clone, bind, folder } = options
  const { program } = await requireServer('ergochat', env, clone)
  writeNatsConfig(home, options, { host: bind, port: 4222, syncInterval: 'always', folder })
  writeRedisConfig(home, { host: bind, port: 6379, folder })
  writeErgoConfig(home, options, { listen: `${bind}:6667`, program, folder })
  ircAccounts(home, options.nicks)
}
