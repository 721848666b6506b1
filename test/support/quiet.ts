import type { Log } from '../../ports/log.ts'
import type { Metrics } from '../../ports/metrics.ts'

/** A log for tests that are about something else. */
export const quietLog: Log = { info() {}, warn() {}, error() {} }

export const quietMetrics: Metrics = { count() {}, gauge() {} }
