import type { Task } from '../../../core/task/task.ts'
import type { PendingChanges } from '../../../ports/state-file.ts'
import { type RecordOf, type RecordSection, recordSections, type TaskChange } from '../../../ports/store.ts'
import { parseKept } from '../database-file.ts'
import { numberIn, type Row, rowsOf } from '../rows.ts'
import { placedCommit } from './kept-store.ts'
import type { StateDatabase } from './state-database.ts'

/** How many of what was set aside are told. */
const mostAside = 20

/** What a store behind an open database has not got yet. `now` is ms since 1970. */
export function outboxIn({ statements, use, change }: StateDatabase, now: () => number): PendingChanges {
  /** How often all was made owed anew, and how often that was when something was given out. */
  let beginnings = 0
  const givenOut = new WeakMap<object, number>()

  function given<T extends object>(one: T): T {
    givenOut.set(one, beginnings)
    return one
  }

  /** Since it was given out all is owed anew: nobody knows whether the store behind still has it. */
  function isOutdated(one: object): boolean {
    return (givenOut.get(one) ?? beginnings) !== beginnings
  }

  function owedTask({ key, body, sent }: Row): TaskChange {
    return given({
      task: parseKept<Task>(`${body}`),
      commits: statements.commitsOf.all(`${key}`, Number(sent)).map(placedCommit),
    })
  }

  function taskSent(change: TaskChange): void {
    const { task, commits } = change
    const { key, version } = task
    const kept = isOutdated(change) ? undefined : statements.taskOutbox.get(key)
    if (kept === undefined || kept.since === null) return
    const sent = Number(kept.sent)
    const carried = commits.filter(({ commit }) => commit.version > sent).length
    // One that came late was not with them: all of it is sent once more.
    if (numberIn(statements.commitsAbove.get(key, sent, version)) !== carried) return
    const through = Math.max(sent, version)
    const owed = numberIn(statements.commitsAbove.get(key, through, Number.MAX_SAFE_INTEGER))
    if (owed === 0 && kept.version === version && kept.body === JSON.stringify(task)) {
      statements.setTaskOutbox.run(kept.row ?? null, through, 0, kept.kept ?? null, null, null)
    } else {
      // It has changed meanwhile.
      const since = statements.firstAbove.get(key, through)?.value ?? kept.kept
      statements.setTaskOutbox.run(kept.row ?? null, through, owed, kept.kept ?? null, since ?? null, kept.why ?? null)
    }
  }

  function taskAside(change: TaskChange, why: string): void {
    const { task, commits } = change
    const kept = isOutdated(change) ? undefined : statements.taskOutbox.get(task.key)
    if (kept === undefined || kept.version !== task.version || kept.body !== JSON.stringify(task)) return
    const owed = numberIn(statements.commitsAbove.get(task.key, kept.sent ?? 0, Number.MAX_SAFE_INTEGER))
    if (owed === commits.length) statements.setTaskAside.run(why, task.key)
  }

  function recordSent(section: RecordSection, record: RecordOf[RecordSection]): void {
    const { id, revision } = record
    const kept = isOutdated(record) ? undefined : statements.recordOutbox.get(section, id)
    if (kept === undefined || kept.since === null) return
    const isAll = revision >= Number(kept.revision)
    const [since, why] = isAll ? [null, null] : [kept.kept ?? null, kept.why ?? null]
    statements.setRecordOutbox.run(kept.row ?? null, section, kept.kept ?? null, since, why)
  }

  function recordAside(section: RecordSection, record: { id: string; revision: number }, why: string): void {
    const isNewest = Number(statements.recordOutbox.get(section, record.id)?.revision) === record.revision
    if (isNewest && !isOutdated(record)) statements.setRecordAside.run(why, section, record.id)
  }

  return {
    tasks: async (most) => use(() => statements.owedTasks.all(rowsOf(most)).map(owedTask)),
    records: async <S extends RecordSection>(section: S, most: number) =>
      use(() =>
        statements.owedRecords.all(section, rowsOf(most)).map(({ body }) => given(parseKept<RecordOf[S]>(`${body}`))),
      ),
    sent: async ({ tasks = [], records = {} }) =>
      change(() => {
        for (const task of tasks) taskSent(task)
        for (const section of recordSections) {
          for (const record of records[section] ?? []) recordSent(section, record)
        }
      }),
    setAside: async (what, why) =>
      change(() => {
        if ('task' in what) taskAside(what.task, why)
        else recordAside(what.section, what.record, why)
      }),
    asideNow: async () =>
      use(() => {
        const tasks = statements.asideTasks
          .all(mostAside)
          .map(({ body, why }) => `${parseKept<Task>(`${body}`).label}: ${why}`)
        const records = statements.asideRecords.all(mostAside).map(({ section, id, why }) => `${section} ${id}: ${why}`)
        return [...tasks, ...records].slice(0, mostAside)
      }),
    waiting: async () =>
      use(() => {
        const tasks = statements.waitingTasks.get()
        const of = (section: RecordSection) => statements.waitingRecords.get(section)
        const [knowledge, configuration, metrics] = [of('knowledge'), of('configuration'), of('metrics')]
        const times = [tasks, knowledge, configuration].flatMap((row) => row?.since ?? [])
        return {
          tasks: numberIn(tasks, 'tasks'),
          commits: numberIn(tasks, 'commits'),
          records: {
            knowledge: numberIn(knowledge, 'records'),
            configuration: numberIn(configuration, 'records'),
            metrics: numberIn(metrics, 'records'),
          },
          since: times.length === 0 ? null : new Date(Math.min(...times.map(Number))),
        }
      }),
    startOver: async () =>
      change(() => {
        beginnings += 1
        statements.owesAllTasks.run(now())
        statements.owesAllRecords.run(now())
      }),
  }
}
