import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openStateDatabase } from '../../../../adapters/sqlite/state/state-database.ts'
import { all } from '../../../support/collect.ts'
import { quietLog } from '../../../support/quiet.ts'
import { taskChange } from '../../../support/state.ts'
import { asideName, listeningLog, type StateFolder, stateFolder } from '../../../support/state-folder.ts'

let folder: StateFolder
let file: string
beforeEach(() => {
  folder = stateFolder()
  file = folder.file
})
afterEach(() => folder[Symbol.asyncDispose]())

describe('a state file that is damaged', () => {
  it.each<[string, () => void]>([
    ['text', () => writeFileSync(file, 'This is not the state you are looking for.'.repeat(200))],
    ['the beginning of a file', () => truncateSync(file, 50)],
    ['a file that ends too early', () => truncateSync(file, 3 * 4_096)],
    ['zeros', () => writeFileSync(file, Buffer.alloc(20_000))],
    ['somebody else’s tables', () => folder.edit('PRAGMA user_version = 0; DROP TABLE tasks')],
    ['our version without our tables', () => folder.edit('DROP TABLE task_outbox')],
    [
      'other tables of that name',
      () => folder.edit('DROP TABLE commits; CREATE TABLE commits (place INTEGER, words TEXT)'),
    ],
  ])('is set aside when it is %s, which is said until it is moved away, and another is begun', async (_, damage) => {
    await folder.fill(100)
    damage()
    const bytes = readFileSync(file)
    const log = listeningLog()

    const state = folder.opened({ log, id: 'fleet-2' })

    expect(log.setAside).toEqual([asideName])
    expect(readFileSync(join(dirname(file), asideName)).equals(bytes)).toBe(true)
    expect([await state.counts(), await state.lastPlace(), state.fleet]).toEqual([
      expect.objectContaining({ tasks: 0, commits: 0 }),
      0,
      'fleet-1',
    ])
    await state.keep({ tasks: [taskChange(1)] })
    expect(state.trouble()).toContain(asideName)
    await state.close()

    const again = folder.opened({ log })
    expect(await again.lastPlace()).toBe(1_001)
    expect(log.setAside).toHaveLength(1)
    expect(again.trouble()).toContain(asideName)
    renameSync(join(dirname(file), asideName), join(dirname(file), 'old.sqlite'))
    expect(again.trouble()).toBeNull()
  })

  it.each<[string, () => void]>([
    ['a page that was overwritten', () => overwritePage()],
    ['a row that is no JSON', () => folder.edit(`UPDATE commits SET body = '{"key"' WHERE place = 1900001`)],
  ])('is set aside when %s shows late, and refuses everything until it is opened again', async (_, damage) => {
    await folder.fill(2_000)
    damage()
    const log = listeningLog()
    const state = folder.opened({ log })
    expect(state.trouble()).toBeNull()

    await expect(all(state.store.history(0))).rejects.toMatchObject({
      code: 'unreadable',
      detail: { reason: 'damaged' },
    })

    expect(log.setAside).toEqual([asideName])
    await expect(state.keep({ tasks: [taskChange(1)] })).rejects.toMatchObject({ code: 'unreadable' })
    await expect(state.pending.waiting()).rejects.toMatchObject({ code: 'unreadable' })
    expect(state.trouble()).toMatch(/set aside as .*unreadable-.*after a restart/)
    await state.close()
    const fresh = folder.opened({ log })
    expect(await fresh.lastPlace()).toBe(0)
    expect(fresh.trouble()).toContain(asideName)
    expect(log.setAside).toHaveLength(1)
  })

  it('is a new one when it is empty, as a kill at the first start leaves it', async () => {
    mkdirSync(dirname(file))
    writeFileSync(file, '')
    const log = listeningLog()
    const state = folder.opened({ log })
    await state.keep({ tasks: [taskChange(1)] })
    expect([log.setAside, state.trouble()]).toEqual([[], null])
  })

  it('is not set aside when it only cannot be opened now', () => {
    mkdirSync(file, { recursive: true })
    const log = listeningLog()
    expect(() => folder.opened({ log })).toThrow(expect.objectContaining({ code: 'unavailable' }))
    expect(log.setAside).toEqual([])
    expect(existsSync(file)).toBe(true)
  })
})

describe('a state file of another version', () => {
  it('is left as it is when it is newer, and nothing is begun', async () => {
    await folder.fill(10)
    folder.edit('PRAGMA user_version = 4711')
    const bytes = readFileSync(file)
    const log = listeningLog()

    expect(() => folder.opened({ log })).toThrow(
      expect.objectContaining({ code: 'unreadable', detail: { reason: 'version' } }),
    )
    expect(() => folder.opened({ log })).toThrow(/version 4711.*update Breakroom/)

    expect([readFileSync(file).equals(bytes), folder.names(), log.setAside]).toEqual([
      true,
      ['state.sqlite', 'state.sqlite.fleet'],
      [],
    ])
  })

  const migrations = ['CREATE TABLE shelves (name TEXT)', 'ALTER TABLE shelves ADD COLUMN width INTEGER']

  it('is brought up to date when it is older, with all that is in it', async () => {
    await folder.fill(10)
    const database = openStateDatabase({ file, clock: folder.clock, log: quietLog }, migrations)
    expect(database.use(() => database.statements.taskCount.get())).toEqual({ value: 10 })
    database.close()
    folder.edit(`INSERT INTO shelves (name, width) VALUES ('a', 3)`)
    // What was done once is not done again; what is new is.
    openStateDatabase({ file, clock: folder.clock, log: quietLog }, migrations).close()
    openStateDatabase({ file, clock: folder.clock, log: quietLog }, [
      ...migrations,
      'UPDATE shelves SET width = width + 1',
    ]).close()
    const db = new DatabaseSync(file)
    expect(db.prepare('SELECT width FROM shelves').all()).toEqual([{ width: 4 }])
    expect(db.prepare('PRAGMA user_version').get()).toEqual({ user_version: 4 })
    db.close()
  })

  it('is the same whether it was brought up to date or is new', async () => {
    await folder.fill(1)
    const layout = () => {
      openStateDatabase({ file, clock: folder.clock, log: quietLog }, migrations).close()
      const db = new DatabaseSync(file)
      const found = db.prepare('SELECT name, sql FROM sqlite_schema ORDER BY name').all()
      db.close()
      return found
    }
    const migrated = layout()
    rmSync(file)
    expect(layout()).toEqual(migrated)
  })

  it('stays as it was when it cannot be brought up to date', async () => {
    await folder.fill(10)
    const bad = [...migrations, 'no such words']
    expect(() => openStateDatabase({ file, clock: folder.clock, log: quietLog }, bad)).toThrow(/no/)
    expect(await folder.opened().counts()).toMatchObject({ tasks: 10 })
  })
})

/** Writes nonsense over the page with a commit in the middle. */
function overwritePage(): void {
  const page = Math.floor(readFileSync(file).indexOf('command-task-1000-1"') / 4_096)
  const handle = openSync(file, 'r+')
  writeSync(handle, Buffer.alloc(4_096, 0xa5), 0, 4_096, page * 4_096)
  closeSync(handle)
}
