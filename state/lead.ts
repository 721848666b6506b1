import { BreakroomError, sentenceOf } from '../core/errors.ts'
import type { StateReport } from '../core/state/request.ts'
import type { OrgSubjects } from '../core/subject.ts'
import { whenAborted } from '../core/when-aborted.ts'
import type { Endpoint, RecordReader, Services } from '../ports/bus.ts'
import type { Clock } from '../ports/clock.ts'
import type { Leadership, Term } from '../ports/leadership.ts'
import type { Ledger } from '../ports/ledger.ts'
import type { Log } from '../ports/log.ts'
import type { Metrics } from '../ports/metrics.ts'
import type { Sleep } from '../ports/sleep.ts'
import type { StateFile } from '../ports/state-file.ts'
import type { OwnedStore } from '../ports/store.ts'
import { type Behind, createBehind } from './behind.ts'
import { stateEndpoints } from './door.ts'
import { followLearned } from './follow-learned.ts'
import { followLedger } from './follow-ledger.ts'
import { followRecord } from './follow-record.ts'
import { halfDone } from './jobs/import-note.ts'
import { createKeepMeasured } from './keep-measured.ts'
import type { StartKeeper } from './keep-start.ts'
import { orAborted } from './or-aborted.ts'
import { relearn } from './relearn.ts'

export interface StateLeadParts {
  org: string
  bus: Services & RecordReader
  subjects: OrgSubjects
  ledger: Ledger
  leadership: Leadership
  /** Opens the house's own file; it is open only while this process leads. */
  openFile: () => StateFile
  /** Makes the store behind, or null where there is none. Throws when it cannot be: the file alone is kept then, and that is said. */
  openStore: () => OwnedStore | null
  starts: StartKeeper
  /** How often figures are written to the store behind, ms. */
  metricsEveryMs: number
  nameOf: (actor: string) => string
  clock: Clock
  sleep: Sleep
  random(): number
  log: Log
  metrics: Metrics
  signal: AbortSignal
}

export interface StateLead {
  /** Resolves after `signal` aborted and what was under way has ended. */
  ended: Promise<void>
  /** While another process leads: only why this one could not. */
  troubles(): string[]
}

/** What is owed is given so long when the part is stopped; the rest is owed at the next start. */
const flushMs = 2_000
/** A write that is under way is not waited for longer. */
const settleMs = 250
const refillAnswersWithinMs = 10_000

/** Keeps the organisation's memory while this process leads, and waits for its turn while another one does. */
export function createStateLead(parts: StateLeadParts): StateLead {
  const { bus, subjects, ledger, leadership, log, signal } = parts
  let failure: string | null = null
  let troublesNow: () => string[] = () => []
  const ended = leadership.lead('state', serve, signal)
  return { ended, troubles: () => [...(failure === null ? [] : [failure]), ...troublesNow()] }

  async function serve(term: Term): Promise<void> {
    let file: StateFile | undefined
    let store: OwnedStore | null = null
    try {
      file = parts.openFile()
      const [opened, without] = openStore()
      store = opened
      failure = null
      await keep(term, file, store, without)
    } catch (error) {
      failure = `the organisation's memory cannot be kept: ${sentenceOf(error)}`
      throw error
    } finally {
      troublesNow = () => []
      await store?.close().catch((error) => log.warn({ cause: sentenceOf(error) }, 'state: the store behind'))
      await file?.close()
    }
  }

  /** The store behind, and why there is none although there should be. */
  function openStore(): [OwnedStore | null, string | null] {
    try {
      return [parts.openStore(), null]
    } catch (error) {
      log.error({ cause: sentenceOf(error) }, 'state: the store behind cannot be used')
      return [null, `only the file of this machine is kept: ${sentenceOf(error)}`]
    }
  }

  async function keep(term: Term, file: StateFile, store: OwnedStore | null, without: string | null): Promise<void> {
    const ending = new AbortController()
    const until = AbortSignal.any([term.signal, signal, ending.signal])
    const lettingGo = new AbortController()
    const shared = { ...parts, file, signal: until }
    const behind = store === null ? null : createBehind({ ...parts, file, store, signal: lettingGo.signal })
    const keeping = createKeepMeasured(file)
    const refill = async () => {
      await orAborted(bus.request(subjects.taskService('refill', 'state'), {}, refillAnswersWithinMs), until)
    }
    const tasks = followLedger({ ...shared, keep: keeping, refill })
    const record = followRecord({ ...shared, keep: keeping })
    const learned = followLearned(shared)
    const starting = parts.starts.keepIn(file, until)
    const feeds = [tasks, record, learned]
    const troubles = () => [
      ...(without === null ? [] : [without]),
      ...[file.trouble()].filter((trouble) => trouble !== null),
      ...[...feeds, parts.starts].flatMap((one) => one.troubles()),
    ]
    troublesNow = () => [...troubles(), ...(behind?.troubles() ?? [])]
    const endpoints = stateEndpoints({
      ...shared,
      behind,
      store,
      ledger,
      refill,
      relearn: (knowledge) => relearn(parts, knowledge),
      lag: () => tasks.lag(),
      troubles,
    })
    const serving = bus.serve(
      'state',
      whileLeading(term, until, { ...endpoints, part: partStatus(file, behind) }),
      until,
      {
        // A former leader that hangs has its subscriptions still, and must not swallow requests.
        shared: false,
      },
    )
    try {
      await Promise.race([Promise.all([...feeds.map((one) => one.ended), serving, starting]), whenAborted(until)])
      await whenAborted(until)
    } finally {
      ending.abort()
      await Promise.allSettled([...feeds.map((one) => one.ended), serving, starting])
      if (behind !== null) await letGo(behind, lettingGo, signal.aborted && term.current)
    }

    function partStatus(of: StateFile, its: Behind | null): Endpoint {
      return {
        subject: subjects.service('state', 'status'),
        handler: async () => {
          const state: StateReport = {
            file: of.store.title,
            counts: await of.counts(),
            ledger_lag: tasks.lag(),
            behind: (await its?.report()) ?? null,
          }
          return { part: 'state', troubles: [...troublesNow(), ...(await halfDone(of))], state }
        },
      }
    }
  }

  /** What is owed is written if that is soon done, unless another leads by now. */
  async function letGo(behind: Behind, lettingGo: AbortController, mayFlush: boolean): Promise<void> {
    if (mayFlush) {
      await behind.flush(AbortSignal.timeout(flushMs)).catch((error) => {
        log.info({ cause: sentenceOf(error) }, 'state: what is owed to the store behind is written at the next start')
      })
    }
    lettingGo.abort()
    await Promise.race([behind.ended, parts.sleep(settleMs)])
  }

  function whileLeading(term: Term, until: AbortSignal, endpoints: Record<string, Endpoint>): Record<string, Endpoint> {
    const guarded = Object.entries(endpoints).map(([name, { subject, handler }]) => {
      const handle: Endpoint['handler'] = async (data, on) => {
        if (term.current && !until.aborted) return handler(data, on)
        throw new BreakroomError('unavailable', "Another process keeps the organisation's memory by now.")
      }
      return [name, { subject, handler: handle }] as const
    })
    return Object.fromEntries(guarded)
  }
}
