import type { z } from 'zod'
import { BreakroomError } from '../core/errors.ts'
import { readRequest, refuseDeep } from '../core/service-request.ts'
import type { KeptKnowledge } from '../core/state/kept-knowledge.ts'
import {
  beginSchema,
  type historyReplySchema,
  historyRequestSchema,
  importBeginSchema,
  importSchema,
  type JobStatus,
  type pageReplySchema,
  pageRequestSchema,
  type StateReport,
} from '../core/state/request.ts'
import type { OrgSubjects } from '../core/subject.ts'
import type { Endpoint } from '../ports/bus.ts'
import type { Clock } from '../ports/clock.ts'
import type { Ledger } from '../ports/ledger.ts'
import type { Log } from '../ports/log.ts'
import type { Metrics } from '../ports/metrics.ts'
import type { Sleep } from '../ports/sleep.ts'
import type { StateFile } from '../ports/state-file.ts'
import type { OwnedStore } from '../ports/store.ts'
import { handoverMs } from './behind/owner.ts'
import type { Behind } from './behind.ts'
import { compareStores } from './jobs/compare.ts'
import { createFileImport } from './jobs/import.ts'
import { importFromStore } from './jobs/import-firestore.ts'
import { halfDone, refuseHalf } from './jobs/import-note.ts'
import { createJobs } from './jobs/jobs.ts'
import { rebuildFile } from './jobs/rebuild.ts'
import { entriesOf, pageOf, placeOf } from './pages.ts'

/** Commits nest as deep as follow-ups of follow-ups do. */
const depthLimit = 60

export interface StateDoorParts {
  org: string
  subjects: OrgSubjects
  file: StateFile
  /** The writing of the store behind, and that store; null where there is none. */
  behind: Pick<Behind, 'flush' | 'pause' | 'report'> | null
  store: OwnedStore | null
  ledger: Ledger
  /** Has the task service write the ledger anew from the history that it asks for here. */
  refill: () => Promise<void>
  /** Gives the knowledge proxy back what people taught. */
  relearn: (knowledge: KeptKnowledge[]) => Promise<void>
  /** Entries of the ledger that are not kept yet; null while nobody knows. */
  lag: () => number | null
  /** What is off, for people, beside what is off about the store behind. */
  troubles: () => string[]
  clock: Clock
  sleep: Sleep
  log: Log
  metrics: Metrics
  signal: AbortSignal
}

/**
 * What others may ask of the organisation's memory. The task service reads all commits; everything else is for the command line alone, whose key
 * is that of whoever owns the machine. Who asks is what the bus proved. Requests are read strictly.
 */
export function stateEndpoints(parts: StateDoorParts): Record<string, Endpoint> {
  const { subjects, file, behind, store, lag, clock, log, signal } = parts
  const flush = async () => behind?.flush(signal)
  const fileImport = createFileImport(parts)
  const jobs = createJobs(
    {
      import: fileImport.finish,
      import_firestore: (progress) => {
        if (store === null) throw noStore()
        return importFromStore({ ...parts, store, handoverMs, pause: () => behind?.pause() ?? (() => {}) }, progress)
      },
      rebuild: (progress) => rebuildFile(parts, progress),
      compare: (progress) => compareStores({ ...parts, flush }, progress),
    },
    { clock, log },
  )
  /** Pages of an import come one after another, whoever sends them. */
  let bringing: Promise<unknown> = Promise.resolve()

  return {
    history: {
      subject: subjects.stateService('history', 'tasks'),
      handler: async (data): Promise<z.input<typeof historyReplySchema>> => {
        const { after } = readRequest(historyRequestSchema, data, 'history')
        await refuseHalf(file)
        const { page, more } = await pageOf(file.store.history(after))
        return { commits: page, done: !more }
      },
    },
    ...forCommandLine({
      status,
      page,
      import_begin: (data) => {
        const announcement = readRequest(importBeginSchema, data, 'import_begin')
        jobs.refuseWhileRunning()
        return inTurn(() => fileImport.announce(announcement))
      },
      import: (data) => {
        const { entries } = readRequest(importSchema, data, 'import')
        jobs.refuseWhileRunning()
        return inTurn(() => fileImport.bring(entries))
      },
      begin: async (data): Promise<JobStatus> => {
        const { job } = readRequest(beginSchema, data, 'begin')
        if (job === 'import_firestore' && store === null) throw noStore()
        return jobs.begin(job)
      },
      job: async (): Promise<JobStatus> => jobs.status(),
    }),
  }

  function forCommandLine(handlers: Record<string, (data: unknown) => Promise<object>>): Record<string, Endpoint> {
    const endpoints = Object.entries(handlers).map(([verb, handle]) => {
      const handler = async (data: unknown) => {
        refuseDeep(data, depthLimit, verb)
        return handle(data)
      }
      return [verb, { subject: subjects.stateService(verb, 'cli'), handler }] as const
    })
    return Object.fromEntries(endpoints)
  }

  async function status(): Promise<StateReport> {
    const [counts, report, half] = [await file.counts(), (await behind?.report()) ?? null, await halfDone(file)]
    const ofBehind = report?.trouble ?? null
    return {
      org: parts.org,
      fleet: file.fleet,
      file: file.store.title,
      counts,
      ledger_lag: lag(),
      behind: report,
      troubles: [...parts.troubles(), ...(ofBehind === null ? [] : [ofBehind]), ...half],
    }
  }

  async function page(data: unknown): Promise<z.input<typeof pageReplySchema>> {
    const { section, after } = readRequest(pageRequestSchema, data, 'page')
    await refuseHalf(file)
    const { page: entries, more } = await pageOf(entriesOf(file.store, section, after))
    const last = entries.at(-1)
    return { entries, next: more && last !== undefined ? placeOf(last) : null }
  }

  async function inTurn(work: () => Promise<void>): Promise<object> {
    const done = bringing.then(work)
    bringing = done.catch(() => {})
    await done
    return {}
  }
}

function noStore(): BreakroomError {
  const message = 'There is no Firestore here to import from: "state: firestore:" of breakroom.yaml names one.'
  return new BreakroomError('refused', message, { detail: { rule: 'no-store' } })
}
