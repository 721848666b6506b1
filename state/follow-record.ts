import { BreakroomError } from '../core/errors.ts'
import type { KeptKnowledge } from '../core/state/kept-knowledge.ts'
import type { Measured } from '../core/state/measure.ts'
import { recordedKnowledge, stateFilters } from '../core/state/recorded-knowledge.ts'
import { usageOf } from '../core/state/usage.ts'
import type { Recorded, RecordReader } from '../ports/bus.ts'
import { type Following, type FollowingParts, followFeed } from './follow-feed.ts'
import type { KeepMeasured } from './keep-measured.ts'

/** The mark of what was measured: when the newest entry of that was stored, ms since 1970. */
const measuredMark = 'record measured'
/** Note of the same when the record was last found to be another one. */
const measuredNote = 'record measured before'

/**
 * Keeps what was decided and accepted in public, and what roles say that they used, from the beginning of the record on. Each entry
 * counts once, also of a record that was brought back from an older copy: what is in it from before it was lost has been measured.
 */
export function followRecord(
  parts: FollowingParts & {
    bus: RecordReader
    keep: KeepMeasured
    /** The name to show for an actor. */
    nameOf: (actor: string) => string
  },
): Following {
  const { bus, file, keep, nameOf } = parts
  /** What was stored by then counts for nothing any more; null until it is known. */
  let before: number | null = null
  let newest = 0
  return followFeed<Recorded>(
    {
      name: 'record',
      what: 'what is said for the record',
      read: (options) => bus.read({ record: 'events', filters: stateFilters, ...options }),
      readAll: (options) => bus.read({ record: 'events', ...options }),
      lastSeq: () => bus.lastSeq('events'),
      idOf: ({ envelope }) => (envelope instanceof BreakroomError ? '' : envelope.id),
      async onBegin() {
        before = Math.max(await measuredBefore(), (await file.mark(measuredMark))?.seq ?? 0)
        await file.setNote(measuredNote, `${before}`)
      },
      async keep(entries, marks) {
        before ??= await measuredBefore()
        newest = Math.max(newest, (await file.mark(measuredMark))?.seq ?? 0)
        const knowledge: KeptKnowledge[] = []
        const measured: Measured[] = []
        for (const { envelope, subject, storedAt } of entries) {
          // Not what it says it is, or no envelope at all.
          if (envelope instanceof BreakroomError) continue
          const known = recordedKnowledge(envelope, subject, nameOf)
          if (known !== null) knowledge.push(known)
          const used = usageOf(envelope, subject, storedAt)
          if (used === null || storedAt.getTime() <= before) continue
          measured.push(used)
          newest = Math.max(newest, storedAt.getTime())
        }
        const counted = { [measuredMark]: { seq: newest, id: '' } }
        await keep(measured, { records: { knowledge }, marks: measured.length > 0 ? { ...marks, ...counted } : marks })
      },
    },
    parts,
  )

  async function measuredBefore(): Promise<number> {
    return Number((await file.note(measuredNote)) ?? 0)
  }
}
