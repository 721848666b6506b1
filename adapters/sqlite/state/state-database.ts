import { existsSync, readdirSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { BreakroomError, isBreakroomError, sentenceOf } from '../../../core/errors.ts'
import type { Clock } from '../../../ports/clock.ts'
import type { Log } from '../../../ports/log.ts'
import { databaseError, isOtherVersion, type OpenDatabase, openDatabase, sqliteCode } from '../database-file.ts'
import { type OpenFile, openFile } from '../open-file.ts'
import { type StateStatements, stateMigrations, stateStatements, stateTables } from './state-tables.ts'

/** Everybody in this process waits meanwhile; whoever keeps something tries again. */
const busyMs = 250
/** SQLite's result codes: another process writes to the file; what was given is not what the tables take. */
const busy = 5
const constraint = 19
const mismatch = 20

/** The organisation's memory while its file is open. Throws as the port says. */
export interface StateDatabase extends OpenFile<StateStatements> {
  /** What is off, in a sentence for people, or null. */
  trouble(): string | null
}

/**
 * Opens the file, or makes it, and brings an older one up to date. `openFile` says what becomes of one that cannot be read; it is named in the
 * log. Throws `unreadable` (`detail.reason` is `version`) for a file of a newer version, and leaves it as it is.
 */
export function openStateDatabase(
  { file, clock, log }: { file: string; clock: Clock; log: Log },
  migrations: readonly string[] = stateMigrations,
): StateDatabase {
  const opened = openFile({
    file,
    name: "The file of the organisation's memory",
    open: () => openMigrated(file, migrations),
    onSetAside(to, error) {
      log.error(
        { file, setAside: to, error: sentenceOf(error) },
        'state: the file cannot be read and was set aside; what it had comes back from the ledger, or with "breakroom state import"',
      )
    },
    errorOf: stateError,
    clock,
  })
  return {
    ...opened,
    trouble() {
      const aside = setAsideBeside(file)
      const found = aside === null ? null : `what was kept could not be read and was set aside as ${aside}`
      const damage = opened.damage()
      if (damage !== null) return `${found ?? damage.message}; it goes on after a restart`
      if (found === null) return null
      return `${found}: the ledger and "breakroom state import" bring it back; move that file away when it is not needed any more`
    },
  }
}

function openMigrated(file: string, migrations: readonly string[]): OpenDatabase<StateStatements> {
  try {
    migrate(file, migrations)
    return openDatabase(file, {
      version: migrations.length + 1,
      tables: [stateTables, ...migrations].join(';'),
      busyMs,
      prepare: prepared,
    })
  } catch (error) {
    throw isOtherVersion(error) ? otherVersion(file, error) : error
  }
}

/** What is asked of the tables, once their ends could be read; damage elsewhere shows when it is read. */
function prepared(tables: DatabaseSync): StateStatements {
  const statements = stateStatements(tables)
  for (const ask of [statements.lastPlace, statements.taskCount, statements.waitingTasks]) ask.all()
  for (const page of [statements.taskPage, statements.commitPage]) page.all(0, 1)
  return statements
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
 * What a failure of SQLite or of the disk is here: `unavailable` with a reason (`busy` or `away`), and for what the tables do not take `refused`
 * (`invalid`).
 */
export function stateError(file: string, error: unknown): unknown {
  const known = databaseError(file, error)
  if (known === error || !isBreakroomError(known)) return known
  const code = sqliteCode(error)
  if (code === constraint || code === mismatch) {
    const message = `This cannot be kept in ${file}: ${sentenceOf(error)}`
    return new BreakroomError('refused', message, { cause: error, detail: { rule: 'invalid' } })
  }
  const detail = { reason: code === busy ? 'busy' : 'away' }
  return new BreakroomError('unavailable', known.message, { cause: error, detail })
}
