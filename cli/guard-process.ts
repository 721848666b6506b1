import { monitorEventLoopDelay } from 'node:perf_hooks'
import { startWatchdog } from '../adapters/process/watchdog.ts'
import type { Log } from '../ports/log.ts'
import type { Metrics } from '../ports/metrics.ts'

/**
 * Keeps one broken handler from ending a fleet: what nobody caught is logged and counted, and the process stays up. Nothing we
 * promise depends on memory alone, so going on is safe; a stalled event loop shows as a metric, and ends the process when it stands
 * still for half a minute.
 */
export function guardProcess(log: Log, metrics: Metrics): void {
  const note = (error: unknown) => {
    metrics.count('breakroom_uncaught_total')
    log.error({ cause: error instanceof Error ? (error.stack ?? error.message) : String(error) }, 'nobody caught this')
  }
  process.on('uncaughtException', note)
  process.on('unhandledRejection', note)
  startWatchdog({ limitSeconds: 30, log })
  const delay = monitorEventLoopDelay({ resolution: 20 })
  delay.enable()
  setInterval(() => {
    metrics.gauge('breakroom_loop_delay_ms', Math.round(delay.max / 1e6))
    delay.reset()
  }, 5_000).unref()
}
