import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { type NatsServer, startProvisionedNats } from '../../test/support/nats.ts'
import { temporaryFolder, until } from '../../test/support/process.ts'
import { startRedis } from '../../test/support/redis.ts'
import { fleetOn, startFleet } from '../fleet.ts'
import type { Program } from '../program.ts'
import type { BenchWorkspace } from './workspace.ts'

/** A whole fleet in two processes: the bridge, and everything else. */
export interface House extends AsyncDisposable {
  nats: NatsServer
  bridge: Program
}

/**
 * Starts a fleet on this workspace, on the IRC server at this port, or on both; resolves when its bridge can be spoken to on either.
 * The workspace's roles sit in it in any case.
 */
export async function startHouse({
  roles,
  workspace,
  ircPort,
}: {
  roles: BenchWorkspace['roles']
  workspace?: BenchWorkspace
  ircPort?: number
}): Promise<House> {
  await using stack = new AsyncDisposableStack()
  const rooms = workspace === undefined ? ['breakroom'] : [...workspace.rooms.keys()]
  const irc = { name: 'local', kind: 'irc', embedded: true, rooms: { breakroom: '#breakroom' } }
  const platforms = [...(workspace === undefined ? [] : [workspace.platform]), ...(ircPort === undefined ? [] : [irc])]
  const redis = stack.use(await startRedis())
  const nats = stack.use(await startProvisionedNats({ roles: roles.map(({ name }) => name) }))
  const folder = stack.use(temporaryFolder())
  const start = async (name: string, parts: Parameters<typeof startFleet>[1]['parts']) => {
    mkdirSync(join(folder.path, name))
    return stack.use(
      await startFleet(nats, {
        fleet: fleetOn(platforms, rooms),
        roles,
        parts,
        redisUrl: redis.url,
        embeddedIrc: { host: '127.0.0.1', port: ircPort ?? 0 },
        ...(workspace === undefined ? {} : { slack: { apiUrl: workspace.slack.url, secrets: workspace.secrets } }),
        folder: join(folder.path, name),
      }),
    )
  }
  await start('rest', ['router', 'tasks', 'desk', 'bots'])
  const bridge = await start('bridge', ['bridge'])
  if (workspace !== undefined) await heardIn(workspace, nats)
  const kept = stack.move()
  return { nats, bridge, [Symbol.asyncDispose]: () => kept.disposeAsync() }
}

/** Resolves when every app has its two sockets, and a line of each room is on the record: the past has been read then. */
async function heardIn({ slack, apps, rooms, people }: BenchWorkspace, nats: NatsServer): Promise<void> {
  const [person] = people
  if (person === undefined) throw new Error('nobody is there to say anything')
  await until('every app is connected', () => apps.every((app) => slack.sockets(app).length === 2), 30_000)
  const admin = await nats.raw({ kind: 'admin' })
  let heard = 0
  const subscription = admin.subscribe('events.*.chat.*', { callback: () => void heard++ })
  await admin.flush()
  for (const channel of rooms.values()) slack.say(person, channel, 'good morning')
  await until('every room is heard', () => heard >= rooms.size, 30_000)
  subscription.unsubscribe()
}
