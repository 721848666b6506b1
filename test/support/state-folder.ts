import { readdirSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { systemClock } from '../../adapters/process/system-clock.ts'
import { openStateFile } from '../../adapters/sqlite/state/state-file.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Log } from '../../ports/log.ts'
import type { StateFile } from '../../ports/state-file.ts'
import { temporaryFolder } from './process.ts'
import { quietLog } from './quiet.ts'
import { taskChange } from './state.ts'

/** A folder for one state file, in which it is always noon. */
export interface StateFolder extends AsyncDisposable {
  readonly file: string
  readonly clock: Clock
  /** Opens the file; it is closed with the folder. */
  opened(options?: { log?: Log; id?: string }): StateFile
  /** The names of what is in the folder. */
  names(): string[]
  /** Leaves a file with so many tasks in it. */
  fill(count: number): Promise<void>
  /** Works on the file as another program would. */
  edit(sql: string): void
}

/** What the file is called when it was set aside in a state folder. */
export const asideName = 'state.sqlite.unreadable-2026-11-21T12-00-00-000Z'

export function stateFolder(): StateFolder {
  const folder = temporaryFolder()
  const file = join(folder.path, 'state', 'state.sqlite')
  const clock = { ...systemClock, now: () => new Date('2026-11-21T12:00:00.000Z') }
  const open: StateFile[] = []

  function opened({ log = quietLog, id = 'fleet-1' }: { log?: Log; id?: string } = {}): StateFile {
    const state = openStateFile({ file, clock, log, newId: () => id })
    open.push(state)
    return state
  }

  return {
    file,
    clock,
    opened,
    names: () => readdirSync(dirname(file)).toSorted(),
    async fill(count) {
      const state = opened()
      await state.keep({ tasks: Array.from({ length: count }, (_, index) => taskChange(index + 1)) })
      await state.close()
    },
    edit(sql) {
      const db = new DatabaseSync(file)
      db.exec(sql)
      db.close()
    },
    async [Symbol.asyncDispose]() {
      for (const state of open) await state.close()
      folder[Symbol.dispose]()
    },
  }
}

/** A log that keeps the names of what was set aside. */
export function listeningLog(): Log & { setAside: string[] } {
  const setAside: string[] = []
  const note = (fields: Record<string, unknown>) => void setAside.push(basename(`${fields.setAside}`))
  return { ...quietLog, setAside, error: note, warn: note }
}
