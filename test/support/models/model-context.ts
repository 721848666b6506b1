import { setImmediate as breathe } from 'node:timers/promises'
import type { ModelContext } from '../../../adapters/models/calls.ts'
import type { Metrics } from '../../../ports/metrics.ts'

/** What a test sees of the requests to models. Nobody really waits between them, and `pass` lets time go by. */
export interface SeenModels {
  context: ModelContext
  /** Sleeps that were asked for, ms. */
  slept: number[]
  /** Everything that was logged, as text. */
  logged: string[]
  /** A counter or gauge by name and labels: `counted('breakroom_model_calls_total', 'writer', 'ok')`. */
  counted(name: string, ...labels: string[]): number
  metrics: Metrics
  pass(ms: number): void
}

export function seeModels(): SeenModels {
  const counts = new Map<string, number>()
  const slept: number[] = []
  const logged: string[] = []
  let passed = 0
  const note = (fields: Record<string, unknown>, message: string) => logged.push(`${message} ${JSON.stringify(fields)}`)
  const keyOf = (name: string, labels: readonly (string | undefined)[]) => [name, ...labels].join(' ')
  const metrics: Metrics = {
    count(name, labels = {}, by = 1) {
      const key = keyOf(name, Object.values(labels))
      counts.set(key, (counts.get(key) ?? 0) + by)
    },
    gauge: (name, value, labels = {}) => void counts.set(keyOf(name, Object.values(labels)), value),
  }
  return {
    slept,
    logged,
    metrics,
    counted: (name, ...labels) => counts.get(keyOf(name, labels)) ?? 0,
    pass: (ms) => {
      passed += ms
    },
    context: {
      clock: { now: () => new Date(Date.UTC(2026, 2, 1) + passed), monotonic: () => performance.now() + passed },
      async sleep(ms) {
        slept.push(ms)
        // Others have their turn, as they would.
        await breathe()
      },
      random: () => 0,
      log: { info: note, warn: note, error: note },
      metrics,
    },
  }
}
