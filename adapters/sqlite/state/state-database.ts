import { existsSync, readdirSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { DatabaseSync, type SQLOutputValue } from 'node:sqlite'
import { setImmediate as breathe } from 'node:timers/promises'
import { BreakroomError, isBreakroomError, sentenceOf } from '../../../core/errors.ts'
import type { Clock } from '../../../ports/clock.ts'
import type { Log } from '../../../ports/log.ts'
import { databaseError, isDamage, isOtherVersion, moveDatabase, openDatabase } from '../database-file.ts'
import { type StateStatements, stateMigrations, stateStatements, stateTables } from './state-tables.ts'

/** Everybody in this process waits meanwhile; whoever keeps something tries again. */
const busyMs = 250
/** Rows read at once where there may be very many. */
const pageSize = 256
/** SQLite's result codes: another process writes to the file; what was given is not what the tables take. */
const busy = 5
const constraint = 19
const mismatch = 20

export type Row = Record<string, SQLOutputValue>

/** The organisation's memory while its file is open. All that is kept in it shares one connection, and one life. */
export interface StateDatabase {
  statements: StateStatements
  /** Asks something. Throws as the port says. */
  use<T>(work: () => T): T
  /** Changes something, whole or not at all. */
  change<T>(work: () => T): T
  /** Rows a page at a time, each read behind the last row of the one before: nothing is held open, so that others can write. */
  pages<R>(read: (last: R | null, most: number) => Row[]): AsyncGenerator<R>
  /** What is off, in a sentence for people, or null. */
  trouble(): string | null
  /** From then on everything throws `closed`. */
  close(): void
}

/**
 * Opens the file, or makes it, and brings an older one up to date. One that cannot be read is renamed to `<file>.unreadable-<time>`, named
 * in the log, and begun anew; when damage shows only later, it is renamed then, and everything throws `unreadable` until it is opened
 * again. Throws `unreadable` (`detail.reason` is `version`) for a file of a newer version, and leaves it as it is.
 */
export function openStateDatabase(
  { file, clock, log }: { file: string; clock: Clock; log: Log },
  migrations: readonly string[] = stateMigrations,
): StateDatabase {
  const { db, statements } = onDisk(file, open)
  /** Why it can no longer be used. */
  let ended: BreakroomError | null = null

  function open() {
    try {
      return openOnce()
    } catch (error) {
      if (isOtherVersion(error)) throw otherVersion(file, error)
      if (!isDamage(error)) throw error
    }
    try {
      // Of two processes that make the tables at once, the second one takes those of the first for somebody else's.
      return openOnce()
    } catch (error) {
      if (!isDamage(error)) throw error
      setAside(error)
      return openOnce()
    }
  }

  function openOnce() {
    migrate(file, migrations)
    return openDatabase(file, {
      version: migrations.length + 1,
      tables: [stateTables, ...migrations].join(';'),
      busyMs,
      prepare(tables) {
        const prepared = stateStatements(tables)
        // The ends of tables, before anybody relies on the file; damage elsewhere shows when it is read.
        for (const ask of [prepared.lastPlace, prepared.taskCount, prepared.waitingTasks]) ask.all()
        for (const page of [prepared.taskPage, prepared.commitPage]) page.all(0, 1)
        return prepared
      },
    })
  }

  function setAside(error: unknown): void {
    const to = `${file}.unreadable-${clock.now().toISOString().replaceAll(/[:.]/g, '-')}`
    moveDatabase(file, to)
    log.error(
      { file, setAside: to, error: sentenceOf(error) },
      'state: the file cannot be read and was set aside; what it had comes back from the ledger, or with "breakroom state import"',
    )
  }

  function use<T>(work: () => T): T {
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
      onDisk(file, () => setAside(error))
      throw ended
    }
  }

  return {
    statements,
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
    async *pages<R>(read: (last: R | null, most: number) => Row[]) {
      for (let last: R | null = null; ; ) {
        const rows: R[] = use(() => read(last, pageSize)) as R[]
        yield* rows
        if (rows.length < pageSize) return
        last = rows.at(-1) ?? null
        // Whoever reads everything must not keep others from being answered.
        await breathe()
      }
    },
    trouble() {
      const aside = setAsideBeside(file)
      const damage = aside === null ? null : `what was kept could not be read and was set aside as ${aside}`
      if (ended?.code === 'unreadable') return `${damage ?? ended.message}; it goes on after a restart`
      if (aside === null) return null
      return `${damage}: the ledger and "breakroom state import" bring it back; move that file away when it is not needed any more`
    },
    close() {
      if (ended !== null) return
      ended = new BreakroomError('closed', "The file of the organisation's memory was closed.")
      db.close()
    },
  }
}

/** Brings the tables of an older version up to date, one version after the other, and all of them or none. */
function migrate(file: string, migrations: readonly string[]): void {
  if (migrations.length === 0 || !existsSync(file)) return
  const db = new DatabaseSync(file, { timeout: busyMs })
  try {
    // Read where nobody else can change it, so that of two processes one does it.
    db.exec('BEGIN IMMEDIATE')
    const { user_version: found } = db.prepare('PRAGMA user_version').get() as { user_version: number }
    if (found >= 1 && found <= migrations.length) {
      db.exec(migrations.slice(found - 1).join(';'))
      db.exec(`PRAGMA user_version = ${migrations.length + 1}`)
    }
    db.exec('COMMIT')
  } finally {
    db.close()
  }
}

function otherVersion(file: string, cause: unknown): BreakroomError {
  const what = `${file} was written by another version of Breakroom (${sentenceOf(cause)})`
  return new BreakroomError('unreadable', `${what}: update Breakroom, or move the file away to begin a new one.`, {
    cause,
    detail: { reason: 'version' },
  })
}

/** The newest file that was set aside and is still there, by its name. */
function setAsideBeside(file: string): string | null {
  const prefix = `${basename(file)}.unreadable-`
  const names = existsSync(dirname(file)) ? readdirSync(dirname(file)) : []
  const newest = names
    .filter((name) => name.startsWith(prefix) && !name.endsWith('-wal'))
    .toSorted()
    .at(-1)
  return newest === undefined ? null : join(dirname(file), newest)
}

/**
 * Does something with a file. What SQLite or the disk cannot do is thrown as `unavailable` (`detail.reason`: `busy` or `away`), what the
 * tables do not take as `refused` (`invalid`).
 */
export function onDisk<T>(file: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    const known = databaseError(file, error)
    if (!isBreakroomError(known, 'unavailable') || known === error) throw known
    const code = error instanceof Error && 'errcode' in error ? Number(error.errcode) & 0xff : null
    if (code === constraint || code === mismatch) {
      const message = `This cannot be kept in ${file}: ${sentenceOf(error)}`
      throw new BreakroomError('refused', message, { cause: error, detail: { rule: 'invalid' } })
    }
    const detail = { reason: code === busy ? 'busy' : 'away' }
    throw new BreakroomError('unavailable', known.message, { cause: error, detail })
  }
}
