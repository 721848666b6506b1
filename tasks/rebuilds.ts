import { sentenceOf } from '../core/errors.ts'
import type { OrgSubjects } from '../core/subject.ts'
import type { Services } from '../ports/bus.ts'
import type { Clock } from '../ports/clock.ts'
import type { Ledger } from '../ports/ledger.ts'
import type { Log } from '../ports/log.ts'
import type { Metrics } from '../ports/metrics.ts'
import type { TaskStorage } from '../ports/task-store.ts'
import { rebuildStore } from './rebuild.ts'

/** How far a rebuild has come. */
interface RebuildStatus {
  running: boolean
  /** Entries of the ledger. */
  done: number
  total: number
  error: string | null
  took_ms: number | null
}

/** What serves `breakroom state rebuild`. Its status outlives the exchange of the store that a rebuild ends with. */
export interface Rebuilds {
  /** `onMade` hears of a store that is to be put in the other's place. */
  endpoints(signal: AbortSignal, onMade: (made: { adopt(): Promise<void> }) => void): Parameters<Services['serve']>[1]
}

/** Only the command line may ask: whoever holds its key owns the machine. */
export function createRebuilds(parts: {
  ledger: Ledger
  storage: TaskStorage
  subjects: OrgSubjects
  clock: Clock
  log: Log
  metrics: Metrics
}): Rebuilds {
  const { subjects, clock } = parts
  let status: RebuildStatus = { running: false, done: 0, total: 0, error: null, took_ms: null }

  return {
    endpoints: (signal, onMade) => ({
      rebuild: { subject: subjects.taskService('rebuild', 'cli'), handler: async () => begin(signal, onMade) },
      rebuild_status: { subject: subjects.taskService('rebuild_status', 'cli'), handler: async () => status },
    }),
  }

  /** A second one joins the first. */
  function begin(signal: AbortSignal, onMade: (made: { adopt(): Promise<void> }) => void): RebuildStatus {
    if (status.running) return status
    const began = clock.monotonic()
    status = { running: true, done: 0, total: 0, error: null, took_ms: null }
    rebuildStore({ ...parts, signal }, (done, total) => {
      status = { ...status, done, total }
    }).then(
      (made) => {
        status = { ...status, running: false, took_ms: Math.round(clock.monotonic() - began) }
        onMade(made)
      },
      (error) => {
        status = { ...status, running: false, error: sentenceOf(error) }
      },
    )
    return status
  }
}
