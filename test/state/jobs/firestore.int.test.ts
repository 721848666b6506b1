import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { createFirestoreStore } from '../../../adapters/firestore/store.ts'
import type { OwnedStore } from '../../../ports/store.ts'
import { type FirestoreEmulator, firestoreEmulator, firestoreMissing } from '../../support/firestore-emulator.ts'
import { until } from '../../support/process.ts'
import { quietLog } from '../../support/quiet.ts'
import { contentOf, dayRecord, inPrivate, knowledgeRecord, startRecord, taskChange } from '../../support/state.ts'
import { type TestStateDoor, testStateDoor } from '../../support/state-door.ts'
import { keyOf } from '../../support/tasks.ts'
import { realClock } from '../../support/virtual-clock.ts'

const missing = firestoreMissing()
const learned = { label: 'q-1', person: 'human-ada', question: 'Why?', request: 'r-1' }
let emulator: FirestoreEmulator
let cleanup: AsyncDisposableStack

beforeAll(async () => {
  if (missing === null) emulator = await firestoreEmulator()
}, 90_000)
afterAll(() => emulator?.[Symbol.asyncDispose]())
beforeEach(async ({ skip }) => {
  skip(missing !== null, missing ?? '')
  await emulator.clear()
  cleanup = new AsyncDisposableStack()
})
afterEach(() => cleanup?.disposeAsync())

function firestore(): OwnedStore {
  const store = createFirestoreStore({
    org: 'breakroom',
    project: emulator.project,
    database: '(default)',
    keyFile: null,
    emulator: emulator.host,
    clock: realClock,
    log: quietLog,
    // It is no matter of speed here.
    deadlineMs: 30_000,
  })
  cleanup.defer(() => store.close())
  return store
}

async function fleet(store: OwnedStore | null = firestore()): Promise<TestStateDoor> {
  return cleanup.use(await testStateDoor({ store }))
}

/** A fleet that has worked, and whose Firestore has all of it. */
async function worked(store?: OwnedStore): Promise<TestStateDoor> {
  const one = await fleet(store)
  await one.work([1, 4], [2, 2, inPrivate()], [3, 1])
  await one.file.keep({
    records: {
      knowledge: [knowledgeRecord('decision-1', 2), knowledgeRecord('learned-q-1', 1, { kind: 'memory', learned })],
      configuration: [startRecord('2026-11-21T12-00-00-000Z-aaaaaaaa')],
      metrics: [dayRecord('cto', '2026-11-21', 4)],
    },
  })
  await one.behind?.flush()
  return one
}

test('compare finds the same in both stores, and brings Firestore up to date before it looks', async () => {
  const one = await worked()
  await one.work([4, 2])
  const { error, different, stores } = await one.finish('compare')
  expect({ error, different }).toEqual({ error: null, different: 0 })
  expect(stores).toHaveLength(2)
  const [left, right] = stores
  expect(right).toMatchObject({ counts: left?.counts, sha256: left?.sha256, tasks_sha256: left?.tasks_sha256 })
  expect(left?.counts).toEqual({ tasks: 4, commits: 9, knowledge: 2, configuration: 1, metrics: 1 })
}, 60_000)

test('compare names what was changed behind the back of either store, and rebuild puts it right', async () => {
  const store = firestore()
  const one = await worked(store)
  await store.keepTasks([taskChange(9, 1, { place: () => 900 })])
  one.tamper(`
    DELETE FROM commits WHERE key = '${keyOf(1)}' AND version = 4;
    UPDATE tasks SET version = 3, body = replace(body, '"version":4', '"version":3') WHERE key = '${keyOf(1)}';
    UPDATE records SET body = replace(body, 'revision 2', 'revision two') WHERE id = 'decision-1'`)
  const { differences, different, stores, error } = await one.finish('compare')
  expect(error).toBeNull()
  expect(differences.toSorted()).toEqual([
    'commit 4 of t-1 is in the ledger and not in SQLite',
    'decision-1 does not say the same in SQLite and Firestore',
    't-1 is at version 3 in SQLite and at 4 in Firestore',
    't-9 is at version 1 in Firestore and not in SQLite',
  ])
  expect(different).toBe(4)
  expect(stores[0]?.sha256).not.toBe(stores[1]?.sha256)

  expect(await one.finish('rebuild')).toMatchObject({ error: null, different: 0, mended: 2 })
  expect((await one.finish('compare')).differences.toSorted()).toEqual([
    'decision-1 does not say the same in SQLite and Firestore',
    't-9 is at version 1 in Firestore and not in SQLite',
  ])
}, 60_000)

test('what happens while it compares is no difference', async () => {
  const store = firestore()
  const one = await worked(store)
  let began = 0
  const busy = (async () => {
    for (let number = 100; number < 160; number++) {
      await one.work([number, 2])
      began += 1
      await one.file.keep({ records: { metrics: [dayRecord('cto', '2026-11-21', number)] } })
    }
  })()
  await until('it is busy', () => began > 3)
  for (let looked = 0; looked < 2; looked++) {
    const { error, differences, stores } = await one.finish('compare')
    expect({ error, differences }).toEqual({ error: null, differences: [] })
    expect(stores[1]).toMatchObject({ sha256: stores[0]?.sha256, tasks_sha256: stores[0]?.tasks_sha256 })
  }
  await busy
}, 60_000)

test('what Firestore lost is there again after a rebuild', async () => {
  const one = await worked()
  const before = await contentOf(one.file.store)
  await emulator.clear()
  expect(await one.finish('rebuild')).toMatchObject({ error: null, mended: 0 })
  expect(await one.finish('compare')).toMatchObject({ error: null, different: 0 })
  const store = firestore()
  expect(await contentOf(store)).toEqual(before)
}, 60_000)

test('a new fleet takes over what is in Firestore, and the one before writes there no more', async () => {
  const first = await worked()
  const store = firestore()
  const second = await fleet(store)
  const own = startRecord('2026-11-22T07-00-00-000Z-bbbbbbbb')
  await second.file.keep({ records: { configuration: [own] } })

  expect(await second.finish('import_firestore')).toMatchObject({ error: null })
  expect(await store.owner()).toBe(second.file.fleet)
  const { configuration, ...memory } = await contentOf(second.file.store)
  expect(memory).toMatchObject(withoutStarts(await contentOf(first.file.store)))
  expect(configuration.map(({ id }) => id)).toEqual(['2026-11-21T12-00-00-000Z-aaaaaaaa', own.id])
  expect(second.refills).toBe(1)
  expect(second.learned.map(({ id }) => id)).toEqual(['decision-1', 'learned-q-1'])
  // What only the new fleet has is written there all the same.
  expect(await second.finish('compare')).toMatchObject({ error: null, different: 0 })
  expect(await second.ask('status')).toMatchObject({ troubles: [] })
}, 60_000)

test('what the fleet before did until it saw that its memory was taken over is taken over, too', async () => {
  const first = await worked()
  const store = firestore()
  const second = await fleet(store)
  second.whileWaiting = async () => {
    expect(await store.owner()).toBe(second.file.fleet)
    // It believes what it saw a moment ago.
    await first.work([9, 2])
    await until('it has written that', async () => (await first.file.pending.waiting()).tasks === 0)
  }
  expect(await second.finish('import_firestore')).toMatchObject({ error: null })
  expect((await contentOf(second.file.store)).tasks).toEqual((await contentOf(first.file.store)).tasks)
  expect(await second.finish('compare')).toMatchObject({ error: null, different: 0 })
}, 60_000)

test('a take-over that was cut short goes on with the same command', async () => {
  await worked()
  const second = await fleet()
  const whole = second.refill
  second.refill = () => Promise.reject(new Error('killed'))
  expect(await second.finish('import_firestore')).toMatchObject({ error: 'killed' })
  expect(await second.file.note('import')).toBe('{"from":"firestore","whole":true}')
  second.refill = whole
  await second.again()
  expect(await second.finish('import_firestore')).toMatchObject({ error: null })
  expect(await second.finish('compare')).toMatchObject({ error: null, different: 0 })
}, 60_000)

test.each([
  ['a label that no task has', taskChange(8, 1, { task: { label: 't-9999999999999999' }, place: () => 900 })],
  ['a place behind which there is none', taskChange(8, 1, { place: () => Number.MAX_SAFE_INTEGER })],
])(
  'what somebody wrote into Firestore by hand is not taken over: %s',
  async (_, byHand) => {
    await worked()
    const store = firestore()
    await store.keepTasks([byHand])
    const second = await fleet(store)
    const { error } = await second.finish('import_firestore')
    expect(error).toMatch(/^Firestore has something that is not of us: commit 1 of task-8/)
    expect(await second.file.store.task(keyOf(8))).toBeNull()
    expect(second.refills).toBe(0)
  },
  60_000,
)

test('a fleet that has its tasks is no more half done than before when Firestore could not be taken over', async () => {
  const store = firestore()
  const one = await worked(store)
  await store.keepTasks([taskChange(8, 1, { place: () => Number.MAX_SAFE_INTEGER })])
  expect((await one.finish('import_firestore')).error).toMatch(/^Firestore has something that is not of us/)
  expect(await one.file.note('import')).toBeNull()
  expect(await one.ask('status')).toMatchObject({ troubles: [] })
}, 60_000)

test('a fleet that lost its file, and read the ledger in another order, takes its memory over again', async () => {
  const first = await worked()
  const second = await fleet()
  await second.work([3, 1], [2, 2, inPrivate()], [1, 4])
  expect(await second.finish('import_firestore')).toMatchObject({ error: null })
  expect((await contentOf(second.file.store)).tasks).toEqual((await contentOf(first.file.store)).tasks)
}, 60_000)

test('a fleet with tasks that are not in Firestore takes nothing over', async () => {
  const first = await worked()
  const store = firestore()
  const second = await fleet(store)
  await second.work([7, 1])
  const { error } = await second.finish('import_firestore')
  expect(error).toMatch(/^This fleet has 1 task, and t-7 is not in Firestore.*; an import is for a new one\.$/)
  expect(await store.owner()).toBe(first.file.fleet)
  expect(await second.file.counts()).toMatchObject({ tasks: 1, knowledge: 0 })
  expect(await second.file.note('import')).toBeNull()
}, 60_000)

function withoutStarts({ tasks, history, knowledge, metrics }: Awaited<ReturnType<typeof contentOf>>) {
  return { tasks, history, knowledge, metrics }
}
