import type { Clock } from '../../../ports/clock.ts'
import type { Log } from '../../../ports/log.ts'
import type { StateFile } from '../../../ports/state-file.ts'
import { onDisk } from '../database-file.ts'
import { numberIn } from '../rows.ts'
import { fleetIdIn } from './fleet-id.ts'
import { keepBatch } from './kept-batch.ts'
import { storeIn } from './kept-store.ts'
import { outboxIn } from './outbox.ts'
import { openStateDatabase, stateError } from './state-database.ts'

/** Note under which the file knows whose it is. */
const fleetNote = 'fleet'

/**
 * The house's own copy of the organisation's memory in a SQLite file, with the fleet's id beside it in `<file>.fleet`; `newId` makes one
 * when there is none. What cannot be read is set aside, as `openStateDatabase` says. Throws `unavailable` when the disk or another
 * process does not let us in, and `unreadable` for a file of a newer version.
 */
export function openStateFile(options: { file: string; clock: Clock; log: Log; newId: () => string }): StateFile {
  const { file, clock, log, newId } = options
  const now = () => clock.now().getTime()
  const database = openStateDatabase({ file, clock, log })
  const { statements, use, change } = database
  const store = storeIn(database, `SQLite, ${file}`, (batch) => keepBatch(database, batch, now()))

  function noted(name: string): string | null {
    const row = statements.note.get(name)
    return row === undefined ? null : `${row.value}`
  }

  /** The id outlives the database beside it, and a database that was carried elsewhere brings it along. */
  function fleetId(): string {
    const id = fleetIdIn(
      `${file}.fleet`,
      () => use(() => noted(fleetNote)) ?? newId(),
      (setAside) => log.warn({ setAside }, "state: the fleet's id could not be read and was set aside"),
    )
    if (use(() => noted(fleetNote)) !== id) change(() => statements.setNote.run(fleetNote, id))
    return id
  }

  let fleet: string
  try {
    fleet = onDisk(file, fleetId, stateError)
  } catch (error) {
    database.close()
    throw error
  }

  return {
    store,
    pending: outboxIn(database, now),
    fleet,
    keep: async (batch) => keepBatch(database, batch, now()),
    mark: async (feed) =>
      use(() => {
        const row = statements.mark.get(feed)
        return row === undefined ? null : { seq: Number(row.seq), id: `${row.id}` }
      }),
    lastPlace: async () => use(() => numberIn(statements.lastPlace.get())),
    counts: async () =>
      use(() => ({
        tasks: numberIn(statements.taskCount.get()),
        commits: numberIn(statements.commitCount.get()),
        knowledge: numberIn(statements.recordCount.get('knowledge')),
        configuration: numberIn(statements.recordCount.get('configuration')),
        metrics: numberIn(statements.recordCount.get('metrics')),
      })),
    note: async (name) => use(() => noted(`note ${name}`)),
    setNote: async (name, value) =>
      change(() => {
        if (value === null) statements.dropNote.run(`note ${name}`)
        else statements.setNote.run(`note ${name}`, value)
      }),
    trouble: database.trouble,
    close: store.close,
  }
}
