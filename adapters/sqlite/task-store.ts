import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { sentenceOf } from '../../core/errors.ts'
import type { TaskCommit } from '../../core/task/commit.ts'
import { isOver, type Task, type TaskStatus, taskStatuses } from '../../core/task/task.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Log } from '../../ports/log.ts'
import type { Applied, TaskFilter, TaskStorage, TaskStore } from '../../ports/task-store.ts'
import { isOtherVersion, onDisk, openDatabase, parseKept, removeDatabase, replaceDatabase } from './database-file.ts'
import { openFile } from './open-file.ts'
import { bodyIn, numberIn, rowsOf } from './rows.ts'
import { taskStatements, taskTables, taskTablesVersion } from './task-tables.ts'

/** Task stores in a SQLite file. `openFile` says what becomes of one that cannot be read; one of another version is no fault. */
export function createSqliteTaskStorage({ file, clock, log }: { file: string; clock: Clock; log: Log }): TaskStorage {
  function open(path: string): TaskStore {
    return openStore(path, clock, (to, error) => {
      const where = { file: path, setAside: to }
      if (isOtherVersion(error)) {
        log.info(where, 'tasks: the store is of another version; it was set aside, and is made anew from the ledger')
      } else {
        log.error({ ...where, error: sentenceOf(error) }, 'tasks: the store cannot be read; it was set aside')
      }
    })
  }

  return {
    open: async () => open(file),
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

interface TaskRow {
  place: number
  body: string
}

interface CommitRow {
  place: number
  seq: number
  body: string
}

/** Throws as `openFile`, which says what `onSetAside` is told. */
function openStore(file: string, clock: Clock, onSetAside: (to: string, error: unknown) => void): TaskStore {
  const layout = { version: taskTablesVersion(), tables: taskTables, prepare: prepared }
  const opened = openFile({ file, name: 'The task store', open: () => openDatabase(file, layout), onSetAside, clock })
  const { statements, use, change } = opened

  function save(applied: readonly Applied[]): void {
    const newest = new Map<string, Task>()
    for (const { seq, commit, task } of applied) {
      statements.keepCommit.run(commit.key, commit.version, seq, JSON.stringify(commit))
      if (task.version >= (newest.get(task.key)?.version ?? 0)) newest.set(task.key, task)
    }
    for (const task of newest.values()) {
      const { key, label, version, role, status } = task
      const live = isOver(task) ? 0 : 1
      statements.keepTask.run(key, Number(label.slice(2)), version, role, status, live, JSON.stringify(task))
    }
  }

  function list({ role, statuses, limit }: TaskFilter): Task[] {
    const most = rowsOf(limit)
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
      .flatMap(({ place }) => bodyIn<Task>(statements.taskAtPlace.get(place)) ?? [])
  }

  function pages<R extends { place: number }>(page: StatementSync): AsyncGenerator<R> {
    return opened.pages<R>((last, most) => page.all(last?.place ?? 0, most))
  }

  return {
    save: async (applied) => change(() => save(applied)),
    task: async (key) => use(() => bodyIn<Task>(statements.task.get(key))),
    byLabel: async (label) =>
      use(() => {
        const number = Number(label.slice(2))
        return label === `t-${number}` ? bodyIn<Task>(statements.taskByNumber.get(number)) : null
      }),
    async *live() {
      for await (const { body } of pages<TaskRow>(statements.livePage)) yield use(() => parseKept<Task>(body))
    },
    list: async (filter) => use(() => list(filter)),
    commits: async (key) => use(() => statements.commitsOf.all(key).map((row) => parseKept<TaskCommit>(`${row.body}`))),
    async *history() {
      for await (const { seq, body } of pages<CommitRow>(statements.commitPage)) {
        yield { seq, commit: use(() => parseKept<TaskCommit>(body)) }
      }
    },
    lastSeq: async () => use(() => numberIn(statements.lastSeq.get())),
    commitAt: async (seq) => use(() => bodyIn<TaskCommit>(statements.commitAt.get(seq))),
    highestLabel: async () => use(() => numberIn(statements.highestNumber.get())),
    counts: async () =>
      use(() =>
        statements.counts.all().map(({ role, status, count }) => ({
          role: `${role}`,
          status: `${status}` as TaskStatus,
          count: Number(count),
        })),
      ),
    close: async () => opened.close(),
  }
}

/** What is asked of the tables, once their ends, and those of indexes, could be read; damage elsewhere shows when it is read. */
function prepared(tables: DatabaseSync): ReturnType<typeof taskStatements> {
  const statements = taskStatements(tables)
  for (const value of [statements.lastSeq, statements.highestNumber, statements.counts]) value.all()
  for (const page of [statements.livePage, statements.commitPage]) page.all(0, 1)
  return statements
}
