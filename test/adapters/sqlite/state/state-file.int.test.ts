import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { stateStatements, stateTables } from '../../../../adapters/sqlite/state/state-tables.ts'
import type { StateFile } from '../../../../ports/state-file.ts'
import { contentOf, dayRecord, knowledgeRecord, startRecord, taskChange } from '../../../support/state.ts'
import { listeningLog, type StateFolder, stateFolder } from '../../../support/state-folder.ts'
import { keyOf } from '../../../support/tasks.ts'

let folder: StateFolder
let file: string
beforeEach(() => {
  folder = stateFolder()
  file = folder.file
})
afterEach(() => folder[Symbol.asyncDispose]())

const empty = { tasks: 0, commits: 0, knowledge: 0, configuration: 0, metrics: 0 }

describe('the state file', () => {
  it('is its owner’s alone to read, in a folder that is made for it', async () => {
    const state = folder.opened()
    await state.keep({ tasks: [taskChange(1)] })
    const names = ['state.sqlite', 'state.sqlite-shm', 'state.sqlite-wal', 'state.sqlite.fleet']
    expect(folder.names()).toEqual(names)
    for (const name of names) expect(statSync(join(dirname(file), name)).mode & 0o777, name).toBe(0o600)
    expect(statSync(dirname(file)).mode & 0o777).toBe(0o700)
    await state.close()
    expect(folder.names()).toEqual(['state.sqlite', 'state.sqlite.fleet'])
  })

  it('keeps tasks, records and marks of a batch together, and counts them', async () => {
    const state = folder.opened()
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
    const state = folder.opened()
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
    const state = folder.opened()
    const invalid = { code: 'refused', detail: { rule: 'invalid' } }
    const commit = () => ({ version: Number.NaN })
    await expect(state.keep({ tasks: [taskChange(1, 1, { commit })] })).rejects.toMatchObject(invalid)
    await expect(state.keep({ tasks: [taskChange(1, 1, { place: () => 0.5 })] })).rejects.toMatchObject(invalid)
    expect([await state.counts(), state.trouble()]).toEqual([empty, null])
  })

  it('says which commit has the place that another one should have', async () => {
    const state = folder.opened()
    await state.keep({ tasks: [taskChange(1)] })
    const keeping = state.keep({ tasks: [taskChange(3, 1, { place: () => 1_001 })] })
    await expect(keeping).rejects.toMatchObject({ code: 'refused', detail: { rule: 'another' } })
    await expect(keeping).rejects.toThrow(/place 1001.*"command-task-1-1" is kept, and "command-task-3-1" came/)
  })

  it('keeps notes until they are taken away', async () => {
    const state = folder.opened()
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
    expect(folder.opened().fleet).toBe('fleet-1')
  })

  it('has everything in it when it is opened again', async () => {
    const state = folder.opened()
    const records = { knowledge: [knowledgeRecord('a')], configuration: [startRecord('start-1')] }
    await state.keep({ tasks: [taskChange(1, 2)], records, marks: { ledger: { seq: 1, id: 'x' } } })
    await state.setNote('import', 'half')
    const of = async ({ store, mark, note, counts, lastPlace }: StateFile) => [
      await contentOf(store),
      [await mark('ledger'), await note('import'), await counts(), await lastPlace()],
    ]
    const before = await of(state)
    await state.close()
    const again = folder.opened()
    expect(await of(again)).toEqual(before)
    await again.keep({ tasks: [taskChange(1, 3, { from: 3 })] })
    expect((await again.store.task(keyOf(1)))?.version).toBe(3)
  })

  it('refuses everything after it was closed', async () => {
    const state = folder.opened()
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
    await folder.fill(3_000)
    const state = folder.opened()
    let turns = 0
    const turning = setInterval(() => turns++, 0)
    for await (const { place } of state.store.history(0)) if (place === 3_000_001) clearInterval(turning)
    // A timer's turn is a millisecond away at the least: few are enough to see that they come.
    expect(turns).toBeGreaterThan(1)
  })
})

describe('the id of a fleet', () => {
  it('is made once, and is the same whenever the file is opened', async () => {
    expect(folder.opened({ id: 'fleet-a' }).fleet).toBe('fleet-a')
    expect(folder.opened({ id: 'fleet-b' }).fleet).toBe('fleet-a')
    expect(readFileSync(`${file}.fleet`, 'utf8')).toBe('fleet-a\n')
  })

  it('outlives the database, and comes back with a database that was carried elsewhere', async () => {
    await folder.opened({ id: 'fleet-a' }).close()
    rmSync(file)
    await folder.opened({ id: 'fleet-b' }).close()
    expect(readFileSync(`${file}.fleet`, 'utf8')).toBe('fleet-a\n')

    rmSync(`${file}.fleet`)
    expect(folder.opened({ id: 'fleet-c' }).fleet).toBe('fleet-a')
    expect(readFileSync(`${file}.fleet`, 'utf8')).toBe('fleet-a\n')
  })

  it.each([
    ['nothing', ''],
    ['anything else', 'two words\n'],
  ])('is the former one when its file has %s in it, which is set aside', async (_, text) => {
    await folder.opened({ id: 'fleet-a' }).close()
    writeFileSync(`${file}.fleet`, text)
    const log = listeningLog()
    expect(folder.opened({ log, id: 'fleet-b' }).fleet).toBe('fleet-a')
    expect(log.setAside).toEqual(['state.sqlite.fleet.unreadable-fleet-a'])
    expect(readFileSync(`${file}.fleet.unreadable-fleet-a`, 'utf8')).toBe(text)
  })
})

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
