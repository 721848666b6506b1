import type { DatabaseSync } from 'node:sqlite'
import { type Access, accessOfShelf, mayRead, type Reader, shelfOf } from '../../../core/knowledge/access.ts'
import type { DocumentStatements } from './document-tables.ts'
import { addShelfTables, type ShelfStatements, shelfStatements } from './shelf-tables.ts'

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
  /** The number of the shelf with this access; it is put up when there is none. Only in a change. */
  numberOf(access: Access): number
  statements(shelf: number): ShelfStatements
  /** In how many sections of these shelves a stem stands. */
  frequency(stem: string, shelves: readonly Shelf[]): number
}

export function openShelves(db: DatabaseSync, documents: DocumentStatements): Shelves {
  const prepared = new Map<number, ShelfStatements>()
  /** All that are not empty, as long as nothing changes: they are asked for with each word of a question. */
  let standing: (Shelf & { access: Access })[] | null = null

  function statements(shelf: number): ShelfStatements {
    const known = prepared.get(shelf) ?? shelfStatements(db, shelf)
    prepared.set(shelf, known)
    return known
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
    numberOf(access) {
      const name = shelfOf(access)
      const known = documents.shelf.get(name)
      if (known !== undefined) return Number(known.number)
      const added = Number(documents.addShelf.run(name).lastInsertRowid)
      addShelfTables(db, added)
      return added
    },
    statements,
    frequency: (stem, shelves) =>
      shelves.reduce((sum, { number }) => sum + Number(statements(number).frequency.get(stem)?.sections ?? 0), 0),
  }
}
