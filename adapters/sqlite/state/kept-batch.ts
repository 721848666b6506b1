import { BreakroomError } from '../../../core/errors.ts'
import { fitTask, refuseTooLarge } from '../../../core/state/fit-task.ts'
import type { TaskCommit } from '../../../core/task/commit.ts'
import type { Task } from '../../../core/task/task.ts'
import type { StateBatch } from '../../../ports/state-file.ts'
import { type RecordOf, type RecordSection, recordSections, type TaskChange } from '../../../ports/store.ts'
import { parseKept } from '../database-file.ts'
import type { Row } from '../rows.ts'
import type { StateDatabase } from './state-database.ts'

interface WrittenCommit {
  place: number
  commit: TaskCommit
  body: string
}

interface WrittenTask {
  task: Task
  body: string
  commits: WrittenCommit[]
}

/** Keeps all of a batch at this time or none of it. Throws as the port says. */
export function keepBatch(database: StateDatabase, batch: StateBatch, now: number): void {
  // Written as JSON before anything is locked, and what is too large refused.
  const tasks = (batch.tasks ?? []).map(writtenTask)
  const records = recordSections.flatMap((section) =>
    (batch.records?.[section] ?? []).map((record: RecordOf[RecordSection]) => {
      const body = JSON.stringify(record)
      refuseTooLarge(`The ${section} record ${record.id}`, body)
      return { section, id: record.id, revision: record.revision, body }
    }),
  )
  database.change(() => {
    for (const task of tasks) keepTask(database, task, now)
    for (const record of records) keepRecord(database, record, now)
    for (const [feed, { seq, id }] of Object.entries(batch.marks ?? {})) database.statements.setMark.run(feed, seq, id)
  })
}

function writtenTask(change: TaskChange): WrittenTask {
  const task = fitTask(change.task)
  const body = JSON.stringify(task)
  refuseTooLarge(`Task ${task.label}`, body)
  const commits = change.commits.map(({ place, commit }) => {
    const text = JSON.stringify(commit)
    refuseTooLarge(`Commit ${commit.version} of task ${task.label}`, text)
    return { place, commit, body: text }
  })
  return { task, body, commits }
}

function keepTask(database: StateDatabase, { task, body, commits }: WrittenTask, now: number): void {
  const { statements } = database
  const added = commits.filter((commit) => addCommit(database, commit, task, now)).map(({ commit }) => commit.version)
  const before = statements.taskOutbox.get(task.key)
  const row = before?.row ?? statements.addTask.run(task.key, task.version, body).lastInsertRowid
  const changes = before !== undefined && takesPlaceOf(before, task, body)
  if (changes) statements.changeTask.run(task.version, body, row)
  if (before !== undefined && !changes && added.length === 0) return
  // A commit that comes late is owed, too.
  const sent = Math.min(Number(before?.sent ?? 0), ...added.map((version) => version - 1))
  const owed = Number(statements.commitsAbove.get(task.key, sent, Number.MAX_SAFE_INTEGER)?.value)
  statements.setTaskOutbox.run(row, sent, owed, now, owedSince(before, now), null)
}

/** Whether it is newer than what is kept, or another state of the same version, which repairs it. */
function takesPlaceOf(kept: Row, { version }: Task, body: string): boolean {
  return version > Number(kept.version) || (version === kept.version && body !== kept.body)
}

/** Since when something is owed that has just changed: what had been set aside is tried from now on. */
function owedSince(before: Row | undefined, now: number): number {
  return typeof before?.since === 'number' && before.why === null ? before.since : now
}

/** Whether it was not there yet. */
function addCommit({ statements }: StateDatabase, written: WrittenCommit, { label }: Task, now: number): boolean {
  const { place, commit, body } = written
  if (statements.addCommit.run(place, commit.key, commit.version, now, body).changes > 0) return true
  const kept = statements.commit.get(commit.key, commit.version)
  if (kept === undefined) {
    const other = parseKept<TaskCommit>(`${statements.commitAt.get(place)?.body}`)
    throw another(`place ${place}, for version ${commit.version} of task ${label}`, other.id, commit)
  }
  const { id } = parseKept<TaskCommit>(`${kept.body}`)
  // The same command is the same commit.
  if (id !== commit.id) throw another(`version ${commit.version} of task ${label}`, id, commit)
  return false
}

function another(where: string, kept: string, { id }: TaskCommit): BreakroomError {
  const message = `There is another commit at ${where}: ${JSON.stringify(kept)} is kept, and ${JSON.stringify(id)} came.`
  return new BreakroomError('refused', message, { detail: { rule: 'another' } })
}

interface WrittenRecord {
  section: RecordSection
  id: string
  revision: number
  body: string
}

function keepRecord({ statements }: StateDatabase, { section, id, revision, body }: WrittenRecord, now: number): void {
  const before = statements.recordOutbox.get(section, id)
  if (before !== undefined && revision <= Number(before.revision)) return
  const row = before?.row ?? statements.addRecord.run(section, id, revision, body).lastInsertRowid
  if (before !== undefined) statements.changeRecord.run(revision, body, row)
  statements.setRecordOutbox.run(row, section, now, owedSince(before, now), null)
}
