import type { DatabaseSync } from 'node:sqlite'
import { BreakroomError } from '../../../core/errors.ts'
import { type Access, accessOfShelf, everyone, mayRead, type Reader, shelfOf } from '../../../core/knowledge/access.ts'
import type { DocumentFacts } from '../../../core/knowledge/document.ts'
import { parseKept } from '../database-file.ts'
import type { DocumentStatements } from './document-tables.ts'
import { addShelfTables, dropShelfTables, type ShelfStatements, shelfStatements } from './shelf-tables.ts'

/** Each shelf has tables of its own, which a search looks into one after the other. */
const mostShelves = 200
/** What nobody may read stands together, whatever it says. */
const forNobody: Access = [[]]

/** What the same people may read. */
export interface Shelf {
  number: number
  sections: number
  /** Words of all sections. */
  length: number
}

/** All shelves, and what is asked of each. */
export interface Shelves {
  /** Those that a reader may look into, without empty ones. */
  readBy(reader: Reader): Shelf[]
  /** Has to be called whenever a change was made, or was not made after all. */
  changed(): void
  /**
   * The number of the shelf for a document; it is put up when there is none. Only in a change. Throws `refused` for a file that
   * would need one more than there may be.
   */
  numberFor(facts: Pick<DocumentFacts, 'kind' | 'access'>): number
  /** Documents that stand for nobody and are for somebody, or the other way round: the rooms of the fleet were others. */
  misplaced(): { facts: DocumentFacts; stamp: string }[]
  statements(shelf: number): ShelfStatements
  /** In how many sections of these shelves a stem stands. */
  frequency(stem: string, shelves: readonly Shelf[]): number
}

/** `rooms`: those of the fleet; nobody is in any other. Null where that is not known. */
export function openShelves(
  db: DatabaseSync,
  documents: DocumentStatements,
  rooms: ReadonlySet<string> | null = null,
): Shelves {
  const prepared = new Map<number, ShelfStatements>()
  /** All that are not empty, as long as nothing changes: they are asked for with each word of a question. */
  let standing: (Shelf & { access: Access })[] | null = null

  function statements(shelf: number): ShelfStatements {
    const known = prepared.get(shelf) ?? shelfStatements(db, shelf)
    prepared.set(shelf, known)
    return known
  }

  function nameFor({ kind, access }: Pick<DocumentFacts, 'kind' | 'access'>): string {
    const isForNobody = kind === 'file' && rooms !== null && !mayRead(access, { rooms })
    return shelfOf(isForNobody ? forNobody : access)
  }

  /** Takes down one on which nothing stands any more, so that they do not pile up. */
  function clearOne(): void {
    const empty = documents.emptyShelf.get()
    if (empty === undefined) return
    const number = Number(empty.number)
    prepared.delete(number)
    dropShelfTables(db, number)
    documents.removeShelf.run(number)
    documents.removeShelfWords.run(number)
  }

  return {
    readBy(reader) {
      standing ??= (documents.shelves.all() as unknown as (Shelf & { access: string })[])
        .filter(({ sections }) => sections > 0)
        .map((shelf) => ({ ...shelf, access: accessOfShelf(shelf.access) }))
      return standing.filter(({ access }) => mayRead(access, reader))
    },
    changed() {
      standing = null
    },
    numberFor(facts) {
      const name = nameFor(facts)
      const known = documents.shelf.get(name)
      if (known !== undefined) return Number(known.number)
      const isFull = Number(documents.shelvesInUse.get()?.count) >= mostShelves
      // What people taught, and the record, have few, and what is for everybody has one: they are not to suffer from the others.
      const isSpared = facts.kind !== 'file' || name === shelfOf(everyone) || name === shelfOf(forNobody)
      if (isFull && !isSpared) throw tooMany()
      clearOne()
      const added = Number(documents.addShelf.run(name).lastInsertRowid)
      addShelfTables(db, added)
      return added
    },
    misplaced() {
      if (rooms === null) return []
      return documents.shelves.all().flatMap(({ number, access }) => {
        const name = `${access}`
        if (name !== shelfOf(forNobody) && mayRead(accessOfShelf(name), { rooms })) return []
        return documents.documentsOn
          .all(Number(number))
          .map(({ stamp, facts }) => ({ stamp: `${stamp}`, facts: parseKept<DocumentFacts>(`${facts}`) }))
          .filter(({ facts }) => nameFor(facts) !== name)
      })
    },
    statements,
    frequency: (stem, shelves) =>
      shelves.reduce((sum, { number }) => sum + Number(statements(number).frequency.get(stem)?.sections ?? 0), 0),
  }
}

function tooMany(): BreakroomError {
  const why = `its access list would be one too many: all documents together may have ${mostShelves} different ones; give it one that others have`
  return new BreakroomError('refused', `A document cannot be kept: ${why}.`, { detail: { rule: 'access-lists', why } })
}
