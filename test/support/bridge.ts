import { join } from 'node:path'
import { workspaceOf } from '../../adapters/disk/workspace.ts'
import { programEnvironment } from '../../adapters/process/program-environment.ts'
import { systemClock, systemSleep } from '../../adapters/process/system-clock.ts'
import { loadFleet } from '../../adapters/yaml/load-fleet.ts'
import { startBridge } from '../../bridge/main.ts'
import { fleetSchema } from '../../core/fleet.ts'
import type { Metrics } from '../../ports/metrics.ts'
import type { RunningPart } from '../../ports/part.ts'
import { type NatsServer, startProvisionedNats } from './nats.ts'
import { cloneFolder, temporaryFolder, until } from './process.ts'
import { quietLog } from './quiet.ts'

/** A bridge between two networks on loopback, each showing #breakroom and #canary, with the shipped roles ceo and cto, the latter in both rooms. */
export interface TestBridge extends AsyncDisposable {
  readonly nats: NatsServer
  readonly bridge: RunningPart
}

/**
 * Starts a bus and a bridge as its process would. Its networks are `own`, as if the fleet had brought it along, and `foreign`, each
 * at a port. Everybody is connected when this resolves, and in the room on `own`;
 * what is put into the record from then on is mirrored.
 */
export async function startTestBridge(ports: { own: number; foreign: number }, metrics: Metrics): Promise<TestBridge> {
  // What was begun before something failed must not be left running.
  await using begun = new AsyncDisposableStack()
  const folder = begun.use(temporaryFolder())
  const nats = begun.use(await startProvisionedNats())
  const host = '127.0.0.1'
  const rooms = { breakroom: '#breakroom', canary: '#canary' }
  const pace = { burst: 100, per_second: 100 }
  const bridge = await startBridge({
    fleet: fleetSchema.parse({
      rooms: { breakroom: { visibility: 'public' }, canary: { visibility: 'public' } },
      platforms: [
        { name: 'own', kind: 'irc', embedded: true, rooms },
        { name: 'foreign', kind: 'irc', host, port: ports.foreign, tls: false, pace, rooms },
      ],
    }),
    roles: loadFleet(cloneFolder)
      .roles.filter(({ name }) => ['ceo', 'cto'].includes(name))
      .map((role) => (role.name === 'cto' ? { ...role, rooms: ['breakroom', 'canary'] } : role)),
    natsUrl: nats.url,
    redisUrl: null,
    embeddedIrc: { host, port: ports.own },
    slackApiUrl: 'http://127.0.0.1:9/api/',
    seed: () => nats.options({ kind: 'bridge' }).seed,
    ircAccount: () => null,
    secret: () => undefined,
    stampKey: 'a key for tests',
    evidenceKey: { private: '', public: '' },
    spoolFolder: join(folder.path, 'spool'),
    runFolder: join(folder.path, 'runs'),
    taskFolder: join(folder.path, 'tasks'),
    knowledgeFolder: join(folder.path, 'knowledge'),
    stateFolder: join(folder.path, 'state'),
    firestoreEmulator: null,
    folder: folder.path,
    workspace: (role) => workspaceOf({ home: folder.path, folder: folder.path, role }),
    programEnvironment: programEnvironment(process.env),
    verifyLogin: async () => null,
    clock: systemClock,
    sleep: systemSleep,
    random: Math.random,
    newId: () => crypto.randomUUID(),
    log: quietLog,
    metrics,
  })
  begun.defer(() => bridge.stop())
  await bridge.ready(10_000)
  await until('everybody is connected', () => bridge.troubles().length === 0)
  // A mirror that never ran begins with what is said after it has marked its beginning.
  const cursors = nats.as({ kind: 'bridge' }).keyed('cursors')
  for (const mirror of ['own', 'foreign'].flatMap((network) => [`${network} breakroom`, `${network} canary`])) {
    await until('the mirror has begun', async () => (await cursors.get(`outward ${mirror}`)) !== null)
  }
  const all = begun.move()
  return { nats, bridge, [Symbol.asyncDispose]: () => all.disposeAsync() }
}
