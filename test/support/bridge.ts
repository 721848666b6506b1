import { join } from 'node:path'
import { systemClock } from '../../adapters/process/system-clock.ts'
import { loadFleet } from '../../adapters/yaml/load-fleet.ts'
import { startBridge } from '../../bridge/main.ts'
import { fleetSchema } from '../../core/fleet.ts'
import type { Metrics } from '../../ports/metrics.ts'
import type { RunningPart } from '../../ports/part.ts'
import { type NatsServer, startProvisionedNats } from './nats.ts'
import { cloneFolder, temporaryFolder } from './process.ts'
import { quietLog } from './quiet.ts'

/** A bridge between networks on loopback, each showing #breakroom, with the shipped roles ceo and cto. */
export interface TestBridge extends AsyncDisposable {
  readonly nats: NatsServer
  readonly bridge: RunningPart
}

/** Starts a bus and a bridge as its process would, with `ports` of networks by their names; it is in all rooms when this resolves. */
export async function startTestBridge(ports: Record<string, number>, metrics: Metrics): Promise<TestBridge> {
  const folder = temporaryFolder()
  const nats = await startProvisionedNats()
  const network = (name: string) => ({
    name,
    kind: 'irc',
    host: '127.0.0.1',
    port: ports[name],
    tls: false,
    pace: { burst: 100, per_second: 100 },
    rooms: { breakroom: '#breakroom' },
  })
  const bridge = await startBridge({
    fleet: fleetSchema.parse({
      rooms: { breakroom: { visibility: 'public' } },
      platforms: Object.keys(ports).map(network),
    }),
    roles: loadFleet(cloneFolder).roles.filter(({ name }) => ['ceo', 'cto'].includes(name)),
    natsUrl: nats.url,
    redisUrl: null,
    embeddedIrc: { host: '127.0.0.1', port: 0 },
    seed: () => nats.options({ kind: 'bridge' }).seed,
    ircAccount: () => null,
    secret: () => undefined,
    stampKey: 'a key for tests',
    spoolFolder: join(folder.path, 'spool'),
    verifyLogin: async () => null,
    clock: systemClock,
    random: Math.random,
    newId: () => crypto.randomUUID(),
    log: quietLog,
    metrics,
  })
  await bridge.ready(10_000)
  return {
    nats,
    bridge,
    async [Symbol.asyncDispose]() {
      await bridge.stop()
      await nats[Symbol.asyncDispose]()
      folder[Symbol.dispose]()
    },
  }
}
