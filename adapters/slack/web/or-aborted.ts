import { BreakroomError } from '../../../core/errors.ts'

/** Throws `closed` when the signal has aborted. */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw givenUp()
}

/** Resolves or rejects as the promise does; rejects with `closed` as soon as the signal aborts. The work itself is not stopped. */
export async function orAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  throwIfAborted(signal)
  if (signal === undefined) return promise
  const { promise: aborted, reject } = Promise.withResolvers<never>()
  const abort = () => reject(givenUp())
  signal.addEventListener('abort', abort, { once: true })
  try {
    return await Promise.race([promise, aborted])
  } finally {
    signal.removeEventListener('abort', abort)
  }
}

function givenUp(): BreakroomError {
  return new BreakroomError('closed', 'It was given up while it waited.')
}
