import { setTimeout as pause } from 'node:timers/promises'
import type { Limit } from '../core/authority.ts'
import { BreakroomError, sentenceOf } from '../core/errors.ts'
import type { OrgSubjects } from '../core/subject.ts'
import { isOver, type Task, taskStatuses } from '../core/task/task.ts'
import type { TaskWorld } from '../core/task/world.ts'
import { whenAborted } from '../core/when-aborted.ts'
import type { Publisher, Services } from '../ports/bus.ts'
import type { Clock } from '../ports/clock.ts'
import type { Counter } from '../ports/counter.ts'
import type { KeyedState } from '../ports/keyed-state.ts'
import type { Term } from '../ports/leadership.ts'
import type { Ledger } from '../ports/ledger.ts'
import type { Log } from '../ports/log.ts'
import type { Metrics } from '../ports/metrics.ts'
import type { TaskStorage, TaskStore } from '../ports/task-store.ts'
import { type BesideParts, createBeside } from './beside.ts'
import { openBook } from './book.ts'
import { serveTasks } from './door.ts'
import { createEffectQueue } from './effects/queue.ts'
import { ringAgain } from './effects/ring-again.ts'
import { createHandlers } from './handlers.ts'
import { createMilestones } from './milestones.ts'
import { openStore } from './open-store.ts'
import { loadProgress, type WrittenBack } from './progress.ts'
import { project } from './projector.ts'
import { catchUp } from './rebuild.ts'
import type { Rebuilds } from './rebuilds.ts'
import type { Refills } from './refill.ts'
import { createTaskService } from './service.ts'

export interface TermParts extends BesideParts {
  bus: Publisher & Services
  ledger: Ledger
  storage: TaskStorage
  cursors: KeyedState<number>
  writtenBack: KeyedState<WrittenBack>
  labels: Counter
  subjects: OrgSubjects
  world: TaskWorld
  limits: ReadonlyMap<string, Limit>
  roleOfToken: ReadonlyMap<string, string>
  homeRoom: string
  rebuilds: Rebuilds
  refills: Refills
  /** Endpoints beside the verbs. */
  more: Parameters<Services['serve']>[1]
  /** Called when commands are answered, and when they are not any more. */
  onServing: (serving: boolean) => void
  clock: Clock
  log: Log
  metrics: Metrics
}

/** How often it is looked whether the ledger is still there while nothing happens. */
const watchEveryMs = 5_000
/** Before it is begun anew after a failure. */
const restMs = 1_000

/** Leads for one term: answers commands until the term ends, and begins again when the store was made anew or the ledger was lost. */
export async function serveTerm(parts: TermParts, term: Term): Promise<void> {
  const owed = new Set<number>()
  while (!term.signal.aborted) {
    const store = await openStore({ ...parts, owed, signal: term.signal })
    const ending = new AbortController()
    let fresh: { adopt(): Promise<void> } | undefined
    try {
      // The book and the labels are made from it, before the first effect asks for one.
      if (!(await isCaughtUp(parts, store, term.signal))) continue
      await parts.refills.fill(store, term.signal)
      await serveFrom(parts, term, { store, owed }, ending, (made) => {
        fresh = made
        ending.abort()
      })
    } catch (error) {
      if (!term.signal.aborted) throw error
    } finally {
      ending.abort()
      // What was seen of Redis was seen from here; whoever begins anew looks for themselves.
      parts.onDegraded(null)
      await store.close()
    }
    await fresh?.adopt()
  }
}

/** False, after a moment, when the ledger could not be read into the store. */
async function isCaughtUp(parts: TermParts, store: TaskStore, signal: AbortSignal): Promise<boolean> {
  try {
    await catchUp({ ...parts, store, signal })
    return true
  } catch (error) {
    if (!signal.aborted) await restAfter(error, parts.log, signal)
    return false
  }
}

async function restAfter(error: unknown, log: Log, signal: AbortSignal): Promise<void> {
  log.error({ cause: sentenceOf(error) }, 'the ledger could not be followed')
  // A full disk stays full for a while.
  await pause(restMs, undefined, { signal }).catch(() => {})
}

/** Serves from one store until `ending` aborts or the term ends; what is under way is finished or left to the next. */
async function serveFrom(
  parts: TermParts,
  term: Term,
  { store, owed }: { store: TaskStore; owed: Set<number> },
  ending: AbortController,
  onMade: (made: { adopt(): Promise<void> }) => void,
): Promise<void> {
  const { ledger, labels, log, metrics } = parts
  const signal = AbortSignal.any([term.signal, ending.signal])
  const end = await ledger.lastSeq()
  // Where nothing is known any more, what is in the ledger has been carried out: better than all of it again.
  const progress = await loadProgress(parts, end, log)
  const book = await openBook(store)
  await labels.atLeast(await store.highestLabel())
  const milestones = createMilestones()
  let caughtUp = false

  const service = createTaskService({
    ...parts,
    book,
    commits: (key) => store.commits(key),
    mustLead,
    caughtUp: milestones.version,
    readUpTo: () => milestones.last,
    onLedgerLost,
    onChange: (task) => beside.look(task),
  })
  const beside = createBeside({ ...parts, service, book, mustLead, signal })
  const effects = createEffectQueue({ ...parts, book, service, accept: beside.accept, signal }, progress, owed)

  // Effects that were cut off, or are owed, lie behind what the store has.
  const after = Math.min(await store.lastSeq(), progress.start, ...[...owed].map((seq) => seq - 1))
  milestones.reached(after)
  const projecting = project({
    ledger,
    store,
    after,
    onApplied(applied) {
      // What another stored at the end of its lead is news to us.
      if (book.put(applied.task) && caughtUp) beside.look(applied.task)
      book.stored(applied.task)
      milestones.applied(applied.task)
      effects.begin(applied)
    },
    onReached: milestones.reached,
    log,
    metrics,
    signal,
  }).catch((error) => {
    ending.abort()
    return restAfter(error, log, term.signal)
  })
  await Promise.race([milestones.seq(end), projecting])

  caughtUp = true
  const ringing = signal.aborted
    ? null
    : ringAgain({ ...parts, book }, parts.clock.now()).catch((error) =>
        log.warn({ cause: sentenceOf(error) }, 'not every open task could be rung for again'),
      )
  const handlers = { ...createHandlers({ ...parts, service: beside.guarded, book, store }), ...beside.handlers }
  const refilling = parts.refills.endpoints({
    mustLead,
    store,
    isLost: async () => {
      const read = milestones.last
      return (await ledger.lastSeq()) < read
    },
    caughtUp: async () => Promise.race([milestones.seq(await ledger.lastSeq()), whenAborted(signal)]),
    onMissing: () => ending.abort(),
    signal,
  })
  const more = { ...parts.more, ...parts.rebuilds.endpoints({ mustLead, onMade, signal }), ...refilling }
  if (!signal.aborted) {
    await serveTasks({ ...parts, handlers, mustLead, more, signal })
    parts.onServing(true)
    await beside.begin()
  }
  const watch = setInterval(() => void watchOver(), watchEveryMs)
  await whenAborted(signal)
  clearInterval(watch)
  parts.onServing(false)
  await Promise.all([projecting, beside.idle(), effects.idle(), parts.refills.idle(), parts.rebuilds.idle(), ringing])
  await progress.close()

  function mustLead(): void {
    if (term.current && !signal.aborted) return
    throw new BreakroomError('unavailable', 'Another process leads the tasks now.')
  }

  function onLedgerLost(): void {
    log.error({ seq: milestones.last }, 'the ledger does not have any more what was read from it')
    ending.abort()
  }

  async function watchOver(): Promise<void> {
    for (const [status, count] of countByStatus(book.live())) metrics.gauge('breakroom_tasks', count, { what: status })
    try {
      // Before it is asked: what comes meanwhile is read before the answer is.
      const read = milestones.last
      if ((await ledger.lastSeq()) < read) onLedgerLost()
    } catch (error) {
      log.warn({ cause: sentenceOf(error) }, 'the ledger could not be looked at')
    }
  }
}

const liveStatuses = taskStatuses.filter((status) => !isOver({ status }))

function countByStatus(tasks: Iterable<Task>): Map<Task['status'], number> {
  const counts = new Map<Task['status'], number>(liveStatuses.map((status) => [status, 0]))
  for (const { status } of tasks) counts.set(status, (counts.get(status) ?? 0) + 1)
  return counts
}
