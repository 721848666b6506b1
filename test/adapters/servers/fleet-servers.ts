import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type ErgoOptions, startErgo } from '../../../adapters/servers/ergo.ts'
import { startNats } from '../../../adapters/servers/nats-server.ts'
import { startRedis } from '../../../adapters/servers/redis-server.ts'
import { cloneFolder } from '../../support/process.ts'

/** Starts one of our servers for a home, with the little that it must know. */
export function serversOf(home: string, env: NodeJS.ProcessEnv = process.env) {
  const where = { home, env, clone: cloneFolder }
  return {
    nats: (roles: string[] = ['cto']) => startNats({ ...where, org: 'breakroom', roles }),
    redis: () => startRedis(where),
    ergo: (options: Partial<ErgoOptions> = {}) =>
      startErgo({
        ...where,
        org: 'breakroom',
        nicks: ['cto'],
        rooms: [{ channel: '#breakroom' }],
        port: 0,
        ...options,
      }),
  }
}

/** A program that is a shell script. */
export function script(folder: string, name: string, body: string): string {
  const path = join(folder, name)
  writeFileSync(path, `#!/bin/sh\n${body}\n`)
  chmodSync(path, 0o755)
  return path
}
