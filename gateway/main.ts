import { connectPart } from '../adapters/process/connect-part.ts'
import type { PartContext } from '../adapters/process/part-context.ts'
import type { ExposedMetrics } from '../adapters/prometheus/metrics.ts'
import { portBusy as portBusyNamed } from '../adapters/servers/port-busy.ts'
import { orgSubjects } from '../core/subject.ts'
import type { RunningPart } from '../ports/part.ts'
import { healthOf } from './health.ts'
import { listen } from './http.ts'
import { followRemoteParts } from './remote-parts.ts'

/** Where the gateway listens, and whose metrics it shows. */
export interface GatewayOptions {
  host: string
  port: number
  metrics: ExposedMetrics
}
export type Gateway = RunningPart & { port: number }

const portBusy = (host: string, port: number) => portBusyNamed(host, port, 'BREAKROOM_HTTP_PORT')

/** The gateway of the parts in this process: health and metrics. */
export async function startGateway(
  options: GatewayOptions & { parts: () => readonly RunningPart[] },
): Promise<Gateway> {
  const { host, port, metrics } = options
  const server = await listen({ host, port, metrics: metrics.text, health: () => healthOf(options.parts()), portBusy })
  return { name: 'gateway', port: server.port, ready: async () => {}, troubles: () => [], stop: server.close }
}

/** The gateway as a process of its own: it asks the parts over the bus. */
export async function startLoneGateway(
  context: PartContext,
  { host, port, metrics }: GatewayOptions,
): Promise<Gateway> {
  const ending = new AbortController()
  const { bus } = connectPart(context, 'gateway')
  const remote = followRemoteParts(bus, orgSubjects(context.fleet.org), ending.signal)
  const server = await listen({ host, port, metrics: metrics.text, health: () => healthOf(remote.current()), portBusy })
  return {
    name: 'gateway',
    port: server.port,
    ready: async () => {},
    troubles: () => [],
    async stop() {
      ending.abort()
      await server.close()
      await bus.close()
    },
  }
}
