import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { BreakroomError } from '../core/errors.ts'
import type { Configuration } from './configuration.ts'
import type { Servers } from './servers.ts'
import type { Settings } from './settings.ts'
import { embeddedRoom } from './welcome.ts'

const readySchema = z.looseObject({
  org: z.string(),
  irc: z.looseObject({ host: z.string(), port: z.number(), room: z.string() }).nullable(),
  http: z.string().nullable(),
  nats: z.string(),
  redis: z.string().nullable(),
  pids: z.record(z.string(), z.number()),
})
/** `ready.json` in a home: where everything listens while the fleet is up. Holds the password of Redis, so only the owner reads it. */
export type Ready = z.infer<typeof readySchema>

/** Tells programs that the fleet is up, and where. */
export function markReady(
  { home }: Settings,
  configuration: Configuration,
  { endpoints, pids }: Servers,
  http: string | null,
): void {
  const room = embeddedRoom(configuration)
  const ready: Ready = {
    org: configuration.fleet.org,
    irc: room === null ? null : { host: endpoints.irc.host, port: endpoints.irc.port, room },
    http,
    nats: endpoints.natsUrl,
    redis: endpoints.redisUrl,
    pids: { breakroom: process.pid, ...pids() },
  }
  const path = join(home, 'ready.json')
  // Renamed into place, so that whoever waits for the file never reads half of it.
  writeFileSync(`${path}.new`, `${JSON.stringify(ready, null, 2)}\n`, { mode: 0o600 })
  renameSync(`${path}.new`, path)
}

/** What is up in a home, or null. */
export function readReady(home: string): Ready | null {
  const path = join(home, 'ready.json')
  if (!existsSync(path)) return null
  try {
    return readySchema.parse(JSON.parse(readFileSync(path, 'utf8')))
  } catch (cause) {
    throw new BreakroomError('config_invalid', `${path} cannot be read; delete it and start the fleet again.`, {
      cause,
    })
  }
}

/** Tells programs that nothing is up any more. */
export function removeReady(home: string): void {
  rmSync(join(home, 'ready.json'), { force: true })
}
