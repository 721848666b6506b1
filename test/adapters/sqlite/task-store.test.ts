import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { systemClock } from '../../../adapters/process/system-clock.ts'
import { createSqliteTaskStorage } from '../../../adapters/sqlite/task-store.ts'
import { taskStatements, taskTables } from '../../../adapters/sqlite/task-tables.ts'
import type { Log } from '../../../ports/log.ts'
import { contentOf, taskStoreContract } from '../../contract/task-store.ts'
import { all } from '../../support/collect.ts'
import { cloneFolder, run, temporaryFolder, until } from '../../support/process.ts'
import { quietLog } from '../../support/quiet.ts'
import { appliedAt, keyOf } from '../../support/tasks.ts'

let file: string
let remove: () => void
beforeEach(() => {
  const folder = temporaryFolder()
  file = join(folder.path, 'state', 'tasks.db')
  remove = () => folder[Symbol.dispose]()
})
afterEach(() => remove())

const noon = new Date('2026-11-21T12:00:00.000Z')
const clock = { ...systemClock, now: () => noon }
const asideName = 'tasks.db.unreadable-2026-11-21T12-00-00-000Z'

const storageOf = (log: Log = quietLog) => createSqliteTaskStorage({ file, clock, log })

/** The names of what is in the store's folder. */
function files(): string[] {
  return readdirSync(dirname(file)).toSorted()
}

/** A log that keeps the names of what was set aside. */
function listeningLog(): Log & { setAside: string[] } {
  const setAside: string[] = []
  return { ...quietLog, setAside, error: (fields) => setAside.push(basename(`${fields.setAside}`)) }
}

async function fill(count: number): Promise<void> {
  const store = await storageOf().open()
  await store.save(Array.from({ length: count }, (_, index) => appliedAt(index + 1, index + 1)))
  await store.close()
}

/** Works on the file as another program would. */
function edit(sql: string): void {
  const db = new DatabaseSync(file)
  db.exec(sql)
  db.close()
}

taskStoreContract('SQLite', () => storageOf())

describe('task store in a file', () => {
  it('is its owner’s alone to read, in a folder that is made for it', async () => {
    const store = await storageOf().open()
    await store.save([appliedAt(1, 1)])
    expect(files()).toEqual(['tasks.db', 'tasks.db-shm', 'tasks.db-wal'])
    for (const name of files()) expect(statSync(join(dirname(file), name)).mode & 0o777, name).toBe(0o600)
    expect(statSync(dirname(file)).mode & 0o777).toBe(0o700)
    await store.close()
    expect(files()).toEqual(['tasks.db'])
  })

  it.each<[string, () => void]>([
    ['text', () => writeFileSync(file, 'These are not the tasks you are looking for.'.repeat(200))],
    ['the beginning of a file', () => truncateSync(file, 50)],
    ['a file that ends too early', () => truncateSync(file, 3 * 4_096)],
    ['zeros', () => writeFileSync(file, Buffer.alloc(20_000))],
    ['somebody else’s tables', () => edit('PRAGMA user_version = 0; DROP TABLE tasks')],
    ['our version without our tables', () => edit('DROP TABLE tasks')],
    ['other tables of that name', () => edit('DROP TABLE commits; CREATE TABLE commits (place INTEGER, words TEXT)')],
  ])('sets aside %s, says so, and begins anew', async (_, damage) => {
    await fill(100)
    damage()
    const bytes = readFileSync(file)
    const log = listeningLog()

    const store = await storageOf(log).open()

    expect(await contentOf(store)).toMatchObject({ tasks: [], history: [], lastSeq: 0 })
    await store.save([appliedAt(1, 1)])
    await store.close()
    expect(log.setAside).toEqual([asideName])
    expect(files()).toEqual(['tasks.db', asideName])
    expect(readFileSync(join(dirname(file), asideName)).equals(bytes)).toBe(true)
    const again = await storageOf(log).open()
    expect(await again.lastSeq()).toBe(1)
    await again.close()
    expect(log.setAside).toHaveLength(1)
  })

  it('sets aside tasks of another version, and says that as no fault', async () => {
    await fill(100)
    edit('PRAGMA user_version = 4711')
    const told: unknown[] = []
    const log = { ...listeningLog(), info: (fields: object, words: string) => void told.push(fields, words) }
    const store = await storageOf(log).open()
    expect(await contentOf(store)).toMatchObject({ tasks: [], history: [], lastSeq: 0 })
    await store.close()
    expect([files(), log.setAside]).toEqual([['tasks.db', asideName], []])
    expect(told).toEqual([
      { file, setAside: join(dirname(file), asideName) },
      'tasks: the store is of another version; it was set aside, and is made anew from the ledger',
    ])
  })

  it.each<[string, () => void]>([
    ['a page that was overwritten', () => overwritePage()],
    ['a row that is no JSON', () => edit(`UPDATE commits SET body = '{"key"' WHERE place = 1900`)],
  ])('sets aside a file when %s shows late, and refuses from then on', async (_, damage) => {
    await fill(2_000)
    damage()
    const log = listeningLog()
    const store = await storageOf(log).open()

    const reading = Promise.all([all(store.history()), all(store.live())])
    await expect(reading).rejects.toMatchObject({ code: 'unreadable', detail: { reason: 'damaged' } })

    expect(log.setAside).toEqual([asideName])
    await expect(store.save([appliedAt(1, 1)])).rejects.toMatchObject({ code: 'unreadable' })
    await store.close()
    const fresh = await storageOf(log).open()
    expect(await fresh.lastSeq()).toBe(0)
    await fresh.close()
  })

  it('takes an empty file for a new store, as a kill at the first start leaves it', async () => {
    mkdirSync(dirname(file))
    writeFileSync(file, '')
    const log = listeningLog()
    const store = await storageOf(log).open()
    await store.save([appliedAt(1, 1)])
    await store.close()
    expect(log.setAside).toEqual([])
  })

  it('does not set aside what only cannot be opened now', async () => {
    mkdirSync(file, { recursive: true })
    const log = listeningLog()
    await expect(storageOf(log).open()).rejects.toMatchObject({ code: 'unavailable' })
    expect(log.setAside).toEqual([])
    expect(existsSync(file)).toBe(true)
  })

  it('rejects with `unavailable` while another process writes for too long, and goes on afterwards', async () => {
    const store = await storageOf().open()
    const other = new DatabaseSync(file)
    other.exec('BEGIN IMMEDIATE')
    await expect(store.save([appliedAt(1, 1)])).rejects.toMatchObject({ code: 'unavailable' })
    other.exec('ROLLBACK')
    other.close()
    await store.save([appliedAt(1, 1)])
    expect(await store.lastSeq()).toBe(1)
    await store.close()
  })

  it('lets others have their turns while all of it is read', async () => {
    await fill(3_000)
    const store = await storageOf().open()
    let turns = 0
    const turning = setInterval(() => turns++, 0)
    for await (const { seq } of store.history()) if (seq === 3_000) clearInterval(turning)
    // A timer's turn is a millisecond away at the least: few are enough to see that they come.
    expect(turns).toBeGreaterThan(1)
    await store.close()
  })

  it('leaves nothing of the old store beside the new one that took its place', async () => {
    // As a process that was killed leaves it: with changes that are not in the file yet.
    await using writer = run(process.execPath, ['test/fixtures/save-tasks.ts', file], { cwd: cloneFolder })
    await until('something is saved', () => writer.output.includes('kept 70\n'))
    await writer.kill('SIGKILL')
    expect(files()).toContain('tasks.db-wal')
    const { store, adopt } = await storageOf().openFresh()
    await store.save([appliedAt(1, 77)])
    await store.close()
    await adopt()

    expect(files()).toEqual(['tasks.db'])
    const log = listeningLog()
    const adopted = await storageOf(log).open()
    expect((await contentOf(adopted)).tasks.map(({ label }) => label)).toEqual(['t-77'])
    await adopted.close()
    expect(log.setAside).toEqual([])
  })

  it('begins a rebuild anew where one was killed', async () => {
    const killed = await storageOf().openFresh()
    await killed.store.save([appliedAt(1, 1)])
    const { store, discard } = await storageOf().openFresh()
    expect(await store.lastSeq()).toBe(0)
    await Promise.all([killed.store.close(), store.close()])
    await discard()
    expect(files()).toEqual([])
  })

  it('has every change that was kept before kill -9, and tasks that match their commits', async () => {
    for (let round = 1; round <= 4; round++) {
      await using writer = run(process.execPath, ['test/fixtures/save-tasks.ts', file], { cwd: cloneFolder })
      await until(`round ${round} has saved`, () => writer.output.split('\n').length > 50 * round)
      await writer.kill('SIGKILL')
      const said = Number(/kept (\d+)\n(?!.*kept \d+\n)/s.exec(writer.output)?.[1])

      const log = listeningLog()
      const store = await storageOf(log).open()
      expect(log.setAside).toEqual([])
      const last = await store.lastSeq()
      // One more call may be there: kept, and killed before it could say so. Never a part of one.
      expect([said, said + 7]).toContain(last)
      const history = await all(store.history())
      expect(history.map(({ seq }) => seq)).toEqual(Array.from({ length: last }, (_, index) => index + 1))
      for (let number = 1; number <= 40; number++) {
        const commits = await store.commits(keyOf(number))
        const version = Math.floor((last - number) / 40) + 1
        expect(commits.map((commit) => commit.version)).toEqual(Array.from({ length: version }, (_, i) => i + 1))
        expect(await store.task(keyOf(number))).toEqual(appliedAt(0, number, version).task)
      }
      await store.close()
    }
  })

  it('refuses a change for which the disk has no room, and keeps what it had', async () => {
    // A limit on the size of files is what we can set without being root: writing fails as on a full disk.
    const command = `ulimit -f 1024; exec "${process.execPath}" test/fixtures/save-tasks.ts "${file}"`
    await using writer = run('sh', ['-c', command], { cwd: cloneFolder })
    const [, code, last] = await until('it is full', () => /refused (\w+) (\d+)\n/.exec(writer.output))
    expect(code).toBe('unavailable')
    await writer.kill('SIGKILL')

    const store = await storageOf().open()
    expect(await store.lastSeq()).toBe(Number(last))
    expect(await all(store.history())).toHaveLength(Number(last))
    await store.save([appliedAt(Number(last) + 1, 77)])
    expect(await store.byLabel('t-77')).not.toBeNull()
    await store.close()
  })
})

describe('the tables of tasks', () => {
  it('answer every question from an index, without sorting', () => {
    const db = new DatabaseSync(':memory:')
    db.exec(taskTables)
    for (const [name, { sourceSQL }] of Object.entries(taskStatements(db))) {
      if (sourceSQL.trimStart().startsWith('INSERT')) continue
      const steps = db.prepare(`EXPLAIN QUERY PLAN ${sourceSQL}`).all()
      const plan = steps.map(({ detail }) => `${detail}`).join('; ')
      expect(plan, name).not.toMatch(/TEMP B-TREE/)
      // Walking a whole table is fine only where its end is what is asked for.
      if (name !== 'newest') expect(plan, name).toMatch(/^SEARCH|USING (COVERING )?INDEX tasks_counted/)
    }
    db.close()
  })
})

/** Writes nonsense over the page with a commit in the middle. */
function overwritePage(): void {
  const page = Math.floor(readFileSync(file).indexOf('command-task-1000-1"') / 4_096)
  const handle = openSync(file, 'r+')
  writeSync(handle, Buffer.alloc(4_096, 0xa5), 0, 4_096, page * 4_096)
  closeSync(handle)
}
