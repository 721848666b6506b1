import type { Metrics } from '../../ports/metrics.ts'

/** Metrics that nobody reads: of a command that ends at once. */
export const silentMetrics: Metrics = { count() {}, gauge() {} }
