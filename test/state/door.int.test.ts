import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { StateEntry, StateSection } from '../../core/state/entry.ts'
import { historyReplySchema, pageBytes, pageReplySchema } from '../../core/state/request.ts'
import { createStateDigest } from '../../core/state/state-digest.ts'
import { orgSubjects } from '../../core/subject.ts'
import { all } from '../support/collect.ts'
import { until } from '../support/process.ts'
import { contentOf, dayRecord, knowledgeRecord, startRecord, taskChange } from '../support/state.ts'
import { foldedTask, type TestStateDoor, testStateDoor } from '../support/state-door.ts'
import { keyOf } from '../support/tasks.ts'

const { stateService } = orgSubjects('breakroom')
let door: TestStateDoor

beforeEach(async () => {
  door = await testStateDoor()
})
afterEach(async () => {
  await door?.[Symbol.asyncDispose]()
})

/** Everything, as the command line reads it. */
async function exported(): Promise<StateEntry[]> {
  const entries: StateEntry[] = []
  for (const section of ['commits', 'knowledge', 'configuration', 'metrics'] satisfies StateSection[]) {
    for (let after: number | string | null = null; ; ) {
      const page = pageReplySchema.parse(await door.ask('page', { section, after }))
      entries.push(...page.entries)
      if (page.next === null) break
      after = page.next
    }
  }
  return entries
}

function announcementOf(entries: readonly StateEntry[]) {
  const digest = createStateDigest()
  for (const entry of entries) digest.add(entry)
  const { counts, sha256 } = digest.result()
  return { org: 'breakroom', counts, sha256 }
}

/** What a fleet that has worked has to export. */
function memory(): StateEntry[] {
  const commits = [...taskChange(1, 3).commits, ...taskChange(2, 1).commits]
  const learned = { label: 'q-1', person: 'human-ada', question: 'Why?', request: 'r-1' }
  const ended = { by: 'human-bob', why: 'it changed', at: '2026-11-22T12:00:00.000Z' }
  const knowledge = [
    knowledgeRecord('decision-1'),
    knowledgeRecord('learned-q-1', 2, { kind: 'memory', learned }),
    knowledgeRecord('learned-q-2', 1, { kind: 'memory', learned: { ...learned, label: 'q-2' }, ended }),
  ]
  return [
    ...commits.map((placed) => ({ section: 'commits' as const, ...placed })),
    ...knowledge.map((record) => ({ section: 'knowledge' as const, record })),
    { section: 'configuration', record: startRecord('2026-11-21T12-00-00-000Z-aaaaaaaa') },
    { section: 'metrics', record: dayRecord('cto', '2026-11-21', 4) },
  ]
}

describe('who may ask', () => {
  test('the task service reads history and nothing else, others nothing at all', async () => {
    const tasks = door.nats.as({ kind: 'tasks' }).bus
    expect(await tasks.request(stateService('history', 'tasks'), { after: 0 }, 2_000)).toEqual({
      commits: [],
      done: true,
    })
    for (const [bus, subject] of [
      [tasks, stateService('page', 'cli')],
      [door.nats.as({ kind: 'desk' }).bus, stateService('page', 'cli')],
      [door.nats.as({ kind: 'role', role: 'cto' }).bus, stateService('history', 'tasks')],
    ] as const) {
      await expect(bus.request(subject, { section: 'commits', after: null }, 300), subject).rejects.toThrow()
    }
  })

  test.each([
    ['page', { section: 'secrets', after: null }, /^page: section/],
    ['page', { section: 'commits', after: null, more: 1 }, /^page: /],
    ['import_begin', { org: 'breakroom' }, /^import_begin: /],
    ['import', { entries: [{ section: 'commits', place: 0 }] }, /^import: entries\.0/],
    ['begin', { job: 'format' }, /^begin: job/],
  ])('refuses a request for %s that is not as it must be: %j', async (verb, data, sentence) => {
    await expect(door.ask(verb, data)).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringMatching(sentence),
    })
  })
})

describe('pages', () => {
  test('hold as much as the bus carries, in order, and something larger travels alone', async () => {
    const text = 'x'.repeat(pageBytes / 4)
    const events = [{ type: 'noted' as const, text }]
    const change = taskChange(1, 9, { commit: (version) => (version > 1 ? { events } : {}) })
    const huge = taskChange(2, 2, {
      commit: (version) => (version > 1 ? { events: [{ type: 'noted', text: 'y'.repeat(pageBytes * 1.5) }] } : {}),
    })
    await door.file.keep({ tasks: [change, huge] })

    const commits = []
    const sizes: number[] = []
    for (let [after, done] = [0, false]; !done; ) {
      const bus = door.nats.as({ kind: 'tasks' }).bus
      const reply = historyReplySchema.parse(await bus.request(stateService('history', 'tasks'), { after }, 5_000))
      commits.push(...reply.commits)
      sizes.push(reply.commits.length)
      after = reply.commits.at(-1)?.place ?? 0
      done = reply.done
    }
    expect(commits).toEqual(await all(door.file.store.history(0)))
    expect(Math.max(...sizes)).toBeLessThan(commits.length)
    expect(sizes.at(-1)).toBe(1)
  })

  test('tell every section, with the places and the ids of the file', async () => {
    const entries = memory()
    await door.file.keep({ tasks: [taskChange(1, 3), taskChange(2, 1)] })
    for (const entry of entries) {
      if (entry.section !== 'commits') await door.file.keep({ records: { [entry.section]: [entry.record] } })
    }
    expect(await exported()).toEqual(entries)
  })
})

test('status says what is kept, how far it is behind, and what is off', async () => {
  await door.work([1, 2])
  expect(await door.ask('status')).toEqual({
    org: 'breakroom',
    fleet: door.file.fleet,
    file: door.file.store.title,
    counts: { tasks: 1, commits: 2, knowledge: 0, configuration: 0, metrics: 0 },
    ledger_lag: 0,
    behind: null,
    troubles: [],
  })
})

describe('jobs', () => {
  test('are one at a time: the same one is joined, another one refused, and how it ended is known afterwards', async () => {
    // A comparison first waits for what is on its way.
    door.lag = 1
    expect(await door.ask('job')).toMatchObject({ job: null, running: false })
    expect(await door.ask('begin', { job: 'compare' })).toMatchObject({ job: 'compare', running: true })
    expect(await door.ask('begin', { job: 'compare' })).toMatchObject({ job: 'compare', running: true })
    for (const ask of [
      () => door.ask('begin', { job: 'rebuild' }),
      () => door.ask('import', { entries: [] }),
      () => door.ask('import_begin', announcementOf([])),
    ]) {
      await expect(ask()).rejects.toMatchObject({
        code: 'refused',
        message: 'A comparison is under way; wait until it has ended.',
      })
    }
    door.lag = 0
    await until('it ends', async () => ((await door.ask('job')) as { running: boolean }).running === false)
    expect(await door.ask('job')).toMatchObject({ job: 'compare', error: null, took_ms: expect.any(Number) })
  })

  test('importing from Firestore is refused where there is none', async () => {
    await expect(door.ask('begin', { job: 'import_firestore' })).rejects.toMatchObject({
      code: 'refused',
      message: expect.stringContaining('There is no Firestore here'),
    })
  })
})

describe('compare', () => {
  test('finds nothing where the file has what the ledger has, and counts it', async () => {
    await door.work([1, 3], [2, 1])
    await door.file.keep({ records: { knowledge: [knowledgeRecord('decision-1')] } })
    const { stores, differences, different, error } = await door.finish('compare')
    expect({ differences, different, error }).toEqual({ differences: [], different: 0, error: null })
    expect(stores).toMatchObject([
      {
        title: door.file.store.title,
        counts: { tasks: 2, commits: 4, knowledge: 1, configuration: 0, metrics: 0 },
        sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
      },
    ])
  })

  test('names what was changed behind the back of the file', async () => {
    await door.work([1, 3], [2, 2], [3, 2], [4, 1])
    door.tamper(`
      DELETE FROM commits WHERE key = '${keyOf(1)}' AND version = 2;
      UPDATE commits SET body = replace(body, 'note 2', 'note two') WHERE key = '${keyOf(2)}' AND version = 2;`)
    await door.file.keep({ tasks: [taskChange(9, 1, { place: () => 900 })] })
    const { differences, different } = await door.finish('compare')
    expect(differences.toSorted()).toEqual([
      'commit 1 of t-9 is in SQLite and not in the ledger',
      'commit 2 of t-1 is in the ledger and not in SQLite',
      'commit 2 of t-2 is not the same in the ledger and SQLite',
    ])
    expect(different).toBe(3)
  }, 30_000)
})

describe('rebuild', () => {
  test('changes nothing where all is well, and has all of it written to the store behind again', async () => {
    await door.work([1, 3], [2, 1])
    await door.file.pending.sent({ tasks: await door.file.pending.tasks(9) })
    const before = await contentOf(door.file.store)
    expect(await door.finish('rebuild')).toMatchObject({ error: null, different: 0, commits: 4, mended: 0 })
    expect(await contentOf(door.file.store)).toEqual(before)
    expect(await door.file.pending.waiting()).toMatchObject({ tasks: 2, commits: 4 })
  })

  test('puts back commits at their places and tasks as their commits say', async () => {
    await door.work([1, 3], [2, 2], [3, 1])
    const before = await contentOf(door.file.store)
    door.tamper(`
      DELETE FROM commits WHERE key = '${keyOf(1)}' AND version = 2;
      DELETE FROM commits WHERE key = '${keyOf(3)}';
      UPDATE tasks SET body = replace(body, '"status":"open"', '"status":"done"') WHERE key = '${keyOf(2)}';
      DELETE FROM task_outbox WHERE row = (SELECT row FROM tasks WHERE key = '${keyOf(1)}');
      DELETE FROM tasks WHERE key = '${keyOf(1)}';`)
    expect(await contentOf(door.file.store)).not.toEqual(before)

    expect(await door.finish('rebuild')).toMatchObject({ error: null, different: 0, mended: 5 })
    expect(await contentOf(door.file.store)).toEqual(before)
    expect(await door.file.store.task(keyOf(2))).toEqual(foldedTask(2, 2))
    expect((await door.finish('compare')).differences).toEqual([])
  })

  test('tells of another commit under the same version, and leaves it', async () => {
    await door.work([1, 2])
    door.tamper(`UPDATE commits SET body = replace(body, 'note 2', 'note two') WHERE version = 2`)
    const before = await contentOf(door.file.store)
    expect(await door.finish('rebuild')).toMatchObject({
      error: null,
      different: 1,
      differences: ['of t-1 commit 2 is not the same in the ledger and SQLite'],
    })
    expect(await contentOf(door.file.store)).toEqual(before)
  })
})

describe('import of a file', () => {
  test('brings all of it into a fleet that has nothing, and gives it to the other parts', async () => {
    const entries = memory()
    // Whoever starts has a configuration of their own.
    const own = startRecord('2026-11-22T07-00-00-000Z-bbbbbbbb')
    await door.file.keep({ records: { configuration: [own] } })
    await door.ask('import_begin', announcementOf(entries))
    expect(await door.ask('status')).toMatchObject({ troubles: [] })
    await door.ask('import', { entries: entries.slice(0, 3) })
    expect(await door.ask('status')).toMatchObject({ troubles: [expect.stringContaining('an import is half done')] })
    await door.ask('import', { entries: entries.slice(3) })
    expect(await door.finish('import')).toMatchObject({ error: null, sha256: announcementOf(entries).sha256 })

    const isOwn = (entry: StateEntry) => entry.section === 'configuration' && entry.record.id === own.id
    expect(announcementOf((await exported()).filter((entry) => !isOwn(entry)))).toEqual(announcementOf(entries))
    expect(await door.file.store.task(keyOf(1))).toEqual(foldedTask(1, 3))
    expect(door.refills).toBe(1)
    expect((await door.finish('compare')).differences).toEqual([])
    expect(door.learned.map(({ id }) => id)).toEqual(['decision-1', 'learned-q-1'])
    expect(await door.ask('status')).toMatchObject({ troubles: [] })
    expect(await door.file.pending.waiting()).toMatchObject({ tasks: 2, commits: 4 })
  })

  test('is begun again after a kill, wherever that was, and comes to the same', async () => {
    const entries = memory()
    const announcement = announcementOf(entries)
    await door.ask('import_begin', announcement)
    await door.ask('import', { entries: entries.slice(0, 2) })
    await door.again()
    await expect(door.ask('import', { entries })).rejects.toMatchObject({ message: 'No import was begun.' })

    // Killed while the ledger was written.
    await door.ask('import_begin', announcement)
    await door.ask('import', { entries })
    const whole = door.refill
    door.refill = async () => {
      await door.ledger.append(taskChange(1, 1).commits[0]?.commit as never)
      throw new Error('killed')
    }
    expect(await door.finish('import')).toMatchObject({ error: 'killed' })
    await door.again()

    door.refill = whole
    await door.ask('import_begin', announcement)
    await door.ask('import', { entries })
    expect(await door.finish('import')).toMatchObject({ error: null })
    expect(announcementOf(await exported())).toEqual(announcement)
    expect((await door.finish('compare')).differences).toEqual([])
  })

  test('is shown to nobody while half of it is here, and to the task service before it has ended', async () => {
    const entries = memory()
    const { bus } = door.nats.as({ kind: 'tasks' })
    const history = () => bus.request(stateService('history', 'tasks'), { after: 0 }, 5_000)
    const half = { code: 'unavailable', message: expect.stringMatching(/^An import is half done; to go on: /) }
    await door.ask('import_begin', announcementOf(entries))
    // Whoever thought better of it has a fleet like any other.
    expect(await history()).toEqual({ commits: [], done: true })
    await door.ask('import', { entries: entries.slice(0, 2) })
    await expect(history()).rejects.toMatchObject(half)
    await expect(exported()).rejects.toMatchObject(half)
    await door.again()
    await expect(history()).rejects.toMatchObject(half)

    await door.ask('import_begin', announcementOf(entries))
    await door.ask('import', { entries })
    const append = door.refill
    let given: unknown
    door.refill = async () => {
      given = await history()
      await append()
    }
    expect(await door.finish('import')).toMatchObject({ error: null })
    expect(given).toMatchObject({ commits: { length: 4 }, done: true })
  })

  test('ends with an error while not all of it was brought, and goes on with the rest', async () => {
    const entries = memory()
    await door.ask('import_begin', announcementOf(entries))
    await door.ask('import', { entries: entries.slice(0, -1) })
    expect(await door.finish('import')).toMatchObject({ error: 'Not all of it was brought: 0 of 1 metrics.' })
    expect(door.refills).toBe(0)
    await door.ask('import', { entries })
    expect(await door.finish('import')).toMatchObject({ error: null })
  })

  test('is refused from another organisation, and where there are tasks or another import is half done', async () => {
    const announcement = announcementOf(memory())
    await expect(door.ask('import_begin', { ...announcement, org: 'other' })).rejects.toMatchObject({
      code: 'refused',
      message: 'This is the memory of "other", and this fleet is "breakroom".',
    })
    door.lag = null
    await expect(door.ask('import_begin', announcement)).rejects.toThrow('The ledger is still being read')
    door.lag = 0

    await door.ask('import_begin', announcement)
    await door.ask('import', { entries: memory().slice(0, 2) })
    await expect(door.ask('import_begin', announcementOf(memory().slice(1)))).rejects.toMatchObject({
      code: 'refused',
      message: expect.stringMatching(/^Another import is half done here/),
    })

    await using other = await testStateDoor()
    await other.work([1, 1], [2, 1])
    await expect(other.ask('import_begin', announcement)).rejects.toMatchObject({
      code: 'refused',
      message: 'This fleet has 2 tasks of its own; an import is for a new one.',
    })
    expect(await other.ask('status')).toMatchObject({ troubles: [] })
  })

  test('refuses commits that do not follow on each other, and something else under the same name', async () => {
    const entries = memory()
    await door.ask('import_begin', announcementOf(entries))
    await expect(door.ask('import', { entries: [entries[1]] })).rejects.toMatchObject({
      code: 'refused',
      message: expect.stringContaining('does not follow'),
    })
    await door.ask('import', { entries })
    const other = taskChange(1, 3, { commit: (version) => (version === 3 ? { id: 'another' } : {}) })
    await expect(
      door.ask('import', { entries: other.commits.map((placed) => ({ section: 'commits', ...placed })) }),
    ).rejects.toMatchObject({ code: 'refused', detail: { rule: 'another' } })
    expect(await door.finish('import')).toMatchObject({ error: null })
  })
})
