import { setImmediate as breathe } from 'node:timers/promises'
import { BreakroomError, sentenceOf } from '../../core/errors.ts'
import type { Clock } from '../../ports/clock.ts'
import { type databaseError, isDamage, moveDatabase, type OpenDatabase, onDisk } from './database-file.ts'
import type { Row } from './rows.ts'

/** Rows read at once where there may be very many. */
const pageSize = 256
/** So often a file is looked at before it counts as damaged. */
const looks = 2

/** A database file while it is open. All that is kept in it shares one connection, and one life. */
export interface OpenFile<Statements> extends OpenDatabase<Statements> {
  /**
   * Does something with it. What SQLite or the disk cannot do is thrown as `unavailable`, damage as `unreadable`; from the damage on everything
   * throws that.
   */
  use<T>(work: () => T): T
  /** The same, whole or not at all. */
  change<T>(work: () => T): T
  /** Rows a page at a time, each read behind the last row of the one before: nothing is held open, so that others can write. */
  pages<R>(read: (last: R | null, most: number) => Row[]): AsyncGenerator<R>
  /** The damage that showed while it was open, or null. */
  damage(): BreakroomError | null
  /** From then on everything throws `closed`. */
  close(): void
}

/** What there is to know of a file before it is opened. */
interface FileToOpen<Statements> {
  file: string
  /** What it is called once it is closed: `The task store`. */
  name: string
  /** Opens the database, or makes it; throws what SQLite throws. It is asked again when what it finds is damaged. */
  open: () => OpenDatabase<Statements>
  /** Told that the file was damaged or of another version, and what it is called now. */
  onSetAside: (to: string, error: unknown) => void
  /** What a failure is to our callers, where that is not what `databaseError` says. */
  errorOf?: typeof databaseError
  clock: Clock
}

/**
 * Opens a file. One that cannot be read is renamed to `<file>.unreadable-<time>` and begun anew; when damage shows only later, it is renamed
 * then, and not begun anew before it is opened again.
 */
export function openFile<S>({ file, name, open, onSetAside, errorOf, clock }: FileToOpen<S>): OpenFile<S> {
  const { db, statements } = attempt(openOrBegin)
  /** Why it can no longer be used. */
  let ended: BreakroomError | null = null

  function attempt<T>(work: () => T): T {
    return onDisk(file, work, errorOf)
  }

  /** Of two processes that make the tables at once, the second one takes those of the first for somebody else's: it looks again. */
  function openOrBegin(): OpenDatabase<S> {
    for (let look = 1; ; look++) {
      try {
        return open()
      } catch (error) {
        if (!isDamage(error) || look > looks) throw error
        if (look === looks) setAside(error)
      }
    }
  }

  function setAside(error: unknown): void {
    const to = `${file}.unreadable-${clock.now().toISOString().replaceAll(/[:.]/g, '-')}`
    moveDatabase(file, to)
    onSetAside(to, error)
  }

  function use<T>(work: () => T): T {
    if (ended !== null) throw ended
    try {
      return attempt(work)
    } catch (error) {
      if (!isDamage(error)) throw error
      db.close()
      ended = new BreakroomError('unreadable', `${file} is damaged: ${sentenceOf(error)}`, {
        cause: error,
        detail: { reason: 'damaged' },
      })
      attempt(() => setAside(error))
      throw ended
    }
  }

  return {
    db,
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
    damage: () => (ended?.code === 'unreadable' ? ended : null),
    close() {
      if (ended !== null) return
      ended = new BreakroomError('closed', `${name} was closed.`)
      db.close()
    },
  }
}
