import { BreakroomError } from '../../core/errors.ts'
import { houseLine } from '../../core/house-line.ts'
import { desk } from '../../core/route.ts'
import { eventSubject } from '../../core/subject.ts'
import type { Publisher, Recorded } from '../../ports/bus.ts'
import type { Clock } from '../../ports/clock.ts'

/** One notice in this time; a flood of bad entries is a matter for the metric. */
const quietMs = 60_000

/**
 * Says in the room that an entry of the record was passed over, because nobody could read it or because it names somebody else
 * than its publisher. Never throws: it is said for people, nothing depends on it.
 */
export function createPassedOverNotice(parts: {
  bus: Publisher
  /** Null when the fleet has no public room: then only the metric says it. */
  room: string | null
  clock: Clock
}): (entry: Recorded) => void {
  let lastAt = Number.NEGATIVE_INFINITY
  const { room } = parts
  return function say({ envelope, seq }) {
    const now = parts.clock.monotonic()
    if (room === null || !(envelope instanceof BreakroomError) || now - lastAt < quietMs) return
    lastAt = now
    const line = houseLine({
      id: `passed-over:${seq}`,
      source: 'bridge/router',
      at: parts.clock.now(),
      room: { name: room, visibility: 'public' },
      text: `Entry ${seq} of the record woke nobody: ${envelope.message} It stays in the record.`,
    })
    parts.bus.publish(eventSubject(desk, 'chat', room), line).catch(() => {})
  }
}
