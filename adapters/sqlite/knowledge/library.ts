import { isBreakroomError } from '../../../core/errors.ts'
import type { DocumentFacts } from '../../../core/knowledge/document.ts'
import type { Clock } from '../../../ports/clock.ts'
import type { Library, LibraryEntry } from '../../../ports/knowledge-index.ts'
import type { Log } from '../../../ports/log.ts'
import { parseKept } from '../database-file.ts'
import { documentStatements } from './document-tables.ts'
import { type KnowledgeFile, openKnowledgeFile } from './file.ts'
import { createSearch } from './search.ts'
import { openShelves } from './shelves.ts'
import { createShelving } from './shelving.ts'

/**
 * So many sections may wait to be shelved: the next question waits for them, and whoever puts the last of them. It takes less than a
 * tenth of a second, also when each stands on a shelf of its own.
 */
const waitingLimit = 128

/** A library in a file of its own; `openKnowledgeFile` says what becomes of a damaged one. */
export function createSqliteLibrary(options: {
  file: string
  clock: Clock
  log: Log
  rooms?: ReadonlySet<string>
}): Library {
  return libraryIn(openKnowledgeFile(options), options.rooms)
}

/**
 * The library in a file that is open already, and may hold more. `rooms`: those of the fleet; files that nobody in them may read stand
 * together.
 */
export function libraryIn(
  { db, use, change, close }: KnowledgeFile,
  rooms: ReadonlySet<string> | null = null,
): Library {
  const statements = use(() => documentStatements(db))
  const shelves = openShelves(db, statements, rooms)
  const shelving = createShelving(statements, shelves)
  const search = createSearch(statements, shelves)
  /** How many sections are kept, but not shelved; at least so many. */
  let waiting = use(() => Number(statements.countToShelve.get()?.sections))
  /** Whether all is on its shelf and counted. */
  let settled = use(() => waiting === 0 && statements.isUncounted.get() === undefined)

  function makeChange<T>(work: () => T): T {
    try {
      return change(work)
    } catch (error) {
      shelving.counts.forget()
      throw error
    } finally {
      shelves.changed()
    }
  }

  /** Makes a change that tells how many sections wait because of it, or null when there was nothing to change. */
  function changeAndWait(work: () => number | null): boolean {
    const after = makeChange(() => {
      const more = work()
      if (more === null || waiting + more < waitingLimit)
        return { known: more !== null, waiting: waiting + (more ?? 0) }
      shelving.shelve()
      shelving.counts.write('when much')
      return { known: true, waiting: 0 }
    })
    settled &&= !after.known
    waiting = after.waiting
    return after.known
  }

  /** Looks something up, with everything on its shelf. */
  function lookUp<T>(work: () => T): T {
    if (!settled) {
      makeChange(() => {
        shelving.shelve()
        shelving.counts.write('all')
      })
      waiting = 0
      settled = true
    }
    return use(work)
  }

  for (const { facts, stamp } of use(() => shelves.misplaced())) place(facts, stamp)

  /** What has no shelf is read again, and then said to have none. */
  function place(facts: DocumentFacts, stamp: string): void {
    try {
      changeAndWait(() => shelving.describe(facts, stamp))
    } catch (error) {
      if (!isBreakroomError(error, 'refused')) throw error
      makeChange(() => shelving.remove(facts.id))
    }
  }

  return {
    search: (stems, reader, limit) => lookUp(() => search(stems, reader, limit)),
    statistics: (stems, reader) =>
      lookUp(() => {
        const open = shelves.readBy(reader)
        const frequencies = new Map(stems.map((stem) => [stem, shelves.frequency(stem, open)]))
        return {
          sections: open.reduce((sum, { sections }) => sum + sections, 0),
          frequency: (stem) => frequencies.get(stem) ?? 0,
        }
      }),
    occurrences: (word, reader) =>
      lookUp(() =>
        shelves
          .readBy(reader)
          .reduce((sum, { number }) => sum + Number(statements.word.get(number, word)?.count ?? 0), 0),
      ),
    put(facts, stamp, sections) {
      changeAndWait(() => {
        shelving.remove(facts.id)
        statements.removeUnreadable.run(facts.id)
        return shelving.keep(facts, stamp, sections)
      })
    },
    describe: (facts, stamp) => changeAndWait(() => shelving.describe(facts, stamp)),
    remove: (id) =>
      makeChange(() => {
        statements.removeUnreadable.run(id)
        return shelving.remove(id)
      }),
    giveUp: ({ id, source, stamp, why }) =>
      makeChange(() => {
        shelving.remove(id)
        statements.addUnreadable.run(id, source, stamp, why)
      }),
    unreadable: (source) =>
      use(() =>
        statements.unreadable
          .all(source)
          .map(({ id, stamp, why }) => ({ id: `${id}`, source, stamp: `${stamp}`, why: `${why}` })),
      ),
    entry: (id) => use(() => entryOf(statements.document.get(id))),
    entries: (source) =>
      use(() => {
        const rows = source === undefined ? statements.documents.all() : statements.documentsOf.all(source)
        return rows.flatMap((row) => entryOf(row) ?? [])
      }),
    close,
  }
}

function entryOf(row: Record<string, unknown> | undefined): LibraryEntry | null {
  if (row === undefined) return null
  return { facts: parseKept<DocumentFacts>(`${row.facts}`), stamp: `${row.stamp}`, sections: Number(row.sections) }
}
