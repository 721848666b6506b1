import { sentenceOf } from '../core/errors.ts'
import type { OrgSubjects } from '../core/subject.ts'
import type { TaskCommit } from '../core/task/commit.ts'
import type { Services } from '../ports/bus.ts'
import type { KeyedState } from '../ports/keyed-state.ts'
import type { Ledger } from '../ports/ledger.ts'
import type { Log } from '../ports/log.ts'
import type { Metrics } from '../ports/metrics.ts'
import type { Sleep } from '../ports/sleep.ts'
import type { TaskStore } from '../ports/task-store.ts'
import { keptHistory, missingIn } from './kept-history.ts'
import { beginWritingBack, endWritingBack, type WrittenBack, writtenBackIn } from './progress.ts'
import { catchUp, type History, refillLedger } from './rebuild.ts'

/** Before it is looked again after the state store could not be read. */
const againAfterMs = 10_000

/** What became of the last refill. */
interface RefillStatus {
  running: boolean
  /** Commits that were written back. */
  written: number
  error: string | null
}

/** What serves from a store while somebody asks for a refill. */
interface RefillDuring {
  /** Throws while another may be the active service. */
  mustLead: () => void
  store: TaskStore
  /** Whether the ledger ends before what was read from it. */
  isLost: () => Promise<boolean>
  /** Resolves when the store has all that the ledger has now. */
  caughtUp: () => Promise<void>
  /** Called when something is missing: serving is to end, and `fill` to come before it begins again. */
  onMissing: () => void
  signal: AbortSignal
}

/** Fills a lost ledger from what the state store keeps of all tasks. */
export interface Refills {
  /** The state store asks; it looks for what is missing while commands go on, and interrupts them only if there is something. */
  endpoints(during: RefillDuring): Parameters<Services['serve']>[1]
  /**
   * Between two stores: writes back what was found missing, and what another one has left. Nothing of it is carried out again. The
   * store has all of the ledger before and after.
   * When the history cannot be read to its end, what there is counts, and `trouble` says so. Rejects when the bus is away.
   */
  fill(store: TaskStore, signal: AbortSignal): Promise<void>
  /** Why tasks may be missing, in a sentence for people, or null. */
  trouble(): string | null
  /** Resolves when nobody looks any more, after the signal aborted. */
  idle(): Promise<void>
}

export function createRefills(parts: {
  bus: Pick<Services, 'request'>
  ledger: Ledger
  cursors: KeyedState<number>
  writtenBack: KeyedState<WrittenBack>
  subjects: OrgSubjects
  sleep: Sleep
  log: Log
  metrics: Metrics
}): Refills {
  const { ledger, writtenBack, subjects, sleep, log } = parts
  let status: RefillStatus = { running: false, written: 0, error: null }
  let wanted = false
  let trouble: string | null = null
  let looking: Promise<void> = Promise.resolve()
  /** What the last one could not write back: to try it again would only interrupt. */
  const unfit = new Set<string>()

  return {
    endpoints(during) {
      if (trouble !== null) void lookAgain(during)
      return { refill: { subject: subjects.taskService('refill', 'state'), handler: async () => begin(during) } }
    },
    fill,
    trouble: () => trouble,
    idle: () => looking,
  }

  /** A second one joins the first. */
  function begin(during: RefillDuring): RefillStatus {
    during.mustLead()
    if (status.running) return status
    status = { running: true, written: 0, error: null }
    looking = look(during).catch((error) => {
      if (!during.signal.aborted) fail(error)
      status = { ...status, running: false }
      void lookAgain(during)
    })
    return status
  }

  /** Whoever asked was told that it is begun, and need not ask again. */
  async function lookAgain(during: RefillDuring): Promise<void> {
    await sleep(againAfterMs, during.signal)
    if (during.signal.aborted) return
    try {
      begin(during)
    } catch {
      // Somebody else leads; they look by themselves.
    }
  }

  function fail(error: unknown): void {
    trouble = `not all tasks could be read back from the state store: ${sentenceOf(error)}`
    log.error({ cause: sentenceOf(error) }, 'not all tasks could be read back from the state store')
    status = { ...status, error: trouble }
  }

  async function look(during: RefillDuring): Promise<void> {
    if (await isSomethingMissing(during)) {
      wanted = true
      during.onMissing()
      return
    }
    if (!during.signal.aborted) trouble = null
    status = { ...status, running: false }
  }

  async function isSomethingMissing({ store, isLost, caughtUp, signal }: RefillDuring): Promise<boolean> {
    if (await isLost()) return true
    await caughtUp()
    for await (const { commit } of missingIn(store, keptHistory({ ...parts, signal }))) {
      if (unfit.has(placeOf(commit))) continue
      // The state store may have heard of it first.
      await caughtUp()
      if ((await store.commits(commit.key)).length < commit.version) return !signal.aborted
    }
    return false
  }

  async function fill(store: TaskStore, signal: AbortSignal): Promise<void> {
    const { begun, more } = await writtenBackIn(writtenBack)
    if (!wanted && begun === null && !more) return
    wanted = false
    try {
      const end = await ledger.lastSeq()
      // All that is behind it was written back; nobody else wrote meanwhile.
      const seqs = begun === null ? [] : range(begun, end)
      await beginWritingBack(writtenBack, Math.min(begun ?? end, end))
      const { written, away } = await write(store, signal)
      await catchUp({ ...parts, store, signal })
      await endWritingBack(parts, [...seqs, ...written], away !== null)
      log.info({ written: written.length }, 'tasks were written back into the ledger from the state store')
      status = { running: false, written: written.length, error: null }
      if (away === null) trouble = null
      else fail(away)
    } catch (error) {
      status = { running: false, written: 0, error: sentenceOf(error) }
      throw error
    }
  }

  /** Where what was missing is now, and why there may be more. */
  async function write(store: TaskStore, signal: AbortSignal): Promise<{ written: number[]; away: unknown }> {
    const written: number[] = []
    let away: unknown = null
    unfit.clear()
    const missing: History = {
      async *history() {
        try {
          yield* missingIn(store, keptHistory({ ...parts, signal }))
        } catch (error) {
          // Whoever leads next begins where this one ended.
          if (signal.aborted) throw error
          away = error
        }
      },
    }
    let why: string | null = null
    await refillLedger(ledger, missing, 0, (commit, now) => {
      if (typeof now === 'number') written.push(now)
      else {
        unfit.add(placeOf(commit))
        why ??= now.message
      }
    })
    if (unfit.size > 0) log.error({ commits: unfit.size, cause: why }, 'commits of the state store fit into no ledger')
    return { written, away }
  }
}

function placeOf({ key, version }: TaskCommit): string {
  return `${key}:${version}`
}

function range(after: number, to: number): number[] {
  return Array.from({ length: Math.max(0, to - after) }, (_, index) => after + 1 + index)
}
