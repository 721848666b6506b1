import type { SQLOutputValue, StatementSync } from 'node:sqlite'
import { setImmediate as breathe } from 'node:timers/promises'
import { BreakroomError, sentenceOf } from '../../core/errors.ts'
import type { TaskCommit } from '../../core/task/commit.ts'
import { isOver, type Task, type TaskStatus, taskStatuses } from '../../core/task/task.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Log } from '../../ports/log.ts'
import type { Applied, TaskFilter, TaskStorage, TaskStore } from '../../ports/task-store.ts'
import {
  databaseError,
  isDamage,
  isOtherVersion,
  moveDatabase,
  openDatabase,
  parseKept,
  removeDatabase,
  replaceDatabase,
} from './database-file.ts'
import { taskStatements, taskTables, taskTablesVersion } from './task-tables.ts'

/** Rows read at once where there may be very many. */
const pageSize = 256

/**
 * Task stores in a SQLite file. A file that cannot be read is renamed to `<file>.unreadable-<time>`, when it is opened or as soon as
 * the damage shows; one of another version is, too, which is said as what it is: no fault.
 */
export function createSqliteTaskStorage({ file, clock, log }: { file: string; clock: Clock; log: Log }): TaskStorage {
  function setAside(path: string, error: unknown): void {
    const to = `${path}.unreadable-${clock.now().toISOString().replaceAll(/[:.]/g, '-')}`
    moveDatabase(path, to)
    const where = { file: path, setAside: to }
    if (isOtherVersion(error)) {
      log.info(where, 'tasks: the store is of another version; it was set aside, and is made anew from the ledger')
    } else {
      log.error({ ...where, error: sentenceOf(error) }, 'tasks: the store cannot be read; it was set aside')
    }
  }

  function open(path: string): TaskStore {
    const onDamage = (error: unknown) => setAside(path, error)
    try {
      return openStore(path, onDamage)
    } catch (error) {
      if (!isDamage(error)) throw error
      onDamage(error)
      return openStore(path, onDamage)
    }
  }

  return {
    open: async () => onDisk(file, () => open(file)),
    async openFresh() {
      const fresh = `${file}.rebuilding`
      const store = onDisk(fresh, () => {
        // What is there is of a rebuild that was killed.
        removeDatabase(fresh)
        return open(fresh)
      })
      return {
        store,
        adopt: async () => onDisk(file, () => replaceDatabase(file, fresh)),
        discard: async () => onDisk(fresh, () => removeDatabase(fresh)),
      }
    },
  }
}

function onDisk<T>(file: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw databaseError(file, error)
  }
}

interface TaskRow {
  place: number
  body: string
}

interface CommitRow {
  place: number
  seq: number
  body: string
}

type Row = Record<string, SQLOutputValue>

/** Throws what SQLite throws; `onDamage` is called once, with the file closed, when damage shows later. */
function openStore(file: string, onDamage: (error: unknown) => void): TaskStore {
  const { db, statements } = openDatabase(file, {
    version: taskTablesVersion(),
    tables: taskTables,
    prepare(tables) {
      const prepared = taskStatements(tables)
      // The ends of tables and indexes, before anybody relies on the file; damage elsewhere shows when it is read.
      for (const value of [prepared.lastSeq, prepared.highestNumber, prepared.counts]) value.all()
      for (const page of [prepared.livePage, prepared.commitPage]) page.all(0, 1)
      return prepared
    },
  })
  /** Why the store can no longer be used. */
  let ended: BreakroomError | null = null

  function attempt<T>(work: () => T): T {
    if (ended !== null) throw ended
    try {
      return onDisk(file, work)
    } catch (error) {
      if (!isDamage(error)) throw error
      db.close()
      ended = new BreakroomError('unreadable', `${file} is damaged: ${sentenceOf(error)}`, {
        cause: error,
        detail: { reason: 'damaged' },
      })
      onDisk(file, () => onDamage(error))
      throw ended
    }
  }

  function save(applied: readonly Applied[]): void {
    const newest = new Map<string, Task>()
    db.exec('BEGIN IMMEDIATE')
    try {
      for (const { seq, commit, task } of applied) {
        statements.keepCommit.run(commit.key, commit.version, seq, JSON.stringify(commit))
        if (task.version >= (newest.get(task.key)?.version ?? 0)) newest.set(task.key, task)
      }
      for (const task of newest.values()) {
        const { key, label, version, role, status } = task
        const live = isOver(task) ? 0 : 1
        statements.keepTask.run(key, Number(label.slice(2)), version, role, status, live, JSON.stringify(task))
      }
      db.exec('COMMIT')
    } catch (error) {
      // After some errors SQLite has done it by itself.
      if (db.isTransaction) db.exec('ROLLBACK')
      throw error
    }
  }

  function list({ role, statuses, limit }: TaskFilter): Task[] {
    // What SQLite takes for a number of rows; a negative one would be all.
    const most = Math.min(Math.max(0, limit), 2 ** 31)
    const wanted = new Set(statuses ?? taskStatuses)
    // One look into an index for each status: asked for several at once, SQLite would sort all that there are.
    const found =
      role !== undefined
        ? [...wanted].flatMap((status) => statements.newestOfRole.all(role, status, most))
        : statuses !== undefined
          ? [...wanted].flatMap((status) => statements.newestWithStatus.all(status, most))
          : statements.newest.all(most)
    return (found as { place: number }[])
      .toSorted((a, b) => b.place - a.place)
      .slice(0, most)
      .flatMap(({ place }) => parsed<Task>(statements.taskAtPlace.get(place)) ?? [])
  }

  /** Rows in the order of their places, a page at a time: nothing is held open in between, so that others can save. */
  async function* pages<R extends { place: number }>(page: StatementSync): AsyncGenerator<R> {
    for (let place = 0; ; ) {
      const rows = attempt(() => page.all(place, pageSize)) as unknown as R[]
      yield* rows
      if (rows.length < pageSize) return
      place = rows.at(-1)?.place ?? place
      // Whoever reads everything must not keep heartbeats from being sent.
      await breathe()
    }
  }

  return {
    save: async (applied) => attempt(() => save(applied)),
    task: async (key) => attempt(() => parsed<Task>(statements.task.get(key))),
    byLabel: async (label) =>
      attempt(() => {
        const number = Number(label.slice(2))
        return label === `t-${number}` ? parsed<Task>(statements.taskByNumber.get(number)) : null
      }),
    async *live() {
      for await (const { body } of pages<TaskRow>(statements.livePage)) yield attempt(() => parseKept<Task>(body))
    },
    list: async (filter) => attempt(() => list(filter)),
    commits: async (key) =>
      attempt(() => statements.commitsOf.all(key).map((row) => parseKept<TaskCommit>(`${row.body}`))),
    async *history() {
      for await (const { seq, body } of pages<CommitRow>(statements.commitPage)) {
        yield { seq, commit: attempt(() => parseKept<TaskCommit>(body)) }
      }
    },
    lastSeq: async () => attempt(() => numberIn(statements.lastSeq.get())),
    commitAt: async (seq) => attempt(() => parsed<TaskCommit>(statements.commitAt.get(seq))),
    highestLabel: async () => attempt(() => numberIn(statements.highestNumber.get())),
    counts: async () =>
      attempt(() =>
        statements.counts.all().map(({ role, status, count }) => ({
          role: `${role}`,
          status: `${status}` as TaskStatus,
          count: Number(count),
        })),
      ),
    async close() {
      if (ended !== null) return
      ended = new BreakroomError('closed', 'The task store was closed.')
      db.close()
    },
  }
}

function parsed<T>(row: Row | undefined): T | null {
  return row === undefined ? null : parseKept<T>(`${row.body}`)
}

/** The number that a statement gives, 0 when there is nothing that it could have counted. */
function numberIn(row: Row | undefined): number {
  return Number(row?.value ?? 0)
}
