import type { Sleep } from '../../../ports/sleep.ts'

/** So much time for something, in milliseconds. */
interface Deadline {
  /** Aborts when the time is over. */
  readonly late: AbortSignal
  /** No longer needed: nothing aborts any more. */
  end(): void
}

export function startDeadline(sleep: Sleep, ms: number): Deadline {
  const late = new AbortController()
  const over = new AbortController()
  void sleep(ms, over.signal).then(() => {
    if (!over.signal.aborted) late.abort()
  })
  return { late: late.signal, end: () => over.abort() }
}

/** Instead of what some work gives that took too long. */
export const tooLate = Symbol('too late')

/** Resolves or rejects as the work does, or resolves with `tooLate` when `late` aborts before. The work itself is not stopped. */
export async function inTime<T>(work: Promise<T>, late: AbortSignal): Promise<T | typeof tooLate> {
  let stopWaiting = () => {}
  const waiting = new Promise<typeof tooLate>((resolve) => {
    stopWaiting = () => resolve(tooLate)
    if (late.aborted) stopWaiting()
    else late.addEventListener('abort', stopWaiting, { once: true })
  })
  try {
    return await Promise.race([work, waiting])
  } finally {
    late.removeEventListener('abort', stopWaiting)
  }
}
