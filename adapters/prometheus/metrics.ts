import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client'
import { type MetricName, type Metrics, metricHelp, metricLabels } from '../../ports/metrics.ts'

/** Metrics that can be asked for their text. */
export interface ExposedMetrics extends Metrics {
  /** The Prometheus text format. */
  text(): Promise<string>
}

/** Counts for Prometheus. A series exists from its first use. */
export function createPrometheusMetrics(): ExposedMetrics {
  const registry = new Registry()
  const counters = new Map<MetricName, Counter>()
  const gauges = new Map<MetricName, Gauge>()
  collectDefaultMetrics({ register: registry })

  return {
    count(name, labels = {}, by = 1) {
      obtain(counters, name, () => new Counter(shape(name))).inc(labels, by)
    },
    gauge(name, value, labels = {}) {
      obtain(gauges, name, () => new Gauge(shape(name))).set(labels, value)
    },
    text: () => registry.metrics(),
  }

  function shape(name: MetricName) {
    return { name, help: metricHelp[name], labelNames: metricLabels, registers: [registry] }
  }
}

function obtain<T>(known: Map<MetricName, T>, name: MetricName, make: () => T): T {
  const found = known.get(name) ?? make()
  known.set(name, found)
  return found
}
