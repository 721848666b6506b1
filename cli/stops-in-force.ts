import { createNats } from '../adapters/nats/nats.ts'
import { silentMetrics } from '../adapters/process/silent-metrics.ts'
import { busSeed } from '../adapters/servers/nats-server.ts'
import { sentenceOf } from '../core/errors.ts'
import type { Log } from '../ports/log.ts'
import { everybody, type Stop } from '../ports/stop-switch.ts'

/** Who stands still, by role or `everybody`; empty, with a warning in the log, when that cannot be read now. */
export async function stopsInForce(home: string, natsUrl: string, log: Log): Promise<ReadonlyMap<string, Stop>> {
  const admin = { servers: [natsUrl], seed: busSeed(home, 'admin'), user: 'admin', log, metrics: silentMetrics }
  const { bus, keyed } = createNats(admin)
  try {
    return await keyed<Stop>('control').entries()
  } catch (error) {
    log.warn({ cause: sentenceOf(error) }, 'the stops in force could not be read')
    return new Map()
  } finally {
    await bus.close()
  }
}

/** `all roles, by alice; npx breakroom resume`; null when nobody stands still. */
export function stopsSentence(stops: ReadonlyMap<string, Stop>): string | null {
  const fleet = stops.get(everybody)
  if (fleet !== undefined) return `all roles, by ${fleet.by}; npx breakroom resume`
  const roles = [...stops].map(([role, { by }]) => `${role}, by ${by}`)
  if (roles.length === 0) return null
  const only = stops.size === 1 ? ` ${[...stops.keys()][0]}` : ''
  return `${roles.join('; ')}; npx breakroom resume${only}`
}
