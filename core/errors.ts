/**
 * Every failure we raise on purpose. `code` is stable and for programs, `message` is one sentence for people,
 * `detail` is the datum the caller needs to act (a path, a position, a wait in ms).
 */
export class BreakroomError extends Error {
  readonly code: ErrorCode
  readonly detail: Readonly<Record<string, unknown>>

  constructor(code: ErrorCode, message: string, options: { cause?: unknown; detail?: Record<string, unknown> } = {}) {
    super(message, 'cause' in options ? { cause: options.cause } : {})
    this.name = 'BreakroomError'
    this.code = code
    this.detail = options.detail ?? {}
  }
}

/** All codes on one page. Exit codes of the command are derived from these in cli/. */
export type ErrorCode =
  /** A configuration file, role or environment variable is wrong; `detail` has file, line, column. */
  | 'config_invalid'
  /** A server we need is not installed, or older than the floor; `detail` has name, found, floor. */
  | 'server_missing'
  /** A port we were told to use is taken; `detail` has port. */
  | 'port_busy'
  /** A server or peer that we need does not answer (yet); trying again may help. */
  | 'unavailable'
  /** The requester has no right to it; `detail` has rule and requester. */
  | 'denied'
  /** A rule of the thing itself forbids it now, whoever asks (a task that is done, an old epoch); `detail` has rule. */
  | 'refused'
  /** Somebody else changed it first; `detail` has version. Reading it again and deciding anew may help. */
  | 'conflict'
  /** What came over the wire cannot be read; it is parked, never dropped; `detail` has reason. */
  | 'unreadable'
  /** The chat network refused a line for good (no such nick, cannot send); `detail` has target. */
  | 'undeliverable'
  /** A role's own connection has not been able to speak there for a while; somebody else may say it. */
  | 'voiceless'
  /** The words of the call are off; `detail` may have a suggestion. */
  | 'usage'
  /** A thing was used after it was closed. */
  | 'closed'

/** True for our own errors, narrowed to one code when it is given. */
export function isBreakroomError(error: unknown, code?: ErrorCode): error is BreakroomError {
  return error instanceof BreakroomError && (code === undefined || error.code === code)
}

/** One sentence for people from anything that was thrown. */
export function sentenceOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

/** True for what whoever was asked says no to: its sentence is the answer, and asking again is the same. */
export function isRefusal(error: unknown): error is BreakroomError {
  return (['denied', 'refused', 'usage', 'conflict'] as const).some((code) => isBreakroomError(error, code))
}
