import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { systemClock } from '../../../../adapters/process/system-clock.ts'
import { openStateDatabase } from '../../../../adapters/sqlite/state/state-database.ts'
import { openStateFile } from '../../../../adapters/sqlite/state/state-file.ts'
import { stateStatements, stateTables } from '../../../../adapters/sqlite/state/state-tables.ts'
import type { Task } from '../../../../core/task/task.ts'
import type { Log } from '../../../../ports/log.ts'
import type { StateFile } from '../../../../ports/state-file.ts'
import { all } from '../../../support/collect.ts'
import { cloneFolder, run, temporaryFolder, until } from '../../../support/process.ts'
import { quietLog } from '../../../support/quiet.ts'
import { changesAt, contentOf, dayRecord, knowledgeRecord, startRecord, taskChange } from '../../../support/state.ts'
import { keyOf } from '../../../support/tasks.ts'

let file: string
let remove: () => void
let open: StateFile[]
beforeEach(() => {
  const folder = temporaryFolder()
  file = join(folder.path, 'state', 'state.sqlite')
  remove = () => folder[Symbol.dispose]()
  open = []
})
afterEach(async () => {
  for (const state of open) await state.close()
  remove()
})

const clock = { ...systemClock, now: () => new Date('2026-11-21T12:00:00.000Z') }
const asideName = 'state.sqlite.unreadable-2026-11-21T12-00-00-000Z'

function opened({ log = quietLog, id = 'fleet-1' }: { log?: Log; id?: string } = {}): StateFile {
  const state = openStateFile({ file, clock, log, newId: () => id })
  open.push(state)
  return state
}

/** A log that keeps the names of what was set aside. */
function listeningLog(): Log & { setAside: string[] } {
  const setAside: string[] = []
  const note = (fields: Record<string, unknown>) => void setAside.push(basename(`${fields.setAside}`))
  return { ...quietLog, setAside, error: note, warn: note }
}

/** The names of what is in the folder. */
const files = () => readdirSync(dirname(file)).toSorted()

async function fill(count: number): Promise<void> {
  const state = opened()
  await state.keep({ tasks: Array.from({ length: count }, (_, index) => taskChange(index + 1)) })
  await state.close()
}

/** Works on the file as another program would. */
function edit(sql: string): void {
  const db = new DatabaseSync(file)
  db.exec(sql)
  db.close()
}

const empty = { tasks: 0, commits: 0, knowledge: 0, configuration: 0, metrics: 0 }

describe('the state file', () => {
  it('is its owner’s alone to read, in a folder that is made for it', async () => {
    const state = opened()
    await state.keep({ tasks: [taskChange(1)] })
    const names = ['state.sqlite', 'state.sqlite-shm', 'state.sqlite-wal', 'state.sqlite.fleet']
    expect(files()).toEqual(names)
    for (const name of names) expect(statSync(join(dirname(file), name)).mode & 0o777, name).toBe(0o600)
    expect(statSync(dirname(file)).mode & 0o777).toBe(0o700)
    await state.close()
    expect(files()).toEqual(['state.sqlite', 'state.sqlite.fleet'])
  })

  it('keeps tasks, records and marks of a batch together, and counts them', async () => {
    const state = opened()
    expect([await state.mark('ledger'), await state.lastPlace(), await state.counts()]).toEqual([null, 0, empty])
    expect(state.trouble()).toBeNull()

    await state.keep({
      tasks: [taskChange(1, 2), taskChange(2)],
      records: {
        knowledge: [knowledgeRecord('a'), knowledgeRecord('b')],
        configuration: [startRecord('start-1')],
        metrics: [dayRecord('cto', '2026-11-22'), dayRecord('cso', '2026-11-22'), dayRecord('ceo', '2026-11-22')],
      },
      marks: { ledger: { seq: 17, id: 'command-1' }, events: { seq: 2 ** 40, id: '' } },
    })

    expect(await state.counts()).toEqual({ tasks: 2, commits: 3, knowledge: 2, configuration: 1, metrics: 3 })
    expect(await state.lastPlace()).toBe(2_001)
    expect(await state.mark('ledger')).toEqual({ seq: 17, id: 'command-1' })
    expect(await state.mark('events')).toEqual({ seq: 2 ** 40, id: '' })
    expect(await state.mark('elsewhere')).toBeNull()

    // A ledger that was lost begins at 1 again.
    await state.keep({ marks: { ledger: { seq: 1, id: 'command-9' } } })
    expect(await state.mark('ledger')).toEqual({ seq: 1, id: 'command-9' })
    await state.keep({})
    expect((await state.counts()).commits).toBe(3)
  })

  it.each<[string, Parameters<StateFile['keep']>[0]]>([
    ['a commit that is another one', { tasks: [taskChange(2), taskChange(1, 1, { commit: () => ({ id: 'x' }) })] }],
    ['a place that is taken', { tasks: [taskChange(2), taskChange(3, 1, { place: () => 1_001 })] }],
    ['a task that is too large', { tasks: [taskChange(2), taskChange(1, 2, { task: { reason: 'x'.repeat(1e6) } })] }],
    ['a record that is too large', { records: { knowledge: [knowledgeRecord('b', 1, { text: 'x'.repeat(1e6) })] } }],
    [
      'what is no record',
      { records: { knowledge: [knowledgeRecord('b'), { ...knowledgeRecord('c'), revision: Number.NaN }] } },
    ],
  ])('keeps nothing of a batch with %s', async (_, batch) => {
    const state = opened()
    await state.keep({
      tasks: [taskChange(1)],
      records: { knowledge: [knowledgeRecord('a')] },
      marks: { ledger: { seq: 1, id: 'first' } },
    })
    await state.pending.sent({ tasks: [taskChange(1)], records: { knowledge: [knowledgeRecord('a')] } })
    const before = await contentOf(state.store)

    const records = { metrics: [dayRecord('cto', '2026-11-22')], ...batch.records }
    const marks = { ledger: { seq: 2, id: 'second' } }
    await expect(state.keep({ tasks: [taskChange(9)], ...batch, records, marks })).rejects.toMatchObject({
      code: 'refused',
    })

    expect(await contentOf(state.store)).toEqual(before)
    expect(await state.mark('ledger')).toEqual({ seq: 1, id: 'first' })
    expect(await state.pending.waiting()).toMatchObject({ tasks: 0, commits: 0, since: null })
    await state.keep({ tasks: [taskChange(9)], marks })
    expect(await state.counts()).toMatchObject({ tasks: 2, commits: 2 })
  })

  it('refuses what is no commit or record, and does not take that for damage', async () => {
    const state = opened()
    const invalid = { code: 'refused', detail: { rule: 'invalid' } }
    const commit = () => ({ version: Number.NaN })
    await expect(state.keep({ tasks: [taskChange(1, 1, { commit })] })).rejects.toMatchObject(invalid)
    await expect(state.keep({ tasks: [taskChange(1, 1, { place: () => 0.5 })] })).rejects.toMatchObject(invalid)
    expect([await state.counts(), state.trouble()]).toEqual([empty, null])
  })

  it('says which commit has the place that another one should have', async () => {
    const state = opened()
    await state.keep({ tasks: [taskChange(1)] })
    const keeping = state.keep({ tasks: [taskChange(3, 1, { place: () => 1_001 })] })
    await expect(keeping).rejects.toMatchObject({ code: 'refused', detail: { rule: 'another' } })
    await expect(keeping).rejects.toThrow(/place 1001.*"command-task-1-1" is kept, and "command-task-3-1" came/)
  })

  it('keeps notes until they are taken away', async () => {
    const state = opened()
    expect(await state.note('import')).toBeNull()
    await state.setNote('import', '{"sha256":"ab"}')
    await state.setNote('fleet', '')
    expect([await state.note('import'), await state.note('fleet')]).toEqual(['{"sha256":"ab"}', ''])
    await state.setNote('import', 'line\n🎉')
    expect(await state.note('import')).toBe('line\n🎉')
    await state.setNote('import', null)
    await state.setNote('never there', null)
    expect(await state.note('import')).toBeNull()
    await state.close()
    expect(opened().fleet).toBe('fleet-1')
  })

  it('has everything in it when it is opened again', async () => {
    const state = opened()
    const records = { knowledge: [knowledgeRecord('a')], configuration: [startRecord('start-1')] }
    await state.keep({ tasks: [taskChange(1, 2)], records, marks: { ledger: { seq: 1, id: 'x' } } })
    await state.setNote('import', 'half')
    const of = async ({ store, mark, note, counts, lastPlace }: StateFile) => [
      await contentOf(store),
      [await mark('ledger'), await note('import'), await counts(), await lastPlace()],
    ]
    const before = await of(state)
    await state.close()
    const again = opened()
    expect(await of(again)).toEqual(before)
    await again.keep({ tasks: [taskChange(1, 3, { from: 3 })] })
    expect((await again.store.task(keyOf(1)))?.version).toBe(3)
  })

  it('refuses everything after it was closed', async () => {
    const state = opened()
    await Promise.all([state.close(), state.close()])
    const closed = { code: 'closed' }
    await expect(state.keep({})).rejects.toMatchObject(closed)
    await expect(state.mark('x')).rejects.toMatchObject(closed)
    await expect(state.lastPlace()).rejects.toMatchObject(closed)
    await expect(state.counts()).rejects.toMatchObject(closed)
    await expect(state.note('x')).rejects.toMatchObject(closed)
    await expect(state.setNote('x', 'y')).rejects.toMatchObject(closed)
    expect(state.trouble()).toBeNull()
  })

  it('lets others have their turns while all of it is read', async () => {
    await fill(3_000)
    const state = opened()
    let turns = 0
    const turning = setInterval(() => turns++, 0)
    for await (const { place } of state.store.history(0)) if (place === 3_000_001) clearInterval(turning)
    // A timer's turn is a millisecond away at the least: few are enough to see that they come.
    expect(turns).toBeGreaterThan(1)
  })
})

describe('the id of a fleet', () => {
  it('is made once, and is the same whenever the file is opened', async () => {
    expect(opened({ id: 'fleet-a' }).fleet).toBe('fleet-a')
    expect(opened({ id: 'fleet-b' }).fleet).toBe('fleet-a')
    expect(readFileSync(`${file}.fleet`, 'utf8')).toBe('fleet-a\n')
  })

  it('outlives the database, and comes back with a database that was carried elsewhere', async () => {
    await opened({ id: 'fleet-a' }).close()
    rmSync(file)
    await opened({ id: 'fleet-b' }).close()
    expect(readFileSync(`${file}.fleet`, 'utf8')).toBe('fleet-a\n')

    rmSync(`${file}.fleet`)
    expect(opened({ id: 'fleet-c' }).fleet).toBe('fleet-a')
    expect(readFileSync(`${file}.fleet`, 'utf8')).toBe('fleet-a\n')
  })

  it.each([
    ['nothing', ''],
    ['anything else', 'two words\n'],
  ])('is the former one when its file has %s in it, which is set aside', async (_, text) => {
    await opened({ id: 'fleet-a' }).close()
    writeFileSync(`${file}.fleet`, text)
    const log = listeningLog()
    expect(opened({ log, id: 'fleet-b' }).fleet).toBe('fleet-a')
    expect(log.setAside).toEqual(['state.sqlite.fleet.unreadable-fleet-a'])
    expect(readFileSync(`${file}.fleet.unreadable-fleet-a`, 'utf8')).toBe(text)
  })
})

describe('a state file that is damaged', () => {
  it.each<[string, () => void]>([
    ['text', () => writeFileSync(file, 'This is not the state you are looking for.'.repeat(200))],
    ['the beginning of a file', () => truncateSync(file, 50)],
    ['a file that ends too early', () => truncateSync(file, 3 * 4_096)],
    ['zeros', () => writeFileSync(file, Buffer.alloc(20_000))],
    ['somebody else’s tables', () => edit('PRAGMA user_version = 0; DROP TABLE tasks')],
    ['our version without our tables', () => edit('DROP TABLE task_outbox')],
    ['other tables of that name', () => edit('DROP TABLE commits; CREATE TABLE commits (place INTEGER, words TEXT)')],
  ])('is set aside when it is %s, which is said until it is moved away, and another is begun', async (_, damage) => {
    await fill(100)
    damage()
    const bytes = readFileSync(file)
    const log = listeningLog()

    const state = opened({ log, id: 'fleet-2' })

    expect(log.setAside).toEqual([asideName])
    expect(readFileSync(join(dirname(file), asideName)).equals(bytes)).toBe(true)
    expect([await state.counts(), await state.lastPlace(), state.fleet]).toEqual([empty, 0, 'fleet-1'])
    await state.keep({ tasks: [taskChange(1)] })
    expect(state.trouble()).toContain(asideName)
    await state.close()

    const again = opened({ log })
    expect(await again.lastPlace()).toBe(1_001)
    expect(log.setAside).toHaveLength(1)
    expect(again.trouble()).toContain(asideName)
    renameSync(join(dirname(file), asideName), join(dirname(file), 'old.sqlite'))
    expect(again.trouble()).toBeNull()
  })

  it.each<[string, () => void]>([
    ['a page that was overwritten', () => overwritePage()],
    ['a row that is no JSON', () => edit(`UPDATE commits SET body = '{"key"' WHERE place = 1900001`)],
  ])('is set aside when %s shows late, and refuses everything until it is opened again', async (_, damage) => {
    await fill(2_000)
    damage()
    const log = listeningLog()
    const state = opened({ log })
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
    const fresh = opened({ log })
    expect(await fresh.lastPlace()).toBe(0)
    expect(fresh.trouble()).toContain(asideName)
    expect(log.setAside).toHaveLength(1)
  })

  it('is a new one when it is empty, as a kill at the first start leaves it', async () => {
    mkdirSync(dirname(file))
    writeFileSync(file, '')
    const log = listeningLog()
    const state = opened({ log })
    await state.keep({ tasks: [taskChange(1)] })
    expect([log.setAside, state.trouble()]).toEqual([[], null])
  })

  it('is not set aside when it only cannot be opened now', () => {
    mkdirSync(file, { recursive: true })
    const log = listeningLog()
    expect(() => opened({ log })).toThrow(expect.objectContaining({ code: 'unavailable' }))
    expect(log.setAside).toEqual([])
    expect(existsSync(file)).toBe(true)
  })
})

describe('a state file of another version', () => {
  it('is left as it is when it is newer, and nothing is begun', async () => {
    await fill(10)
    edit('PRAGMA user_version = 4711')
    const bytes = readFileSync(file)
    const log = listeningLog()

    expect(() => opened({ log })).toThrow(
      expect.objectContaining({ code: 'unreadable', detail: { reason: 'version' } }),
    )
    expect(() => opened({ log })).toThrow(/version 4711.*update Breakroom/)

    expect([readFileSync(file).equals(bytes), files(), log.setAside]).toEqual([
      true,
      ['state.sqlite', 'state.sqlite.fleet'],
      [],
    ])
  })

  const migrations = ['CREATE TABLE shelves (name TEXT)', 'ALTER TABLE shelves ADD COLUMN width INTEGER']

  it('is brought up to date when it is older, with all that is in it', async () => {
    await fill(10)
    const database = openStateDatabase({ file, clock, log: quietLog }, migrations)
    expect(database.use(() => database.statements.taskCount.get())).toEqual({ value: 10 })
    database.close()
    edit(`INSERT INTO shelves (name, width) VALUES ('a', 3)`)
    // What was done once is not done again; what is new is.
    openStateDatabase({ file, clock, log: quietLog }, migrations).close()
    openStateDatabase({ file, clock, log: quietLog }, [...migrations, 'UPDATE shelves SET width = width + 1']).close()
    const db = new DatabaseSync(file)
    expect(db.prepare('SELECT width FROM shelves').all()).toEqual([{ width: 4 }])
    expect(db.prepare('PRAGMA user_version').get()).toEqual({ user_version: 4 })
    db.close()
  })

  it('is the same whether it was brought up to date or is new', async () => {
    await fill(1)
    const layout = () => {
      openStateDatabase({ file, clock, log: quietLog }, migrations).close()
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
    await fill(10)
    const bad = [...migrations, 'no such words']
    expect(() => openStateDatabase({ file, clock, log: quietLog }, bad)).toThrow(/no/)
    expect(await opened().counts()).toMatchObject({ tasks: 10 })
  })
})

describe('a state file beside others', () => {
  it('rejects with `unavailable`, busy, while another process writes for too long, and goes on afterwards', async () => {
    const state = opened()
    const other = new DatabaseSync(file)
    other.exec('BEGIN IMMEDIATE')
    const busy = { code: 'unavailable', detail: { reason: 'busy' } }
    await expect(state.keep({ tasks: [taskChange(1)] })).rejects.toMatchObject(busy)
    expect(await state.store.task(keyOf(1))).toBeNull()
    other.exec('ROLLBACK')
    other.close()
    await state.keep({ tasks: [taskChange(1)] })
    expect(await state.lastPlace()).toBe(1_001)
  })

  it('keeps what two processes keep at once', async () => {
    await using one = run(process.execPath, ['test/fixtures/keep-state.ts', file, '1'], { cwd: cloneFolder })
    await using two = run(process.execPath, ['test/fixtures/keep-state.ts', file, '2'], { cwd: cloneFolder })
    for (const writer of [one, two]) {
      await until('it has kept a lot', () => writer.output.split('\n').length > 100, 20_000)
    }
    await Promise.all([one.kill('SIGKILL'), two.kill('SIGKILL')])
    const state = opened()
    expect(state.fleet).toMatch(/^fleet-[12]$/)
    for (const lane of [1, 2]) await expectLane(state, lane)
  })

  it('has every batch that was kept before kill -9, whole, with its mark', async () => {
    for (let round = 1; round <= 3; round++) {
      await using writer = run(process.execPath, ['test/fixtures/keep-state.ts', file, '1'], { cwd: cloneFolder })
      await until(`round ${round} has kept some`, () => writer.output.split('\n').length > 50 * round)
      await writer.kill('SIGKILL')
      const said = Number(/kept (\d+)\n(?!.*kept \d+\n)/s.exec(writer.output)?.[1])
      const log = listeningLog()
      const state = opened({ log })
      expect(log.setAside).toEqual([])
      // One more batch may be there: kept, and killed before it could say so.
      expect([said, said + 7]).toContain((await state.mark('lane-1'))?.seq)
      await expectLane(state, 1)
      await state.close()
    }
  })

  it('refuses a batch for which the disk has no room, and keeps what it had', async () => {
    // A limit on the size of files is what we can set without being root: writing fails as on a full disk.
    const command = `ulimit -f 1024; exec "${process.execPath}" test/fixtures/keep-state.ts "${file}" 1`
    await using writer = run('sh', ['-c', command], { cwd: cloneFolder })
    await until('it is full', () => /unavailable.*away|reason: 'away'/s.test(writer.output), 20_000)
    await writer.exited
    const state = opened()
    await expectLane(state, 1)
    await state.keep({ tasks: [taskChange(77)] })
    expect(await state.store.task(keyOf(77))).not.toBeNull()
  })
})

/** Expects of a lane's tasks all that was kept before its mark, and nothing else. */
async function expectLane({ store, mark }: StateFile, lane: number): Promise<void> {
  const kept = (await mark(`lane-${lane}`))?.seq ?? 0
  expect(kept).toBeGreaterThan(0)
  const changes = changesAt(lane, 0, kept)
  const places = changes.flatMap(({ commits }) => commits.map(({ place }) => place))
  const found = (await all(store.history(lane * 1_000_000))).filter(({ place }) => place < (lane + 1) * 1_000_000)
  expect(found.map(({ place }) => place)).toEqual(places)
  const newest = new Map<string, Task>(changes.map(({ task }) => [task.key, task]))
  for (const [key, task] of newest) expect(await store.task(key)).toEqual(task)
}

describe('the tables of the state file', () => {
  it('answer every question from an index, without sorting', () => {
    const db = new DatabaseSync(':memory:')
    db.exec(stateTables)
    for (const [name, { sourceSQL }] of Object.entries(stateStatements(db))) {
      if (name.startsWith('owes') || /^\s*INSERT/.test(sourceSQL)) continue
      const plan = db
        .prepare(`EXPLAIN QUERY PLAN ${sourceSQL}`)
        .all()
        .map(({ detail }) => `${detail}`)
      for (const step of plan) {
        expect(step, name).not.toMatch(/TEMP B-TREE/)
        expect(step, name).toMatch(/^SEARCH|USING (COVERING )?INDEX|^SCALAR SUBQUERY/)
      }
    }
    db.close()
  })

  it('look for what is owed among what is owed alone', () => {
    const db = new DatabaseSync(':memory:')
    db.exec(stateTables)
    const statements = stateStatements(db)
    const planOf = (name: 'owedTasks' | 'waitingTasks' | 'owedRecords' | 'waitingRecords') =>
      `${db.prepare(`EXPLAIN QUERY PLAN ${statements[name].sourceSQL}`).get()?.detail}`
    for (const name of ['owedTasks', 'waitingTasks'] as const) expect(planOf(name)).toContain('INDEX tasks_owed')
    for (const name of ['owedRecords', 'waitingRecords'] as const) expect(planOf(name)).toContain('INDEX records_owed')
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
