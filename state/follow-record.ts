import { BreakroomError } from '../core/errors.ts'
import type { KeptKnowledge } from '../core/state/kept-knowledge.ts'
import type { Measured } from '../core/state/measure.ts'
import { recordedKnowledge, stateFilters } from '../core/state/recorded-knowledge.ts'
import { usageOf } from '../core/state/usage.ts'
import type { Recorded, RecordReader } from '../ports/bus.ts'
import { type Following, type FollowingParts, followFeed } from './follow-feed.ts'
import type { KeepMeasured } from './keep-measured.ts'

/**
 * Keeps what was decided and accepted in public, and what roles say that they used, from the beginning of the record on. Each entry
 * counts once.
 */
export function followRecord(
  parts: FollowingParts & {
    bus: RecordReader
    keep: KeepMeasured
    /** The name to show for an actor. */
    nameOf: (actor: string) => string
  },
): Following {
  const { bus, keep, nameOf } = parts
  return followFeed<Recorded>(
    {
      name: 'record',
      what: 'what is said for the record',
      read: (options) => bus.read({ record: 'events', filters: stateFilters, ...options }),
      readAll: (options) => bus.read({ record: 'events', ...options }),
      lastSeq: () => bus.lastSeq('events'),
      idOf: ({ envelope }) => (envelope instanceof BreakroomError ? '' : envelope.id),
      async keep(entries, marks) {
        const knowledge: KeptKnowledge[] = []
        const measured: Measured[] = []
        for (const { envelope, subject } of entries) {
          // Not what it says it is, or no envelope at all.
          if (envelope instanceof BreakroomError) continue
          const known = recordedKnowledge(envelope, subject, nameOf)
          if (known !== null) knowledge.push(known)
          const used = usageOf(envelope, subject)
          if (used !== null) measured.push(used)
        }
        await keep(measured, { records: { knowledge }, marks })
      },
    },
    parts,
  )
}
