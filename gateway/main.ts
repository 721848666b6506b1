import type { ExposedMetrics } from '../adapters/prometheus/metrics.ts'
import type { RunningPart } from '../ports/part.ts'
import { healthOf } from './health.ts'
import { listen } from './http.ts'

/** The gateway: health and metrics of the parts in this process. */
export async function startGateway(options: {
  host: string
  port: number
  metrics: ExposedMetrics
  parts: () => readonly RunningPart[]
}): Promise<RunningPart & { port: number }> {
  const { host, port, metrics } = options
  const server = await listen({
    host,
    port,
    metrics: metrics.text,
    health: () => healthOf(options.parts()),
  })
  return {
    name: 'gateway',
    port: server.port,
    ready: async () => {},
    troubles: () => [],
    stop: server.close,
  }
}
