import { asChatLine, type ChatEnvelope } from '../core/envelope.ts'
import { BreakroomError, isBreakroomError } from '../core/errors.ts'
import type { Recorded } from '../ports/bus.ts'
import type { Log } from '../ports/log.ts'
import type { Metrics } from '../ports/metrics.ts'

/** The entry as a chat line, or null. What cannot be read or names another actor stays in the record, and is counted. */
export function readableLine(
  entry: Recorded,
  { reader, log, metrics }: { reader: string; log: Log; metrics: Metrics },
): ChatEnvelope | null {
  const { envelope, seq, subject } = entry
  if (!(envelope instanceof BreakroomError)) return asChatLine(envelope)
  if (isBreakroomError(envelope, 'denied'))
    metrics.count('breakroom_denied_total', { rule: String(envelope.detail.rule) })
  else metrics.count('breakroom_parked_total', { reader })
  log.warn({ seq, subject, cause: envelope.message }, 'an entry is passed over')
  return null
}
