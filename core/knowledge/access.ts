/**
 * Who may read a document: for each clause, whoever sits in one of its rooms. No clause: everybody. A source and a document's own front
 * matter each add a clause, so a document can only narrow what its source allows.
 */
export type Access = readonly (readonly string[])[]

/** What everybody may read. */
export const everyone: Access = []

/** Whoever an answer is for: the rooms in which everybody who will see it sits. Never more than what all of them may read. */
export interface Reader {
  rooms: ReadonlySet<string>
}

/** Whether a reader may read it. Deny by default: a clause without a room is nobody. */
export function mayRead(access: Access, { rooms }: Reader): boolean {
  return access.every((clause) => clause.some((room) => rooms.has(room)))
}

/** The same access, always written the same way: documents of one shelf are found, and counted, together. */
export function shelfOf(access: Access): string {
  const clauses = access.map((clause) => JSON.stringify([...new Set(clause)].toSorted()))
  return `[${[...new Set(clauses)].toSorted().join(',')}]`
}

/** The access that `shelfOf` wrote. */
export function accessOfShelf(shelf: string): Access {
  return JSON.parse(shelf) as string[][]
}
