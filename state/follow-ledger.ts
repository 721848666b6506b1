import { BreakroomError, isBreakroomError, sentenceOf } from '../core/errors.ts'
import { type Measured, measure } from '../core/state/measure.ts'
import type { TaskCommit } from '../core/task/commit.ts'
import { evolve } from '../core/task/evolve.ts'
import { isOver, type Task } from '../core/task/task.ts'
import type { Ledger, LedgerEntry } from '../ports/ledger.ts'
import type { FeedMark, StateFile } from '../ports/state-file.ts'
import type { PlacedCommit, TaskChange } from '../ports/store.ts'
import { type Following, type FollowingParts, followFeed } from './follow-feed.ts'
import type { KeepMeasured } from './keep-measured.ts'

export interface LedgerFeedParts extends FollowingParts {
  ledger: Pick<Ledger, 'read' | 'lastSeq'>
  file: StateFile
  keep: KeepMeasured
  /** Has the task service write back what the ledger has lost. */
  refill: () => Promise<void>
}

/** A task as it is kept, and the ids of its commits. */
interface Known {
  task: Task | null
  ids: readonly string[]
}

const refillRestMs = 1_000
const longestRefillRestMs = 30_000
/** So often the task service may say that it begins, which takes two minutes. */
const mostTakenUp = 8
/** Tasks that are not over and are remembered; others are read from the file. */
const remembered = 10_000

/**
 * Keeps what the ledger has, in its order, and what it says of each role's day. A commit that is kept already changes nothing and is not measured
 * again, under whatever sequence it comes. What cannot be (a second commit of one version, a move that is not legal, bytes that are no
 * commit) is passed over, counted and logged. A ledger that lacks what is kept is said to the task service, until it has taken it up.
 */
export function followLedger(parts: LedgerFeedParts): Following {
  const { ledger, file, keep, refill, sleep, log, metrics } = parts
  const live = new Map<string, Known>()
  /** The last place when `live` was kept: another one since means that somebody else keeps, too. */
  let placed = -1
  /** While all of it is read: what was found of each task, so far without holes. */
  let found: Map<string, number> | null = null
  let lacking: string | null = null

  const following = followFeed<LedgerEntry>(
    {
      name: 'ledger',
      what: 'what happens to tasks',
      read: (options) => ledger.read(options),
      readAll: (options) => ledger.read(options),
      lastSeq: () => ledger.lastSeq(),
      idOf: ({ commit }) => (commit instanceof BreakroomError ? '' : commit.id),
      keep: keepEntries,
      onBegin() {
        found = new Map()
      },
      onReadAll: refillIfLacking,
      onLag: (entries) => metrics.gauge('breakroom_state_ledger_lag', entries),
    },
    parts,
  )
  return {
    ...following,
    troubles: () => [...following.troubles(), ...(lacking === null ? [] : [lacking])],
  }

  async function keepEntries(entries: readonly LedgerEntry[], marks: Readonly<Record<string, FeedMark>>) {
    const lastPlace = await file.lastPlace()
    if (lastPlace !== placed) live.clear()
    const folded = await fold(entries, lastPlace)
    try {
      await keep(folded.measured, { tasks: folded.changes, marks })
    } catch (error) {
      const meanwhile = isBreakroomError(error, 'refused') && (await file.lastPlace()) !== lastPlace
      // The place was somebody else's by then.
      if (meanwhile) return keepEntries(entries, marks)
      throw error
    }
    placed = folded.place
    for (const [key, known] of folded.tasks) {
      live.delete(key)
      // What is over changes rarely; the file remembers it.
      if (known.task !== null && !isOver(known.task)) live.set(key, known)
      const oldest = live.keys().next()
      if (live.size > remembered && !oldest.done) live.delete(oldest.value)
    }
    for (const { key, version } of folded.seen) {
      if (found !== null && version === (found.get(key) ?? 0) + 1) found.set(key, version)
    }
    for (const { seq, why } of folded.passed) {
      metrics.count('breakroom_parked_total', { reader: 'state' })
      log.error({ seq, cause: sentenceOf(why) }, 'state: an entry of the ledger is passed over')
    }
  }

  /** What entries come to, behind what is kept. Changes nothing, so that it can be done again. */
  async function fold(entries: readonly LedgerEntry[], lastPlace: number) {
    const tasks = new Map<string, Known>()
    const commits = new Map<string, PlacedCommit[]>()
    const measured: Measured[] = []
    const seen: TaskCommit[] = []
    const passed: { seq: number; why: BreakroomError }[] = []
    let place = lastPlace
    for (const { seq, commit } of entries) {
      const next = commit instanceof BreakroomError ? commit : await foldOne(tasks, commit)
      if (commit instanceof BreakroomError || next instanceof BreakroomError) {
        passed.push({ seq, why: next as BreakroomError })
        continue
      }
      seen.push(commit)
      if (next === null) continue
      place += 1
      commits.set(commit.key, [...(commits.get(commit.key) ?? []), { place, commit }])
      measured.push(...measure(next.before, next.after, commit))
    }
    const changes = [...commits].map(([key, its]): TaskChange => ({ task: tasks.get(key)?.task as Task, commits: its }))
    return { tasks, changes, measured, seen, passed, place }
  }

  /** The task before and after a commit; null for one that is known, or why it cannot be. */
  async function foldOne(
    tasks: Map<string, Known>,
    commit: TaskCommit,
  ): Promise<{ before: Task | null; after: Task } | BreakroomError | null> {
    const { id, key, version } = commit
    const known = tasks.get(key) ?? live.get(key) ?? (await kept(key))
    tasks.set(key, known)
    if (version <= known.ids.length) {
      if (known.ids[version - 1] === id) return null
      return new BreakroomError('unreadable', `The ledger has a second commit ${version} of task ${key}.`)
    }
    try {
      const after = evolve(known.task, commit)
      tasks.set(key, { task: after, ids: [...known.ids, id] })
      return { before: known.task, after }
    } catch (error) {
      if (isBreakroomError(error, 'unreadable')) return error
      throw error
    }
  }

  /** Folded anew: of a very large task the file has only what fits into one document. */
  async function kept(key: string): Promise<Known> {
    const commits = (await file.store.commits(key)).map(({ commit }) => commit)
    const ids = commits.map(({ id }) => id)
    try {
      return { task: commits.reduce<Task | null>(evolve, null), ids }
    } catch (error) {
      // Written by another version, perhaps: what is known stays known, and nothing follows on it.
      if (isBreakroomError(error, 'unreadable')) return { task: null, ids }
      throw error
    }
  }

  /** How many of the kept commits the ledger lacks, as far as it was read. */
  async function lacks(): Promise<number> {
    const inLedger = [...(found ?? new Map<string, number>()).values()].reduce((sum, version) => sum + version, 0)
    return (await file.counts()).commits - inLedger
  }

  /**
   * Whoever takes it up may be killed before it is done, so it is asked for until it is there. What can never be there (a task went another
   * way since) is not asked for without end.
   */
  async function refillIfLacking(signal: AbortSignal): Promise<void> {
    let takenUp = 0
    for (let rest = refillRestMs; !signal.aborted; rest = Math.min(2 * rest, longestRefillRestMs)) {
      const commits = await lacks()
      if (commits <= 0 || takenUp === mostTakenUp) break
      log.warn({ commits }, 'state: the ledger lacks what is kept here; the task service is asked to write it back')
      try {
        await refill()
        takenUp += 1
        lacking = null
      } catch (error) {
        lacking = `the ledger lacks ${commits} commits that are kept, and they are not written back yet: ${sentenceOf(error)}`
      }
      await sleep(rest, signal)
    }
    if (!signal.aborted) found = null
    lacking = null
  }
}
