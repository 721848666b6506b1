import { BreakroomError } from '../../core/errors.ts'
import type { RevisedState } from '../../ports/revised-state.ts'

/** The durable map of the bus without the bus. Values are kept as they are given; who gives them does not change them afterwards. */
export function createMemoryState(): RevisedState {
  const kept = new Map<string, { value: unknown; revision: number }>()
  let revision = 0
  return {
    read: async (key) => kept.get(key) ?? { value: null, revision: 0 },
    async write(key, value, expected) {
      if ((kept.get(key)?.revision ?? 0) !== expected) {
        throw new BreakroomError('conflict', `Somebody else wrote ${key} first.`)
      }
      revision += 1
      kept.set(key, { value, revision })
      return revision
    },
  }
}
