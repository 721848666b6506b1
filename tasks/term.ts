import type { Limit } from '../core/authority.ts'
import { BreakroomError, sentenceOf } from '../core/errors.ts'
import type { OrgSubjects } from '../core/subject.ts'
import type { Task } from '../core/task/task.ts'
import type { TaskWorld } from '../core/task/world.ts'
import type { Publisher, Services } from '../ports/bus.ts'
import type { Clock } from '../ports/clock.ts'
import type { Counter } from '../ports/counter.ts'
import type { KeyedState } from '../ports/keyed-state.ts'
import type { Term } from '../ports/leadership.ts'
import type { Ledger } from '../ports/ledger.ts'
import type { Log } from '../ports/log.ts'
import type { Metrics } from '../ports/metrics.ts'
import type { Applied, TaskStorage, TaskStore } from '../ports/task-store.ts'
import { openBook } from './book.ts'
import { serveTasks } from './door.ts'
import { carryOut } from './effects/carry-out.ts'
import { createHandlers } from './handlers.ts'
import { createMilestones } from './milestones.ts'
import { loadProgress, progressOf, setProgress } from './progress.ts'
import { project } from './projector.ts'
import { isLedgerLost, rebuildStore, refillLedger } from './rebuild.ts'
import type { Rebuilds } from './rebuilds.ts'
import { createTaskService } from './service.ts'
import { createVerifier, type VerifierParts } from './verifier.ts'

export interface TermParts extends Pick<VerifierParts, 'programs' | 'checks' | 'workspace' | 'timeLimitMs' | 'mayRun'> {
  bus: Publisher & Services
  ledger: Ledger
  storage: TaskStorage
  cursors: KeyedState<number>
  labels: Counter
  subjects: OrgSubjects
  world: TaskWorld
  limits: ReadonlyMap<string, Limit>
  roleOfToken: ReadonlyMap<string, string>
  homeRoom: string
  clock: Clock
  log: Log
  metrics: Metrics
  rebuilds: Rebuilds
  /** Endpoints beside the verbs. */
  more: Parameters<Services['serve']>[1]
}

/** Leads for one term: answers commands until the term ends or the store was made anew, and begins again after that. */
export async function serveTerm(parts: TermParts, term: Term): Promise<void> {
  while (!term.signal.aborted) await serveFromStore(parts, term)
}

/** How often it is looked whether the ledger is still there while nothing happens. */
const watchEveryMs = 5_000

async function serveFromStore(parts: TermParts, term: Term): Promise<void> {
  const { ledger, cursors, labels, log, metrics } = parts
  const ending = new AbortController()
  const signal = AbortSignal.any([term.signal, ending.signal])
  let fresh: { adopt(): Promise<void> } | null = null
  const store = await openFitting(parts)
  try {
    const end = await ledger.lastSeq()
    // Where nothing is known any more, what is in the ledger has been carried out: better than all of it again.
    const progress = await loadProgress(cursors, end, log)
    const book = await openBook(store)
    await labels.atLeast(await store.highestLabel())
    const reached = createMilestones()
    const effects = new Set<Promise<void>>()

    const service = createTaskService({
      ledger,
      book,
      labels,
      world: parts.world,
      mustLead() {
        if (!term.current || signal.aborted)
          throw new BreakroomError('unavailable', 'Another process leads the tasks now.')
      },
      caughtUp: reached.version,
      onChange: (task) => verifier.look(task),
      clock: parts.clock,
      metrics,
    })
    const verifier = createVerifier({ ...parts, service, signal })
    const effectParts = { ...parts, book, service, signal }

    const onApplied = (applied: Applied) => {
      const { seq, task } = applied
      book.put(task)
      book.stored(task)
      reached.applied(task)
      if (seq <= progress.start) return
      const done = progress.begin(seq)
      const work = carryOut(effectParts, applied).then(() => {
        // Cut off in the middle it is not done, and the next one begins with it.
        if (!signal.aborted) done()
      })
      effects.add(work)
      void work.finally(() => effects.delete(work))
    }
    // Effects that were not carried out before a crash lie behind what the store has.
    const after = Math.min(await store.lastSeq(), progress.start)
    const projecting = project({
      ledger,
      store,
      after,
      onApplied,
      onReached: reached.reached,
      log,
      metrics,
      signal,
    }).catch((error) => {
      log.error({ cause: sentenceOf(error) }, 'the tasks could not be followed')
      ending.abort()
    })
    await Promise.race([reached.seq(end), projecting])

    for (const task of book.live()) verifier.look(task)
    if (!signal.aborted) {
      await serveTasks({
        ...parts,
        handlers: createHandlers({ ...parts, service, book, store }),
        more: {
          ...parts.more,
          ...parts.rebuilds.endpoints(signal, (made) => {
            fresh = made
            ending.abort()
          }),
        },
        signal,
      })
    }
    const watch = setInterval(() => void watchOver(), watchEveryMs)
    await aborted(signal)
    clearInterval(watch)
    await Promise.all([projecting, verifier.idle(), ...effects])
    await progress.close()

    async function watchOver(): Promise<void> {
      for (const [status, count] of countByStatus(book.live()))
        metrics.gauge('breakroom_tasks', count, { what: status })
      try {
        if ((await ledger.lastSeq()) >= reached.last) return
        log.error(
          { seq: reached.last },
          'the ledger ends before what was read from it; it is filled again from the store',
        )
        ending.abort()
      } catch (error) {
        log.warn({ cause: sentenceOf(error) }, 'the ledger could not be looked at')
      }
    }
  } finally {
    ending.abort()
    await store.close()
  }
  if (fresh !== null) await (fresh as { adopt(): Promise<void> }).adopt()
}

/** The store, after a ledger that was lost has been filled again from it. */
async function openFitting(parts: TermParts): Promise<TaskStore> {
  const { ledger, storage, cursors, log, metrics } = parts
  const store = await storage.open()
  try {
    if (!(await isLedgerLost(ledger, store))) return store
    log.error({}, 'the ledger of tasks was lost; it is filled again from the store')
    const progress = (await progressOf(cursors)) ?? 0
    await setProgress(cursors, await refillLedger(ledger, store, progress))
  } catch (error) {
    await store.close()
    throw error
  }
  await store.close()
  // Sequences are others now.
  const { adopt } = await rebuildStore(
    { ledger, storage, log, metrics, signal: new AbortController().signal },
    () => {},
  )
  await adopt()
  return storage.open()
}

function countByStatus(tasks: Iterable<Task>): Map<string, number> {
  const counts = new Map<string, number>()
  for (const { status } of tasks) counts.set(status, (counts.get(status) ?? 0) + 1)
  return counts
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve()
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
}
