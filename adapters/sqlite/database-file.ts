import { closeSync, mkdirSync, openSync, renameSync, rmSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { BreakroomError, sentenceOf } from '../../core/errors.ts'

const longestBusyMs = 2_000

/** SQLite's result codes for what may be off in a file; the others are about the disk. */
const sqlError = 1
const corrupt = 11
const notDatabase = 26

/** What is in a file is not what we wrote. */
class Damage extends Error {}

/** It is what another version of us wrote: nothing is wrong with it. */
class OtherVersion extends Damage {}

/** A database that is open, with what was prepared for it. */
export interface OpenDatabase<Statements> {
  db: DatabaseSync
  statements: Statements
}

/** What a file is to have in it. */
interface Layout<Statements> {
  version: number
  /** SQL that makes the tables of an empty file. */
  tables: string
  /** How long a write waits, and with it the process, for another process that writes, ms; 2,000 when left out. */
  busyMs?: number
  prepare(db: DatabaseSync): Statements
}

/**
 * Opens a database file, and makes it when there is nothing yet: for its owner alone, in a folder for its owner alone. Throws
 * something that `isDamage` knows when the file holds anything else than this layout.
 */
export function openDatabase<S>(
  file: string,
  { version, tables, prepare, busyMs = longestBusyMs }: Layout<S>,
): OpenDatabase<S> {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
  // SQLite gives the files beside it the same mode.
  closeSync(openSync(file, 'a', 0o600))
  const db = new DatabaseSync(file, { timeout: busyMs, enableForeignKeyConstraints: false })
  try {
    // Asked before anything is changed, so that a file that is not ours stays as it is.
    const found = versionOf(db)
    if (found !== version && found !== null) {
      const why = `it has version ${found}, and this code reads ${version}`
      // Every file of ours has one.
      throw found === 0 ? new Damage(why) : new OtherVersion(why)
    }
    // Only a power cut can cost the newest changes, and the ledger has them.
    db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL')
    if (found === null) db.exec(`BEGIN IMMEDIATE; ${tables}; PRAGMA user_version = ${version}; COMMIT`)
    return { db, statements: prepare(db) }
  } catch (error) {
    db.close()
    // Our own SQL is only ever wrong when the tables are not the ones of this version.
    throw sqliteCode(error) === sqlError ? new Damage(sentenceOf(error), { cause: error }) : error
  }
}

/** Null for a database without anything in it. */
function versionOf(db: DatabaseSync): number | null {
  const tables = db.prepare('SELECT count(*) AS value FROM sqlite_schema').get() as { value: number }
  if (tables.value === 0) return null
  return (db.prepare('PRAGMA user_version').get() as { user_version: number }).user_version
}

/** The value in a column of JSON that we wrote. */
export function parseKept<T>(body: string): T {
  try {
    // Not checked against a schema: only this code writes the file, at this version, and 100,000 rows must load fast.
    return JSON.parse(body) as T
  } catch (cause) {
    throw new Damage(sentenceOf(cause), { cause })
  }
}

/** Whether the error says that the content of a file is off, so that no second try can help. */
export function isDamage(error: unknown): boolean {
  const code = sqliteCode(error)
  return error instanceof Damage || code === corrupt || code === notDatabase
}

/** Whether it says that another version of us wrote the file, as after an update. */
export function isOtherVersion(error: unknown): boolean {
  return error instanceof OtherVersion
}

/** SQLite's primary result code, or null for an error of somebody else. */
export function sqliteCode(error: unknown): number | null {
  return error instanceof Error && 'errcode' in error && typeof error.errcode === 'number' ? error.errcode & 0xff : null
}

/** What a failure of SQLite or of the disk is to our callers: `unavailable`. Damage and other errors stay what they are. */
export function databaseError(file: string, error: unknown): unknown {
  const isSystem = error instanceof Error && 'syscall' in error
  if (isDamage(error) || (sqliteCode(error) === null && !isSystem)) return error
  return new BreakroomError('unavailable', `${file} cannot be used: ${sentenceOf(error)}`, { cause: error })
}

/** Does something with a file. What SQLite or the disk cannot do is thrown as `errorOf` has it. */
export function onDisk<T>(file: string, work: () => T, errorOf = databaseError): T {
  try {
    return work()
  } catch (error) {
    throw errorOf(file, error)
  }
}

/** Gives a database file another name, with what was written but is not yet in it. */
export function moveDatabase(from: string, to: string): void {
  for (const suffix of ['-wal', '']) rename(from + suffix, to + suffix)
  rmSync(`${from}-shm`, { force: true })
}

function rename(from: string, to: string): void {
  try {
    renameSync(from, to)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
}

/** Deletes a database file and those beside it. */
export function removeDatabase(file: string): void {
  for (const suffix of ['-wal', '-shm', '']) rmSync(file + suffix, { force: true })
}

/** Puts a closed database in the place of another. A kill leaves the one or the other, whole. */
export function replaceDatabase(file: string, fresh: string): void {
  // First of all the old one's log: beside the new file it would be written into it.
  for (const suffix of ['-wal', '-shm']) rmSync(file + suffix, { force: true })
  renameSync(fresh, file)
}
