import { createNats } from '../adapters/nats/nats.ts'
import { createPinoLog } from '../adapters/process/pino-log.ts'
import { silentMetrics } from '../adapters/process/silent-metrics.ts'
import { busSeed } from '../adapters/servers/nats-server.ts'
import { BreakroomError } from '../core/errors.ts'
import type { Bus } from '../ports/bus.ts'
import { readReady } from './ready-file.ts'
import type { Settings } from './settings.ts'

/** The bus of the fleet that runs in this home, as the command line's own user. Throws `unavailable` when nothing runs. */
export function openHouseBus({ home, natsUrl }: Settings): Bus & AsyncDisposable {
  const url = natsUrl ?? readReady(home)?.nats
  if (url === undefined) {
    throw new BreakroomError('unavailable', `No fleet runs in ${home}. Start it with "npm start".`)
  }
  const { bus } = createNats({
    servers: [url],
    seed: busSeed(home, 'cli'),
    user: 'cli',
    // The command says itself what went wrong.
    log: createPinoLog(null, 'silent'),
    metrics: silentMetrics,
  })
  return Object.assign(bus, { [Symbol.asyncDispose]: () => bus.close() })
}
