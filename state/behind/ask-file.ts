import { BreakroomError, isBreakroomError, sentenceOf } from '../../core/errors.ts'

/**
 * Asks the house's own file; what it says against it must not pass for a word of the store behind. Rejects with `closed`, and with
 * `unavailable` (`file`) for anything else.
 */
export async function askFile<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (isBreakroomError(error, 'closed')) throw error
    throw new BreakroomError('unavailable', sentenceOf(error), { cause: error, detail: { reason: 'file' } })
  }
}
