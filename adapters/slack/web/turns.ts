import { BreakroomError } from '../../../core/errors.ts'

/** One at a time for each key, in the order of asking. */
export interface Turns {
  /** Resolves, when it is our turn, with what ends it (harmless when called again). Rejects with `closed` as soon as `signal` aborts. */
  take(key: string, signal?: AbortSignal): Promise<() => void>
}

export function createTurns(): Turns {
  const last = new Map<string, Promise<void>>()
  return {
    async take(key, signal) {
      const before = last.get(key)
      const { promise: over, resolve: end } = Promise.withResolvers<void>()
      // Whoever gives up waiting must not let the next one pass those before.
      const mine = before === undefined ? over : before.then(() => over)
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

/** Throws `closed` when the signal has aborted. */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new BreakroomError('closed', 'The call was given up while it waited.')
}

async function orAborted(before: Promise<void> | undefined, signal: AbortSignal | undefined): Promise<void> {
  throwIfAborted(signal)
  if (before === undefined) return
  if (signal === undefined) return before
  const { promise: aborted, resolve: abort } = Promise.withResolvers<void>()
  const heard = () => abort()
  signal.addEventListener('abort', heard, { once: true })
  await Promise.race([before, aborted])
  signal.removeEventListener('abort', heard)
  throwIfAborted(signal)
}
