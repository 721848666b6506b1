import { setTimeout as pause } from 'node:timers/promises'
import { BreakroomError, isBreakroomError, sentenceOf } from '../../core/errors.ts'
import {
  keptDocument,
  type RecordedDocument,
  recordedMatter,
  recordFilters,
  recordSource,
  taskDocument,
} from '../../core/knowledge/recorded.ts'
import type { CorpusStatus } from '../../core/knowledge/request.ts'
import type { KeptKnowledge } from '../../core/state/kept-knowledge.ts'
import type { Task } from '../../core/task/task.ts'
import type { Recorded, RecordReader } from '../../ports/bus.ts'
import type { Clock } from '../../ports/clock.ts'
import type { KeyedState } from '../../ports/keyed-state.ts'
import type { Library } from '../../ports/knowledge-index.ts'
import type { Log } from '../../ports/log.ts'
import type { Metrics } from '../../ports/metrics.ts'
import { type StoredBehind, storeBehind } from '../../ports/stored-behind.ts'
import { firstProblems } from './problems.ts'

export interface RecordParts {
  bus: RecordReader
  cursors: KeyedState<number>
  library: Library
  /** A task as its service knows it; null when there is none that we may see. Rejects with `unavailable` while nobody answers. */
  taskOf(label: string): Promise<Task | null>
  /** What people call an actor. */
  nameOf(actor: string): string
  clock: Clock
  log: Log
  metrics: Metrics
  /** Told of each document whose text is not what it was. */
  changed(document: string): void
  signal: AbortSignal
}

/** The fleet's own record in the library, while it is kept there. */
export interface KeptRecord {
  status(): CorpusStatus
  /**
   * Takes in what stood on the record of another fleet. What is here stays as it is. It is not read again from anywhere: should the library be
   * lost, it has to be brought back once more.
   */
  bringBack(knowledge: readonly KeptKnowledge[]): BroughtBack
  /** Resolves when `signal` aborted and nothing is under way. */
  ended: Promise<void>
}

/** How many of what came back are new here, and how many were known. */
export interface BroughtBack {
  taken: number
  known: number
}

const cursorName = 'knowledge:record'
const againAfterMs = 1_000
const quietMs = 1_000

/**
 * Takes decisions, tasks that are done, and memories that were accepted into the library, from a cursor behind the work; what is taken in
 * twice is one document. Nothing that was merely said in a room is ever taken. A library that has none of them, because it is new,
 * begins with the first entry again, whatever the cursor says.
 */
export function keepRecord(parts: RecordParts): KeptRecord {
  const { bus, cursors, library, log, metrics, clock, signal } = parts
  const counts = new Map(library.entries(recordSource).map(({ facts, sections }) => [facts.id, sections]))
  // What is brought back says nothing of how far this record was read.
  const isNew = counts.size === 0
  let trouble: string | null = null
  let behind = true
  let done = 0
  let readAt: string | null = null

  return {
    status() {
      const sections = [...counts.values()].reduce((sum, count) => sum + count, 0)
      return {
        name: recordSource,
        from: 'decisions, tasks that are done and memories of the fleet',
        state: trouble !== null ? 'failed' : behind ? 'reading' : 'ready',
        documents: counts.size,
        sections,
        done,
        total: done,
        read_at: readAt,
        ...firstProblems(trouble === null ? [] : [trouble]),
      }
    },
    bringBack(knowledge) {
      const count = { taken: 0, known: 0 }
      for (const kept of knowledge) {
        const document = keptDocument(kept)
        if (document === null) continue
        const isKnown = library.entry(document.facts.id) !== null
        if (!isKnown) keep(document)
        count[isKnown ? 'known' : 'taken'] += 1
      }
      if (count.taken > 0) {
        log.info(count, 'knowledge: what stood on the record of another fleet was taken in')
        gauge()
      }
      return count
    },
    ended: follow(),
  }

  async function follow(): Promise<void> {
    const cursor = await insist(open)
    if (cursor === null) return
    const entries = bus.read({ record: 'events', filters: recordFilters, after: cursor.start, signal })
    // Where nothing is for us there is no last entry that would say so.
    let quiet = setTimeout(caughtUp, quietMs)
    for await (const entry of entries) {
      clearTimeout(quiet)
      const finish = cursor.begin(entry.seq)
      if ((await insist(() => takeIn(entry))) === null) break
      finish()
      done++
      if (entry.caughtUp) caughtUp()
      else if (behind) quiet = setTimeout(caughtUp, quietMs)
    }
    clearTimeout(quiet)
    await cursor.close()
  }

  async function open(): Promise<StoredBehind> {
    const [stored, newest] = [await cursors.get(cursorName), await bus.lastSeq('events')]
    // A record that was begun anew is read from its beginning, too.
    const start = isNew || stored === null || stored > newest ? 0 : stored
    if (start >= newest) caughtUp()
    return storeBehind({ name: cursorName, start, cursors, log })
  }

  function caughtUp(): void {
    behind = false
    readAt = clock.now().toISOString()
    gauge()
  }

  function gauge(): void {
    metrics.gauge('breakroom_corpus_documents', counts.size, { what: recordSource })
  }

  async function takeIn({ envelope, subject, seq }: Recorded): Promise<true> {
    if (envelope instanceof BreakroomError) {
      metrics.count('breakroom_parked_total', { reader: 'knowledge' })
      log.warn({ seq, subject, cause: envelope.message }, 'an entry is passed over')
      return true
    }
    const matter = recordedMatter(envelope, subject, parts.nameOf)
    if (matter?.kind === 'document') keep(matter.document)
    if (matter?.kind === 'task') {
      const task = await parts.taskOf(matter.label)
      const document = task === null ? null : taskDocument(task, parts.nameOf)
      if (document !== null) keep(document)
    }
    return true
  }

  function keep({ facts, sections }: RecordedDocument): void {
    if (library.entry(facts.id)?.facts.hash === facts.hash) return
    library.put(facts, facts.hash, sections)
    counts.set(facts.id, library.entry(facts.id)?.sections ?? 0)
    parts.changed(facts.id)
  }

  /** Does it until it is done; null when that was not to be. */
  async function insist<T>(work: () => Promise<T>): Promise<T | null> {
    while (!signal.aborted) {
      try {
        const answer = await work()
        trouble = null
        return answer
      } catch (error) {
        if (signal.aborted || isBreakroomError(error, 'closed')) return null
        trouble = `the record is not read now: ${sentenceOf(error)}`
        log.warn({ cause: sentenceOf(error) }, 'the record is read again')
        await pause(againAfterMs, undefined, { signal }).catch(() => {})
      }
    }
    return null
  }
}
