import { sentenceOf } from '../../core/errors.ts'
import type { StoredDocument } from './database.ts'
import { damagedError, type FirestoreTarget } from './errors.ts'

/** What a document holds. Throws `unreadable` when it is damaged. */
export function bodyOf<T extends object>(target: FirestoreTarget, { path, fields }: StoredDocument): T {
  let body: unknown
  try {
    body = JSON.parse(String(fields.body))
  } catch (error) {
    throw damagedError(target, path, `its body is no JSON (${sentenceOf(error)}).`)
  }
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw damagedError(target, path, 'its body is no object.')
  }
  return body as T
}
