import { orAborted } from './or-aborted.ts'

/** One at a time for each key, in the order of asking. */
export interface Turns {
  /** Resolves, when it is our turn, with what ends it (harmless when called again). Rejects with `closed` as soon as `signal` aborts. */
  take(key: string, signal?: AbortSignal): Promise<() => void>
}

export function createTurns(): Turns {
  const last = new Map<string, Promise<void>>()
  return {
    async take(key, signal) {
      const before = last.get(key) ?? Promise.resolve()
      const { promise: over, resolve: end } = Promise.withResolvers<void>()
      // Whoever gives up waiting must not let the next one pass those before.
      const mine = before.then(() => over)
      last.set(key, mine)
      void mine.then(() => {
        if (last.get(key) === mine) last.delete(key)
      })
      try {
        await orAborted(before, signal)
      } catch (error) {
        end()
        throw error
      }
      return end
    },
  }
}
