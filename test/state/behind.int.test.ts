import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { createFirestoreStore } from '../../adapters/firestore/store.ts'
import { systemClock } from '../../adapters/process/system-clock.ts'
import type { OwnedStore, TaskChange } from '../../ports/store.ts'
import type { Behind } from '../../state/behind.ts'
import { type FirestoreEmulator, firestoreEmulator, firestoreMissing } from '../support/firestore-emulator.ts'
import { until } from '../support/process.ts'
import { quietLog } from '../support/quiet.ts'
import { dayRecord, inPrivate, knowledgeRecord, startRecord, taskChange } from '../support/state.ts'
import { createVirtualClock, realClock, type VirtualClock } from '../support/virtual-clock.ts'
import { type BehindHouse, behindHouse, owesNothing, passUntil, seeEqual } from './behind-house.ts'

const missing = firestoreMissing()
const minute = 60_000
let emulator: FirestoreEmulator
let clock: VirtualClock
let house: BehindHouse
let store: OwnedStore
let turn = 0

beforeAll(async () => {
  if (missing === null) emulator = await firestoreEmulator()
})
afterAll(async () => emulator?.[Symbol.asyncDispose]())

beforeEach(({ skip }) => {
  skip(missing !== null, missing ?? '')
  clock = createVirtualClock()
  house = behindHouse(clock)
  store = firestoreOf(`org-${++turn}`)
  return async () => {
    await house[Symbol.asyncDispose]()
    await store.close()
  }
})

function firestoreOf(org: string): OwnedStore {
  const { host, project } = emulator
  const target = { project, database: '(default)', keyFile: null, emulator: host }
  return createFirestoreStore({ ...target, org, clock: systemClock, log: quietLog })
}

/** Virtual ms in about five real ones: not so fast that what the emulator takes on a busy machine would be too long for who waits for it. */
const slowly = 10
/** It lets whoever meets another at a document wait for seconds, also for one that has given up. */
const patienceMs = 40_000
vi.setConfig({ testTimeout: 120_000, hookTimeout: 90_000 })

/** Lets time pass until Firestore is there and nothing is owed. */
async function arrived(behind: Behind): Promise<void> {
  await passUntil(clock, 'it is connected', async () => (await behind.report()).connected, 100, patienceMs)
  let over = false
  const flushed = behind.flush().finally(() => {
    over = true
  })
  flushed.catch(() => {})
  await passUntil(clock, 'nothing is owed', () => over, slowly, patienceMs)
  await flushed
}
const keep = (...tasks: TaskChange[]) => house.file.keep({ tasks })

/** What goes on in a house: tasks of two rooms, decisions, figures of a day. */
async function goOn(step: number): Promise<void> {
  const number = (step % 40) + 1
  const version = Math.floor(step / 40) + 1
  const task = number % 5 === 0 ? inPrivate() : {}
  await house.file.keep({
    tasks: [taskChange(number, version, { from: version, task })],
    records: {
      knowledge: step % 10 === 0 ? [knowledgeRecord(`decision-${step}`)] : [],
      metrics: [dayRecord('cto', '2026-01-05', step + 1)],
    },
  })
}

/** So many minutes with two changes in each, in which the store behind is looked for as it is in real ones. */
async function minutes(count: number, begin: number): Promise<number> {
  let step = begin
  for (let second = 0; second < count * 60; second += 5) {
    if (second % 30 === 0) await goOn(step++)
    await clock.advance(5_000)
    await pause(5)
  }
  return step
}

describe('the file and Firestore', () => {
  test('are equal when nothing is owed: private rooms, knowledge, configurations and figures, too', async () => {
    await house.file.keep({ records: { configuration: [startRecord('start-1')] } })
    for (let step = 0; step < 200; step++) await goOn(step)
    const behind = house.begin(store)
    await arrived(behind)
    await seeEqual(house.file.store, store)
    expect(behind.troubles()).toEqual([])
  })

  test('are equal after fifteen minutes without an answer, which costs nothing but lag', async () => {
    const behind = house.begin(store)
    let step = 0
    while (step < 30) await goOn(step++)
    await arrived(behind)
    emulator.freeze()
    try {
      step = await minutes(3, step)
      const title = `Firestore, project ${emulator.project} (emulator at ${emulator.host})`
      await until('it is said', () => behind.troubles().length > 0)
      expect(behind.troubles()).toEqual([
        expect.stringMatching(
          /^Firestore, project \S+ \(emulator at \S+\) has been away for \S+ (s|min); \d+ changes wait$/,
        ),
      ])
      step = await minutes(12, step)
      expect(behind.troubles()).toEqual([expect.stringMatching(/ has been away for 1\d min; \d\d changes wait$/)])
      expect(await behind.report()).toMatchObject({ title, connected: false, since: expect.any(String) })
      // The oldest of it has waited all the while.
      expect(house.noticed.gauge('breakroom_state_lag_seconds')).toBeGreaterThan(14 * 60)
      expect(house.noticed.gauge('breakroom_state_pending', 'tasks')).toBeGreaterThan(20)
    } finally {
      emulator.resume()
    }
    await arrived(behind)
    await seeEqual(house.file.store, store)
    await clock.advance(1_000)
    expect(behind.troubles()).toEqual([])
    expect(house.noticed.lines.filter((line) => line.includes('cannot be written'))).toHaveLength(1)
    expect(house.noticed.lines.filter((line) => line.includes('written again'))).toHaveLength(1)
    // 15 minutes with pauses up to 30 s, and not one more for what waits.
    expect(house.noticed.count('breakroom_retries_total', 'state')).toBeLessThanOrEqual(4)
  })

  test('are equal when Firestore was killed meanwhile and came back with nothing', async () => {
    const behind = house.begin(store)
    let step = 0
    while (step < 30) await goOn(step++)
    await arrived(behind)
    await emulator.stop()
    try {
      step = await minutes(15, step)
      await until('it is said', () => behind.troubles().length > 0)
      expect(behind.troubles()).toEqual([expect.stringMatching(/ has been away for 1\d min; \d+ changes wait$/)])
    } finally {
      await emulator.restart()
    }
    await minutes(1, step)
    await arrived(behind)
    await seeEqual(house.file.store, store)
    await clock.advance(1_000)
    expect(behind.troubles()).toEqual([])
  })

  test('are equal after kills between a write and its note', async () => {
    const { pending } = house.file
    for (let kill = 0; kill < 3; kill++) {
      for (let step = kill * 40; step < kill * 40 + 40; step++) await goOn(step)
      const dying = new AbortController()
      const sent = async () => {
        dying.abort()
        return new Promise<void>((_, reject) => setImmediate(() => reject(new Error('killed'))))
      }
      const killed = house.begin(store, {
        file: { ...house.file, pending: { ...pending, sent } },
        signal: dying.signal,
      })
      await passUntil(clock, 'it is dead', () => dying.signal.aborted, slowly, patienceMs)
      await killed.ended
      expect(await owesNothing(house.file)).toBe(false)
    }
    await arrived(house.begin(store))
    await seeEqual(house.file.store, store)
  })

  test('are equal when two write at once, one of which has lost the lead', async () => {
    // Whoever meets the other waits in Firestore, in real time.
    const real = { clock: realClock, sleep: realClock.sleep }
    const other = firestoreOf(`org-${turn}`)
    const [behind] = [house.begin(store, real), house.begin(other, real)]
    for (let step = 0; step < 160; step++) {
      await goOn(step)
      if (step % 7 === 0) await pause(20)
    }
    await until('everything has arrived', () => behind.flush().then(() => true), patienceMs)
    await seeEqual(house.file.store, store)
    await other.close()
  })
})

describe('Firestore', () => {
  test('refuses one change of a hundred: that one is set aside, the others arrive', async () => {
    await store.own(house.file.fleet, null)
    await store.keepTasks([taskChange(38, 1, { commit: () => ({ id: 'another-command' }) })])
    await keep(...Array.from({ length: 100 }, (_, index) => taskChange(index + 1, 2)))
    const behind = house.begin(store)
    await arrived(behind)
    const { aside } = await behind.report()
    expect(aside).toEqual([expect.stringMatching(/^t-38: Firestore has another commit 1 of t-38/)])
    expect(behind.troubles()).toEqual([expect.stringMatching(/ does not take t-38: /)])
    for (const number of [1, 37, 39, 100]) expect((await store.task(`task-${number}`))?.version).toBe(2)
    expect((await store.task('task-38'))?.version).toBe(1)
  })

  test('of another fleet is never written, and is ours when it was taken over', async () => {
    await store.own('fleet-of-others', null)
    await keep(taskChange(1))
    const behind = house.begin(store)
    await passUntil(clock, 'it is said', () => behind.troubles().length > 0)
    for (let second = 0; second < 300; second += 10) {
      await clock.advance(10_000)
      await pause(2)
    }
    expect(await store.task('task-1')).toBeNull()
    expect(behind.troubles()).toEqual([
      `Firestore, project ${emulator.project} (emulator at ${emulator.host}) belongs to another fleet; "breakroom state import firestore" takes it over with what is in it; 1 change waits`,
    ])
    await store.own(house.file.fleet, 'fleet-of-others')
    await clock.advance(minute)
    await arrived(behind)
    expect(await store.task('task-1')).not.toBeNull()
  })

  test('in the middle of a write keeps nobody from stopping', async () => {
    await keep(...Array.from({ length: 50 }, (_, index) => taskChange(index + 1)))
    emulator.freeze()
    try {
      const behind = house.begin(store, { clock: realClock, sleep: realClock.sleep })
      await pause(300)
      const began = performance.now()
      await behind.stop()
      // A call that is under way would end ten seconds after it began.
      expect(performance.now() - began).toBeLessThan(5_000)
    } finally {
      emulator.resume()
    }
  })
})
