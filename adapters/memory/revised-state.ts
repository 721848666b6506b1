import { BreakroomError } from '../../core/errors.ts'
import type { RevisedState } from '../../ports/revised-state.ts'

/** A revised state that lives as long as this object, for tests and simulations. */
export function createMemoryRevisedState(): RevisedState {
  const kept = new Map<string, { json: string | undefined; revision: number }>()
  let newest = 0
  return {
    async read(key) {
      const entry = kept.get(key)
      if (entry === undefined) return { value: null, revision: 0 }
      return { value: entry.json === undefined ? undefined : JSON.parse(entry.json), revision: entry.revision }
    },
    async write(key, value, revision) {
      if ((kept.get(key)?.revision ?? 0) !== revision) {
        throw new BreakroomError('conflict', `Somebody else has changed ${key}.`)
      }
      newest += 1
      // As text, so that nobody changes it by hand; what is not JSON has none.
      kept.set(key, { json: JSON.stringify(value), revision: newest })
      return newest
    },
  }
}
