import { isBreakroomError } from '../../core/errors.ts'

/**
 * Keeps things together; when the store refuses them, by halves, until it is known which of them it will never take: that goes to
 * `refuse`, and all the others are kept. Rejects with anything else that `keep` says.
 */
export async function keepApart<T>(
  things: readonly T[],
  keep: (some: readonly T[]) => Promise<void>,
  refuse: (one: T, error: Error) => Promise<void>,
): Promise<void> {
  try {
    await keep(things)
  } catch (error) {
    if (!isBreakroomError(error, 'refused') && !isBreakroomError(error, 'unreadable')) throw error
    const [only] = things
    if (only === undefined) return
    if (things.length === 1) return refuse(only, error)
    const middle = Math.ceil(things.length / 2)
    await keepApart(things.slice(0, middle), keep, refuse)
    await keepApart(things.slice(middle), keep, refuse)
  }
}
