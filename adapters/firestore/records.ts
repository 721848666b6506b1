import { refuseTooLarge } from '../../core/state/fit-task.ts'
import type { Metrics } from '../../ports/metrics.ts'
import type { RecordSet } from '../../ports/store.ts'
import { bodyOf } from './body.ts'
import type { FirestoreDatabase, Write } from './database.ts'
import { contendedError } from './errors.ts'
import { pages } from './pages.ts'
import type { Fields } from './values.ts'

interface KeptRecord {
  id: string
  revision: number
}

/** A record as it is going to be written. */
export interface RecordDraft<R extends KeptRecord> {
  record: R
  path: string
  fields: Fields
  bytes: number
}

/** As with tasks: others may be faster, and one of them gets on each time. */
const mostTries = 8
/** Documents in one request at most, and the bytes of their bodies. */
const mostAtOnce = 100
const mostBytesAtOnce = 3_000_000
const pageSize = 300

/**
 * Records that stand in one folder. Keeping one is a read and, unless it is there already, a write; many go in requests of a hundred,
 * each of which is done as a whole.
 */
export function createRecordDocuments<R extends KeptRecord>({
  database,
  root,
  folder,
  pathOf,
  fieldsOf,
  metrics,
}: {
  database: FirestoreDatabase
  /** The document above the folder. */
  root: string
  folder: string
  pathOf: (id: string) => string
  fieldsOf: (record: R, body: string) => Fields
  metrics?: Metrics | undefined
}): RecordSet<R> {
  async function keepSome(drafts: readonly RecordDraft<R>[]): Promise<void> {
    for (let tries = 0; tries < mostTries; tries += 1) {
      const paths = drafts.map(({ path }) => path)
      const there = await database.read(paths, ['revision'])
      const writes = drafts.flatMap(({ record, path, fields }): Write[] => {
        const before = there.get(path)
        if (before !== undefined && Number(before.fields.revision) >= record.revision) return []
        return [{ path, fields, only: before?.updateTime ?? 'missing' }]
      })
      if (writes.length === 0 || (await database.write(writes)) !== null) return
      metrics?.count('breakroom_retries_total', { what: 'firestore' })
    }
    throw contendedError(database.target, `the same ${folder}`)
  }

  return {
    async keep(records) {
      database.refuseWhenClosed()
      const drafts = newestOf(records).map((record) => draftOf(folder, record, pathOf(record.id), fieldsOf))
      for (const some of inRequests(drafts, mostAtOnce)) await keepSome(some)
    },
    async get(id) {
      const path = pathOf(id)
      const document = (await database.read([path])).get(path)
      return document === undefined ? null : bodyOf<R>(database.target, document)
    },
    async *all(after) {
      const question = { folder, below: root, orderBy: 'id', limit: pageSize }
      const all = pages(database, { ...question, ...(after !== undefined && { after: { value: after } }) })
      for await (const document of all) yield bodyOf<R>(database.target, document)
    },
  }
}

/** The newest of each id, the first of two with the same revision. */
export function newestOf<R extends KeptRecord>(records: readonly R[]): R[] {
  const newest = new Map<string, R>()
  for (const record of records) {
    const other = newest.get(record.id)
    if (other === undefined || other.revision < record.revision) newest.set(record.id, record)
  }
  return [...newest.values()]
}

/** Throws `refused` (`too-large`) when no document can hold it. */
export function draftOf<R extends KeptRecord>(
  folder: string,
  record: R,
  path: string,
  fieldsOf: (record: R, body: string) => Fields,
): RecordDraft<R> {
  const body = JSON.stringify(record)
  refuseTooLarge(`${record.id} of ${folder}`, body)
  return { record, path, fields: fieldsOf(record, body), bytes: Buffer.byteLength(body) }
}

/** In order, cut so that each part goes into one request. */
export function inRequests<D extends { bytes: number }>(drafts: readonly D[], most: number): D[][] {
  const parts: D[][] = []
  let bytes = 0
  for (const draft of drafts) {
    const last = parts.at(-1)
    if (last !== undefined && last.length < most && bytes + draft.bytes <= mostBytesAtOnce) {
      last.push(draft)
      bytes += draft.bytes
    } else {
      parts.push([draft])
      bytes = draft.bytes
    }
  }
  return parts
}
