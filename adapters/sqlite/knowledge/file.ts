import type { DatabaseSync } from 'node:sqlite'
import { BreakroomError, sentenceOf } from '../../../core/errors.ts'
import type { Clock } from '../../../ports/clock.ts'
import type { Log } from '../../../ports/log.ts'
import { databaseError, isDamage, moveDatabase, openDatabase } from '../database-file.ts'
import { documentAdditions, documentStatements, documentTables } from './document-tables.ts'
import { createLabelMark } from './label-mark.ts'
import { questionTables } from './question-tables.ts'
import { vectorTables } from './vector-tables.ts'

/** Of all tables in the file. One more whenever one of them changes, or what core makes of words and sentences. */
const version = 1
/** Everybody who asks waits meanwhile; whoever writes tries again. */
const busyMs = 250

/** The file of the knowledge proxy while it is open. What is kept in it shares one connection, and one life. */
export interface KnowledgeFile {
  db: DatabaseSync
  /** Does something with the database. Rejects what SQLite or the disk cannot do with `unavailable`, damage with `unreadable`. */
  use<T>(work: () => T): T
  /** The same, whole or not at all. */
  change<T>(work: () => T): T
  /** Has to be called with the number of each new question, in the change that makes it: it is never given again. */
  labelGiven(number: number): void
  /** What is off with it, in a sentence for people; null while it can be used. */
  trouble(): string | null
  /** From then on everything throws `closed`. */
  close(): void
}

/**
 * Opens the file, or makes it. One that cannot be read is renamed to `<file>.unreadable-<time>`, named in the log, and begun anew; when
 * damage shows only later, it is renamed then, and whatever is asked of it throws `unreadable`.
 */
export function openKnowledgeFile({ file, clock, log }: { file: string; clock: Clock; log: Log }): KnowledgeFile {
  const labels = createLabelMark(`${file}.labels`)

  function setAside(error: unknown): void {
    const to = `${file}.unreadable-${clock.now().toISOString().replaceAll(/[:.]/g, '-')}`
    moveDatabase(file, to)
    log.error(
      { file, setAside: to, error: sentenceOf(error) },
      'knowledge: the file cannot be read and was set aside; documents are read again, what was asked and learned is in the old file',
    )
  }

  function open(): DatabaseSync {
    const prepare = (db: DatabaseSync) => {
      db.exec(documentAdditions)
      documentStatements(db)
      labels.goOn(db)
    }
    const layout = { version, tables: documentTables + questionTables + vectorTables, busyMs, prepare }
    try {
      return openDatabase(file, layout).db
    } catch (error) {
      if (!isDamage(error)) throw error
      setAside(error)
      return openDatabase(file, layout).db
    }
  }

  const db = onDisk(open)
  /** Why the file can no longer be used. */
  let ended: BreakroomError | null = null

  function onDisk<T>(work: () => T): T {
    try {
      return work()
    } catch (error) {
      throw databaseError(file, error)
    }
  }

  function use<T>(work: () => T): T {
    if (ended !== null) throw ended
    try {
      return onDisk(work)
    } catch (error) {
      if (!isDamage(error)) throw error
      db.close()
      ended = new BreakroomError('unreadable', `${file} is damaged: ${sentenceOf(error)}`, {
        cause: error,
        detail: { reason: 'damaged' },
      })
      onDisk(() => setAside(error))
      throw ended
    }
  }

  return {
    db,
    use,
    change: (work) =>
      use(() => {
        db.exec('BEGIN IMMEDIATE')
        try {
          const done = work()
          db.exec('COMMIT')
          return done
        } catch (error) {
          // After some errors SQLite has done it by itself.
          if (db.isTransaction) db.exec('ROLLBACK')
          throw error
        }
      }),
    labelGiven: labels.given,
    trouble: () =>
      ended?.code === 'unreadable'
        ? 'what the knowledge proxy kept is damaged and was set aside; it answers again after a restart'
        : null,
    close() {
      if (ended !== null) return
      ended = new BreakroomError('closed', 'The file of the knowledge proxy was closed.')
      db.close()
    },
  }
}
