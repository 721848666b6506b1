import type { TaskCommit } from '../../../core/task/commit.ts'
import type { Task } from '../../../core/task/task.ts'
import type { StateBatch } from '../../../ports/state-file.ts'
import type { PlacedCommit, RecordOf, RecordSection, RecordSet, Store } from '../../../ports/store.ts'
import { parseKept } from '../database-file.ts'
import { bodyIn, type Row } from '../rows.ts'
import type { StateDatabase } from './state-database.ts'

/** What is kept in an open database, as a store; `keep` keeps a batch in it. */
export function storeIn(database: StateDatabase, title: string, keep: (batch: StateBatch) => void): Store {
  const { statements, use, pages } = database

  function recordSet<S extends RecordSection>(section: S): RecordSet<RecordOf[S]> {
    return {
      keep: async (records) => keep({ records: { [section]: records } }),
      get: async (id) => use(() => bodyIn<RecordOf[S]>(statements.record.get(section, id))),
      async *all(after = '') {
        const read = (last: { id: string } | null, most: number) =>
          statements.recordPage.all(section, last?.id ?? after, most)
        for await (const { body } of pages<{ id: string; body: string }>(read)) {
          yield use(() => parseKept<RecordOf[S]>(body))
        }
      },
    }
  }

  return {
    title,
    keepTasks: async (tasks) => keep({ tasks }),
    task: async (key) => use(() => bodyIn<Task>(statements.task.get(key))),
    commits: async (key) => use(() => statements.commitsOf.all(key, 0).map(placedCommit)),
    async *tasks() {
      const read = (last: { row: number } | null, most: number) => statements.taskPage.all(last?.row ?? 0, most)
      for await (const { body } of pages<{ row: number; body: string }>(read)) yield use(() => parseKept<Task>(body))
    },
    async *history(after) {
      const read = (last: { place: number } | null, most: number) =>
        statements.commitPage.all(last?.place ?? after, most)
      for await (const row of pages<Row & { place: number }>(read)) yield use(() => placedCommit(row))
    },
    knowledge: recordSet('knowledge'),
    configuration: recordSet('configuration'),
    metrics: recordSet('metrics'),
    close: async () => database.close(),
  }
}

/** The commit in a row of `place` and `body`. */
export function placedCommit({ place, body }: Row): PlacedCommit {
  return { place: Number(place), commit: parseKept<TaskCommit>(`${body}`) }
}
