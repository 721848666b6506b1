import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { firestoreLayout } from '../../../adapters/firestore/layout.ts'
import { isBreakroomError } from '../../../core/errors.ts'
import type { TaskChange } from '../../../ports/store.ts'
import { all } from '../../support/collect.ts'
import { type FirestoreEmulator, firestoreEmulator, firestoreMissing } from '../../support/firestore-emulator.ts'
import { type FirestoreOrg, firestoreOrg } from '../../support/firestore-org.ts'
import { cloneFolder, until } from '../../support/process.ts'
import { contentOf, knowledgeRecord, taskChange } from '../../support/state.ts'
import { keyOf, taskAt } from '../../support/tasks.ts'

const missing = firestoreMissing()

/** The emulator lets writers that meet wait for each other, and takes its time on a busy machine. */
const patienceMs = 40_000

describe('Firestore in trouble', { timeout: 120_000 }, () => {
  let emulator: FirestoreEmulator
  let house: FirestoreOrg

  beforeEach(({ skip }) => skip(missing !== null, missing ?? ''))
  beforeAll(async () => {
    // Nobody who is bound by rules may write.
    if (missing === null) emulator = await firestoreEmulator({ rules: join(cloneFolder, 'deploy/firestore.rules') })
  }, 90_000)
  beforeEach(() => {
    house = firestoreOrg(emulator)
  })
  afterEach(() => house?.[Symbol.asyncDispose]())
  afterAll(() => emulator?.stop())

  const refusal = (promise: Promise<unknown>) => promise.then(() => null).catch((error: unknown) => error)

  it('keeps every commit once, and the newest state, when twenty write at one task', async () => {
    const stores = Array.from({ length: 20 }, () => house.opened())
    await Promise.all(
      stores.map((store, index) =>
        until(
          'it is kept',
          () =>
            store.keepTasks([taskChange(1, index + 1, { from: Math.max(1, index - 1) })]).then(
              () => true,
              (error) => {
                if (isBreakroomError(error, 'unavailable') && error.detail.reason === 'contended') return false
                throw error
              },
            ),
          patienceMs,
        ),
      ),
    )
    const store = house.opened()
    expect(await store.task(keyOf(1))).toEqual(taskAt(1, 20))
    expect(await store.commits(keyOf(1))).toEqual(taskChange(1, 20).commits)
  })

  it('never lets a writer that slept put a state back', async () => {
    const [sleeper, awake] = [house.opened(), house.opened()]
    await sleeper.keepTasks([taskChange(1, 2)])
    await awake.keepTasks([taskChange(1, 4, { from: 3, task: { status: 'done' } })])
    const before = await contentOf(awake)

    await sleeper.keepTasks([taskChange(1, 3, { from: 3 })])
    await sleeper.keepTasks([{ task: taskAt(1, 3), commits: [] }])
    expect(await contentOf(awake)).toEqual(before)

    const other = taskChange(1, 3, { from: 3, commit: () => ({ id: 'made-by-the-sleeper' }) })
    await expect(sleeper.keepTasks([other])).rejects.toMatchObject({ code: 'refused', detail: { rule: 'another' } })
    expect(await contentOf(awake)).toEqual(before)
  })

  it('says contended while somebody holds the documents, and keeps them afterwards', async () => {
    const store = house.opened()
    await store.keepTasks([taskChange(1)])
    const path = firestoreLayout(house.org).publicTask(keyOf(1))
    const [held, letGo] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    const holding = house.documents().transact(async (reader) => {
      await reader.read([path])
      held.resolve()
      await letGo.promise
      return []
    })
    await held.promise

    const next = taskChange(1, 2, { from: 2 })
    const error = await refusal(store.keepTasks([next]))
    expect(error).toMatchObject({ code: 'unavailable', detail: { reason: 'contended' } })
    expect(await store.commits(keyOf(1))).toHaveLength(1)

    letGo.resolve()
    await holding
    await store.keepTasks([next])
    expect(await store.task(keyOf(1))).toEqual(next.task)
  })

  it('says contended about knowledge that somebody else is moving', async () => {
    const store = house.opened()
    await store.knowledge.keep([knowledgeRecord('decision-1')])
    const [held, letGo] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    const holding = house.documents().transact(async (reader) => {
      await reader.read([`${firestoreLayout(house.org).root}/knowledge/decision-1`])
      held.resolve()
      await letGo.promise
      return []
    })
    await held.promise
    const moved = knowledgeRecord('decision-1', 2, { access: [['board']] })
    expect(await refusal(store.knowledge.keep([moved]))).toMatchObject({
      code: 'unavailable',
      detail: { reason: 'contended' },
    })
    letGo.resolve()
    await holding
    await store.knowledge.keep([moved])
    expect(await all(store.knowledge.all())).toEqual([moved])
  })

  it('says slow within the deadline when nothing answers, for every kind of question, and finds back', async () => {
    const store = house.opened({ deadlineMs: 1_000 })
    const inTime = (...changes: TaskChange[]) =>
      store.keepTasks(changes).then(
        () => true,
        () => false,
      )
    await until('it has answered in time', () => inTime(taskChange(1)), patienceMs)
    emulator.freeze()
    try {
      const begun = performance.now()
      const errors = await Promise.all([
        refusal(store.keepTasks([taskChange(1, 2, { from: 2 }), taskChange(2)])),
        refusal(store.task(keyOf(1))),
        refusal(all(store.history(0))),
        refusal(store.knowledge.keep([knowledgeRecord('decision-1')])),
        refusal(store.metrics.get('x')),
        refusal(store.owner()),
      ])
      const slow = { code: 'unavailable', detail: { reason: 'slow' } }
      expect(errors).toEqual(errors.map(() => expect.objectContaining(slow)))
      // The connection that is made after that comes to nothing, which is as soon said.
      expect(await refusal(store.owner())).toMatchObject({ code: 'unavailable' })
      expect(performance.now() - begun).toBeLessThan(5_000)
    } finally {
      emulator.resume()
    }
    await until('it is kept', () => inTime(taskChange(1, 2, { from: 2 }), taskChange(2)), patienceMs)
    const patient = house.opened()
    expect(await patient.task(keyOf(1))).toEqual(taskAt(1, 2))
    expect(await patient.commits(keyOf(1))).toEqual(taskChange(1, 2).commits)
  })

  it('closes at once while nothing answers', async () => {
    const store = house.opened({ deadlineMs: 30_000 })
    await store.owner()
    emulator.freeze()
    try {
      const begun = performance.now()
      const asked = refusal(store.task(keyOf(1)))
      const kept = refusal(store.keepTasks([taskChange(1)]))
      await store.close()
      expect([await asked, await kept]).toEqual([0, 1].map(() => expect.objectContaining({ code: 'closed' })))
      expect(performance.now() - begun).toBeLessThan(5_000)
    } finally {
      emulator.resume()
    }
  })

  it('does not let in whom the rules bind, and keeps nothing of what they bring', async () => {
    const claims = { sub: 'ada', user_id: 'ada', breakroom_org: house.org, breakroom_tier: 'founder', iat: 0 }
    const token = [{ alg: 'none', typ: 'JWT' }, claims].map((part) =>
      Buffer.from(JSON.stringify(part)).toString('base64url'),
    )
    const person = house.opened({ emulatorToken: `${token.join('.')}.` })
    const denied = { code: 'denied' }
    await expect(person.keepTasks([taskChange(1)])).rejects.toMatchObject(denied)
    await expect(person.knowledge.keep([knowledgeRecord('decision-1')])).rejects.toMatchObject(denied)
    await expect(person.own('fleet', null)).rejects.toMatchObject(denied)
    await expect(all(person.history(0))).rejects.toMatchObject(denied)
    await expect(person.keepTasks([taskChange(1)])).rejects.toThrow(/^Firestore, project .* does not let us in/)
    // The same rules let a founder read whose it is.
    expect(await person.owner()).toBeNull()
    expect((await contentOf(house.opened())).history).toEqual([])
  })

  it('says which document is damaged, and mends a task when it is kept again', async () => {
    const store = house.opened()
    const { root, publicTask, commit } = firestoreLayout(house.org)
    await store.keepTasks([taskChange(1), taskChange(2)])
    await store.knowledge.keep([knowledgeRecord('decision-1')])
    const task = publicTask(keyOf(1))
    const damage = async (path: string, body: string) => {
      const document = (await house.documents().read([path])).get(path)
      await house.documents().write([{ path, fields: { ...document?.fields, body } }])
    }
    await damage(task, '{"key": "task-1", ')
    await damage(`${root}/knowledge/decision-1`, '[]')
    await damage(commit(publicTask(keyOf(2)), 1), 'null')

    const unreadable = (path: string) => ({ code: 'unreadable', detail: { path } })
    await expect(store.task(keyOf(1))).rejects.toMatchObject(unreadable(task))
    await expect(all(store.tasks())).rejects.toMatchObject(unreadable(task))
    await expect(store.commits(keyOf(2))).rejects.toMatchObject({ code: 'unreadable' })
    await expect(all(store.history(0))).rejects.toThrow(/\/commits\/00000001 is damaged/)
    await expect(store.knowledge.get('decision-1')).rejects.toMatchObject({ code: 'unreadable' })

    await store.keepTasks([{ task: taskAt(1, 1), commits: [] }])
    expect(await store.task(keyOf(1))).toEqual(taskAt(1, 1))
  })

  it('loads nothing before it is used, whatever the environment says of emulators, and lets the process end', async () => {
    const program = `
      import { createRequire } from 'node:module'
      const { createFirestoreStore } = await import(process.argv[1])
      const loaded = () => Object.keys(createRequire(import.meta.url).cache).some((path) => path.includes('@google-cloud'))
      const log = { info() {}, warn() {}, error() {} }
      const clock = { now: () => new Date(), monotonic: () => performance.now() }
      const store = createFirestoreStore({ ...${JSON.stringify({ ...house.target, org: house.org })}, clock, log, deadlineMs: 30_000 })
      const before = loaded()
      const owner = await store.owner()
      console.log(JSON.stringify({ title: store.title, before, after: loaded(), owner }))
      await store.close()`
    const env = { ...process.env, FIRESTORE_EMULATOR_HOST: '127.0.0.1:1' }
    const child = spawn(
      process.execPath,
      ['--input-type=module', '-e', program, join(cloneFolder, 'adapters/firestore/store.ts')],
      { env, cwd: cloneFolder },
    )
    const [output, errors, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')])
    expect(errors).toBe('')
    expect(JSON.parse(output)).toEqual({
      title: `Firestore, project ${emulator.project} (emulator at ${emulator.host})`,
      before: false,
      after: true,
      owner: null,
    })
    expect(code).toBe(0)
  })

  it('says away while it is gone, and goes on when it is back', async () => {
    const store = house.opened()
    await store.keepTasks([taskChange(1)])
    process.kill(emulator.pid, 'SIGKILL')
    await until('it is seen to be away', async () => {
      const error = await refusal(store.keepTasks([taskChange(1, 2, { from: 2 })]))
      return isBreakroomError(error, 'unavailable') && error.detail.reason === 'away'
    })
    await emulator.restart()
    // It comes back empty: what was thought to be there is not.
    await until(
      'it is kept',
      () =>
        store.keepTasks([taskChange(1, 2)]).then(
          () => true,
          () => false,
        ),
      patienceMs,
    )
    expect(await contentOf(store)).toMatchObject({ tasks: [taskAt(1, 2)], history: taskChange(1, 2).commits })
  })
})
