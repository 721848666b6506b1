import { AuthorizationError, PermissionViolationError } from '@nats-io/transport-node'
import { BreakroomError, sentenceOf } from '../../core/errors.ts'
import type { Connection } from './connect.ts'

/** What a failed call on the bus is to our callers: `denied` when the server refused the subject, else `unavailable`. */
export function busError(what: string, cause: unknown): BreakroomError {
  if (cause instanceof BreakroomError) return cause
  const violation = cause instanceof Error && cause.cause instanceof PermissionViolationError ? cause.cause : cause
  if (violation instanceof PermissionViolationError) {
    return new BreakroomError('denied', `${what}: this user may not use ${violation.subject}.`, {
      cause,
      detail: { rule: 'nats', subject: violation.subject },
    })
  }
  return new BreakroomError('unavailable', `${what}: ${sentenceOf(cause)}`, { cause })
}

/** True for the cause of an error when the server did not let this user in. */
export function isKeyRefused(cause: unknown): boolean {
  return cause instanceof AuthorizationError
}

/** Why nothing can be asked now. */
export function awayError(connection: Connection): BreakroomError {
  if (connection.closed) return new BreakroomError('closed', 'The connection to NATS was closed.')
  return new BreakroomError('unavailable', `NATS at ${connection.options.servers.join(', ')} is away.`, {
    cause: connection.lastError,
  })
}
