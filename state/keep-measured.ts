import { type Measured, roleDayId, withMeasured } from '../core/state/measure.ts'
import type { RoleDay } from '../core/state/role-day.ts'
import type { StateBatch, StateFile } from '../ports/state-file.ts'

/** Keeps a batch together with what was measured: all of it or none. */
export type KeepMeasured = (measured: readonly Measured[], batch: StateBatch) => Promise<void>

/**
 * What feeds keep their figures with. A day is read, added to and kept; two feeds that did so at the same time would lose what one of them
 * measured, so they take turns. Rejects as the file does.
 */
export function createKeepMeasured(file: Pick<StateFile, 'store' | 'keep'>): KeepMeasured {
  let turn: Promise<unknown> = Promise.resolve()

  return (measured, batch) => {
    const mine = turn.then(() => keep(measured, batch))
    turn = mine.catch(() => {})
    return mine
  }

  async function keep(measured: readonly Measured[], batch: StateBatch): Promise<void> {
    const days = new Map<string, RoleDay>()
    const revisions = new Map<string, number>()
    for (const one of measured) {
      const id = roleDayId(one.role, one.day)
      const day = days.get(id) ?? (await file.store.metrics.get(id))
      if (!revisions.has(id)) revisions.set(id, (day?.revision ?? 0) + 1)
      days.set(id, withMeasured(day, one))
    }
    // However much comes at once, it is one change of the day.
    const metrics = [...days].map(([id, day]) => ({ ...day, revision: revisions.get(id) ?? day.revision }))
    await file.keep({ ...batch, records: { ...batch.records, ...(metrics.length > 0 ? { metrics } : {}) } })
  }
}
