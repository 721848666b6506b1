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
  endpoints(during: RebuildDuring): Parameters<Services['serve']>[1]
  /** Resolves when none is under way any more, after the signal aborted. */
  idle(): Promise<void>
}

/** What serves while somebody asks for a rebuild. */
interface RebuildDuring {
  /** Throws while another may be the active service, and once a store that was made is about to take the other's place. */
  mustLead: () => void
  /** Hears of a store that is to be put in the other's place. */
  onMade: (made: { adopt(): Promise<void> }) => void
  signal: AbortSignal
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
  let working: Promise<void> = Promise.resolve()

  return {
    endpoints: (during) => ({
      rebuild: { subject: subjects.taskService('rebuild', 'cli'), handler: async () => begin(during) },
      rebuild_status: { subject: subjects.taskService('rebuild_status', 'cli'), handler: async () => status },
    }),
    idle: () => working,
  }

  /** A second one joins the first. */
  function begin({ mustLead, onMade, signal }: RebuildDuring): RebuildStatus {
    // It would begin by removing what another has made, or is making, in the same place.
    mustLead()
    if (status.running) return status
    const began = clock.monotonic()
    status = { running: true, done: 0, total: 0, error: null, took_ms: null }
    working = rebuildStore({ ...parts, signal }, (done, total) => {
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
