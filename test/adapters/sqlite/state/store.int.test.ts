import { join } from 'node:path'
import { afterAll } from 'vitest'
import { systemClock } from '../../../../adapters/process/system-clock.ts'
import { openStateFile } from '../../../../adapters/sqlite/state/state-file.ts'
import { storeContract } from '../../../contract/store.ts'
import { temporaryFolder } from '../../../support/process.ts'
import { quietLog } from '../../../support/quiet.ts'

const folder = temporaryFolder()
afterAll(() => folder[Symbol.dispose]())

let files = 0
storeContract('SQLite', async () => {
  const file = join(folder.path, `${files++}`, 'state.sqlite')
  return openStateFile({ file, clock: systemClock, log: quietLog, newId: () => 'fleet-1' }).store
})
