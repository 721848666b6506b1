import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { expect, it } from 'vitest'
import { cloneFolder, temporaryFolder } from '../../support/process.ts'
import { openInStep, sqliteFileKinds } from '../../support/sqlite-files.ts'

it.each(sqliteFileKinds)(
  'does not take %s for damaged that somebody else makes at the same moment',
  async (kind) => {
    using folder = temporaryFolder()
    const files = Array.from({ length: 40 }, (_, index) => join(folder.path, `${index}.sqlite`))
    const turns = new Int32Array(new SharedArrayBuffer(4))
    const other = new Worker(join(cloneFolder, 'test/fixtures/open-in-step.ts'), { workerData: { kind, files, turns } })
    const ended = once(other, 'exit')
    await openInStep(kind, files, turns)
    expect(await ended).toEqual([0])
    expect(readdirSync(folder.path).filter((name) => name.includes('unreadable'))).toEqual([])
  },
  60_000,
)
