import type { PendingChanges } from '../../ports/state-file.ts'
import type { RecordOf, RecordSection } from '../../ports/store.ts'
import { askFile } from './ask-file.ts'
import type { Outlet, Write } from './outlet.ts'

/** Records that are written together. */
const page = 50

/** Records of one section, one page after the other, while `due` says so; `written` is called when all that was owed is. */
export function createRecordOutlet<S extends RecordSection>(parts: {
  section: S
  pending: PendingChanges
  keep: (records: readonly RecordOf[S][], options: Parameters<Write>[0]) => Promise<void>
  due: () => boolean
  written: () => void
}): Outlet {
  const { section, pending, keep, due, written } = parts
  return {
    atOnce: 1,
    async next() {
      if (!due()) return null
      const records = await askFile(() => pending.records(section, page))
      if (records.length === 0) return null
      return async (options) => {
        await keep(records, options)
        // What came meanwhile is for the next time.
        if (records.length < page) written()
      }
    },
  }
}
