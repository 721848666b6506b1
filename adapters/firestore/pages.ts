import type { FirestoreDatabase, StoredDocument } from './database.ts'
import type { Question } from './query.ts'

/** All answers to a question that has an order and a limit, which is how many are read at once. */
export async function* pages(
  database: FirestoreDatabase,
  question: Question & { orderBy: string; limit: number },
): AsyncGenerator<StoredDocument> {
  let { after } = question
  while (true) {
    const page = await database.ask({ ...question, ...(after && { after }) })
    for (const document of page) {
      database.refuseWhenClosed()
      yield document
    }
    const last = page.at(-1)
    if (last === undefined || page.length < question.limit) return
    const value = last.fields[question.orderBy]
    after = { value: typeof value === 'number' ? value : String(value), path: last.path }
  }
}
