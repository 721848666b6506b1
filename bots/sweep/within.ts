import { BreakroomError } from '../../core/errors.ts'

/** What a promise comes to; rejects with `unavailable` when that takes longer. What it does then goes on, and is nobody's business. */
export async function within<T>(promise: Promise<T>, ms: number): Promise<T> {
  const late = Promise.withResolvers<never>()
  const error = new BreakroomError('unavailable', `It did not answer within ${ms / 1_000} s.`)
  const timer = setTimeout(() => late.reject(error), ms)
  try {
    return await Promise.race([promise, late.promise])
  } finally {
    clearTimeout(timer)
    promise.catch(() => {})
  }
}
