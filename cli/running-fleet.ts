import type { Log } from '../ports/log.ts'
import type { Metrics } from '../ports/metrics.ts'
import type { RunningPart } from '../ports/part.ts'
import { aborted } from './aborted.ts'
import type { Configuration } from './configuration.ts'
import { type PartName, partStarters, startParts, stopParts } from './fleet-process.ts'
import { createPartContext, type Endpoints } from './part-context.ts'
import type { Servers } from './servers.ts'
import type { Settings } from './settings.ts'

const readyWithinMs = 20_000
export const allParts = Object.keys(partStarters) as PartName[]

/** All parts of a fleet in this process, which can be exchanged for those of another configuration. */
export interface RunningFleet {
  readonly configuration: Configuration
  /** The parts that run now; none while they are being exchanged. */
  parts(): readonly RunningPart[]
  /** Rejects when the parts cannot be started; then none of them runs. */
  start(): Promise<void>
  /**
   * Stops the parts and starts those of another configuration. Lines that come meanwhile wait in the record and in the networks'
   * history. When the new parts cannot be started the old ones are, and this rejects with the reason.
   */
  exchange(next: Configuration): Promise<void>
  /** Stops what runs, after an exchange under way. */
  stop(): Promise<void>
}

export function createRunningFleet(options: {
  settings: Settings
  first: Configuration
  servers: Servers
  log: Log
  metrics: Metrics
  /** Aborts when nobody should wait for readiness any more. */
  stopping: AbortSignal
}): RunningFleet {
  const { settings, servers, log, metrics, stopping } = options
  let configuration = options.first
  let parts: RunningPart[] = []
  let exchanging: Promise<void> = Promise.resolve()

  return {
    get configuration() {
      return configuration
    },
    parts: () => parts,
    async start() {
      parts = await startAll(configuration, servers.endpoints)
    },
    exchange(next) {
      const exchanged = exchanging.then(() => exchange(next))
      exchanging = exchanged.catch(() => {})
      return exchanged
    },
    async stop() {
      await exchanging
      const last = parts
      parts = []
      await stopParts(last)
    },
  }

  async function exchange(next: Configuration): Promise<void> {
    if (stopping.aborted) return
    const old = parts
    parts = []
    try {
      await stopParts(old)
      await servers.fit(next)
      parts = await startAll(next, laterEndpoints())
      configuration = next
    } catch (error) {
      await servers.fit(configuration)
      parts = await startAll(configuration, laterEndpoints())
      throw error
    }
  }

  /** Our networks went on while the parts did not, so their past has to be asked for. */
  function laterEndpoints(): Endpoints {
    const { irc, ...others } = servers.endpoints
    return { ...others, irc: { host: irc.host, port: irc.port } }
  }

  async function startAll(wanted: Configuration, endpoints: Endpoints): Promise<RunningPart[]> {
    const started = await startParts(createPartContext(settings, wanted, endpoints, log, metrics), allParts)
    try {
      await Promise.race([Promise.all(started.map((part) => part.ready(readyWithinMs))), aborted(stopping)])
      return started
    } catch (error) {
      await stopParts(started)
      throw error
    }
  }
}
