import { inPairs } from '../../core/in-pairs.ts'
import type { KeptKnowledge } from '../../core/state/kept-knowledge.ts'
import type { RecordSet } from '../../ports/store.ts'
import { bodyOf } from './body.ts'
import type { FirestoreDatabase, Reader, StoredDocument, Write } from './database.ts'
import type { FirestoreLayout } from './layout.ts'
import { pages } from './pages.ts'
import { draftOf, inRequests, newestOf, type RecordDraft } from './records.ts'

/** Of how many ids Firestore takes a question at once. */
const mostAtOnce = 30
const pageSize = 300

/**
 * Knowledge stands where those look who may read it, and moves when its access changes; what was there goes in the same moment, so that
 * nobody finds the words of an older revision. That takes a transaction: nobody can know from the id where an older one is. Keeping one
 * is two reads and, unless it is there already, a write; when it moves a deletion, too. Getting one is two reads.
 */
export function createKnowledgeDocuments({
  database,
  layout,
}: {
  database: FirestoreDatabase
  layout: FirestoreLayout
}): RecordSet<KeptKnowledge> {
  const { org } = layout

  /** Every document of these ids, in whatever place. */
  async function find(reader: Reader, ids: readonly string[], select?: readonly string[]): Promise<StoredDocument[]> {
    const fields = select && { select }
    const question = { folder: 'knowledge', below: null, where: { org }, oneOf: { field: 'id', values: ids } }
    const inRooms = await reader.ask({ ...question, ...fields })
    const restricted = await reader.read(ids.map(layout.restricted), select)
    return [...inRooms, ...restricted.values()]
  }

  async function keepSome(drafts: readonly RecordDraft<KeptKnowledge>[]): Promise<void> {
    await database.transact(async (reader) => {
      const ids = drafts.map(({ record }) => record.id)
      const found = Map.groupBy(await find(reader, ids, ['id', 'revision']), ({ fields }) => fields.id)
      return drafts.flatMap((draft) => writesFor(draft, found.get(draft.record.id) ?? []))
    })
  }

  return {
    async keep(records) {
      database.refuseWhenClosed()
      const drafts = newestOf(records).map((record) =>
        draftOf('knowledge', record, layout.knowledge(record), layout.knowledgeFields),
      )
      for (const some of inRequests(drafts, mostAtOnce)) await keepSome(some)
    },
    async get(id) {
      const newest = newestDocument(await find(database, [id]))
      return newest === null ? null : bodyOf<KeptKnowledge>(database.target, newest)
    },
    async *all(after) {
      const from = { orderBy: 'id', limit: pageSize, ...(after !== undefined && { after: { value: after } }) }
      const inRooms = pages(database, { folder: 'knowledge', below: null, where: { org }, ...from })
      const restricted = pages(database, { folder: 'restricted', below: layout.root, ...from })
      // Ids are ASCII, so Firestore orders them as code units. One that is in both has just moved.
      for await (const found of inPairs(inRooms, restricted, ({ fields }) => String(fields.id))) {
        const newest = newestDocument(found.filter((document) => document !== null))
        if (newest !== null) yield bodyOf<KeptKnowledge>(database.target, newest)
      }
    },
  }
}

function writesFor({ record, path, fields }: RecordDraft<KeptKnowledge>, found: readonly StoredDocument[]): Write[] {
  const newest = newestDocument(found)
  if (newest !== null && revisionOf(newest) >= record.revision) return []
  const older = found.filter((document) => document.path !== path)
  return [{ path, fields }, ...older.map((document): Write => ({ path: document.path, remove: true }))]
}

function newestDocument(documents: readonly StoredDocument[]): StoredDocument | null {
  return documents.reduce<StoredDocument | null>(
    (newest, document) => (newest === null || revisionOf(document) > revisionOf(newest) ? document : newest),
    null,
  )
}

function revisionOf({ fields }: StoredDocument): number {
  return Number(fields.revision) || 0
}
