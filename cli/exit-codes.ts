import { type ErrorCode, isBreakroomError } from '../core/errors.ts'

/** What the command ends with. */
export const exitCodes = { ok: 0, failure: 1, usage: 2, degraded: 3, denied: 4 } as const

const byError: Partial<Record<ErrorCode, number>> = { usage: exitCodes.usage, denied: exitCodes.denied }

/** The exit code for what was thrown: usage and denied have codes of their own, everything else is a failure. */
export function exitCodeOf(error: unknown): number {
  return (isBreakroomError(error) && byError[error.code]) || exitCodes.failure
}
