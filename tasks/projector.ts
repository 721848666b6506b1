import { BreakroomError, isBreakroomError, sentenceOf } from '../core/errors.ts'
import type { TaskCommit } from '../core/task/commit.ts'
import { evolve } from '../core/task/evolve.ts'
import { isOver, type Task } from '../core/task/task.ts'
import type { Ledger } from '../ports/ledger.ts'
import type { Log } from '../ports/log.ts'
import type { Metrics } from '../ports/metrics.ts'
import type { Applied, TaskStore } from '../ports/task-store.ts'

export interface ProjectorParts {
  ledger: Ledger
  store: Pick<TaskStore, 'save' | 'task' | 'commits'>
  /** Sequence after which to read. */
  after: number
  /** Called with each commit and the task right after it, in the order of the ledger, when the store has them. */
  onApplied: (applied: Applied) => void
  /** Called when everything up to this sequence is in the store, or was passed over. */
  onReached?: (seq: number) => void
  log: Log
  metrics: Metrics
  signal: AbortSignal
}

/** Commits that are kept together at most: one write to the store. */
const batchSize = 256

/**
 * Reads the ledger in order, folds it and keeps it in the store. What cannot be (a second commit of one version, a move that is
 * not legal, bytes that are no commit) is passed over, counted and logged: the first one counted. Ends when `signal` aborts;
 * rejects when the store fails.
 */
export async function project(parts: ProjectorParts): Promise<void> {
  const { ledger, store, log, metrics, signal } = parts
  const live = new Map<string, Task>()
  let batch: Applied[] = []
  for await (const { seq, commit, caughtUp } of ledger.read({ after: parts.after, signal })) {
    const task = commit instanceof BreakroomError ? commit : await fold(commit)
    if (task instanceof BreakroomError) {
      metrics.count('breakroom_parked_total', { reader: 'tasks' })
      log.error({ seq, cause: sentenceOf(task) }, 'an entry of the ledger is passed over')
    } else {
      batch.push({ seq, commit: commit as TaskCommit, task })
    }
    if (caughtUp || batch.length >= batchSize) {
      await flush()
      parts.onReached?.(seq)
    }
    if (signal.aborted) break
  }

  /** The task right after the commit, or why it cannot be. */
  async function fold(commit: TaskCommit): Promise<Task | BreakroomError> {
    const before = live.get(commit.key) ?? (await store.task(commit.key))
    try {
      if (before !== null && commit.version <= before.version) return await again(commit)
      const task = evolve(before, commit)
      live.set(commit.key, task)
      return task
    } catch (error) {
      if (isBreakroomError(error, 'unreadable')) return error
      throw error
    }
  }

  /** The store is ahead: its effects may not have been carried out. */
  async function again(commit: TaskCommit): Promise<Task> {
    const past = (await store.commits(commit.key)).slice(0, commit.version)
    if (past.at(-1)?.id !== commit.id) {
      const sentence = `The ledger has a second commit ${commit.version} of task ${commit.key}.`
      throw new BreakroomError('unreadable', sentence, { detail: { reason: 'version', commit: commit.id } })
    }
    return past.reduce<Task | null>(evolve, null) as Task
  }

  async function flush(): Promise<void> {
    if (batch.length > 0) await store.save(batch)
    for (const applied of batch) {
      // What is over changes rarely; the store remembers it.
      if (isOver(applied.task) && live.get(applied.task.key) === applied.task) live.delete(applied.task.key)
      parts.onApplied(applied)
    }
    batch = []
  }
}
