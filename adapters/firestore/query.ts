import { type Fields, toValue } from './values.ts'

/** What is asked of documents. */
export interface Question {
  /** The last name in the paths of the folders that are meant. */
  folder: string
  /** In that document alone; null: in all of the database. */
  below: string | null
  where?: Fields
  /** One of these. */
  oneOf?: { field: string; values: readonly string[] }
  /** By these, ascending, then by path. */
  orderBy?: string
  /** Behind this value and, with a path, that document. */
  after?: { value: string | number; path?: string }
  /** No fields but these. */
  select?: readonly string[]
  limit?: number
}

/** A question as the protocol has it; `nameOf` makes a path the full name of its document. */
export function asQuery(
  { folder, below, where = {}, oneOf, orderBy, after, select, limit }: Question,
  nameOf: (path: string) => string,
) {
  const field = (name: string) => ({ fieldPath: name })
  const filters: object[] = Object.entries(where).map(([name, value]) => ({
    fieldFilter: { field: field(name), op: 'EQUAL', value: toValue(value) },
  }))
  if (oneOf !== undefined) {
    const values = oneOf.values.map(toValue)
    filters.push({ fieldFilter: { field: field(oneOf.field), op: 'IN', value: { arrayValue: { values } } } })
  }
  const cursor = after && [
    toValue(after.value),
    ...(after.path === undefined ? [] : [{ referenceValue: nameOf(after.path) }]),
  ]
  return {
    from: [{ collectionId: folder, allDescendants: below === null }],
    ...(select && { select: { fields: select.map(field) } }),
    ...(filters.length > 0 && { where: { compositeFilter: { op: 'AND', filters } } }),
    ...(orderBy !== undefined && {
      orderBy: [orderBy, '__name__'].map((name) => ({ field: field(name), direction: 'ASCENDING' })),
    }),
    ...(cursor && { startAt: { values: cursor, before: false } }),
    ...(limit !== undefined && { limit: { value: limit } }),
  }
}
