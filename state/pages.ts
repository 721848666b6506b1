import type { StateEntry, StateSection } from '../core/state/entry.ts'
import { pageBytes } from '../core/state/request.ts'
import type { Store } from '../ports/store.ts'

/** Entries of a section, in order, behind a place or an id; null: from the first. */
export async function* entriesOf(
  store: Store,
  section: StateSection,
  after: number | string | null,
): AsyncGenerator<StateEntry> {
  if (section === 'commits') {
    for await (const placed of store.history(typeof after === 'number' ? after : 0)) yield { section, ...placed }
    return
  }
  const records = store[section].all(typeof after === 'string' ? after : undefined)
  for await (const record of records) yield { section, record } as StateEntry
}

/** Where an entry stands in its section. */
export function placeOf(entry: StateEntry): number | string {
  return entry.section === 'commits' ? entry.place : entry.record.id
}

/** The first of `values` that fit into a page, at least one; `more` when that is not all. */
export async function pageOf<T>(values: AsyncIterable<T>): Promise<{ page: T[]; more: boolean }> {
  const page: T[] = []
  let bytes = 0
  for await (const value of values) {
    bytes += Buffer.byteLength(JSON.stringify(value)) + 1
    if (page.length > 0 && bytes > pageBytes) return { page, more: true }
    page.push(value)
  }
  return { page, more: false }
}
