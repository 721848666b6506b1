import { setTimeout as pause } from 'node:timers/promises'
import { sentenceOf } from '../../core/errors.ts'
import { createConnection, type NatsOptions } from './connect.ts'
import { ensureFleet, type FleetOnBus } from './provision.ts'
import { whileUp } from './while-up.ts'

/**
 * Brings back what somebody deletes by hand: looks every `everyMs` whether all that `fleet` says now is there, as the `admin` user
 * over one connection. What waited in a queue is delivered again. Resolves after `signal` aborts.
 */
export async function keepProvisioned(
  options: NatsOptions,
  fleet: () => FleetOnBus,
  signal: AbortSignal,
  everyMs = 15_000,
): Promise<void> {
  const { log } = options
  const connection = createConnection(options)
  signal.addEventListener('abort', () => void connection.close(), { once: true })
  let failed = false
  for (;;) {
    await pause(everyMs, undefined, { signal, ref: false }).catch(() => {})
    const nc = await connection.whenConnected(signal)
    if (nc === null) break
    try {
      const missing = await whileUp(connection, ensureFleet(nc, fleet()))
      if (missing.length > 0) log.warn({ missing }, 'nats: what was missing is there again')
      failed = false
    } catch (error) {
      if (!failed && connection.connected) log.warn({ error: sentenceOf(error) }, 'nats: cannot see what is missing')
      failed = true
    }
  }
  await connection.close()
}
