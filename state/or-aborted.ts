import { BreakroomError } from '../core/errors.ts'
import { whenAborted } from '../core/when-aborted.ts'

/** What comes of an answer, or `closed` as soon as nobody waits for it: somebody else who hangs must not keep us from stopping. */
export async function orAborted<T>(answer: Promise<T>, signal: AbortSignal): Promise<T> {
  const over = new AbortController()
  const ended = whenAborted(AbortSignal.any([signal, over.signal])).then(() => {
    throw new BreakroomError('closed', 'The state store was stopped.')
  })
  try {
    return await Promise.race([answer, ended])
  } finally {
    over.abort()
    ended.catch(() => {})
  }
}
