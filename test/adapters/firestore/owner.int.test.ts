import { randomUUID } from 'node:crypto'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createFirestoreDatabase } from '../../../adapters/firestore/database.ts'
import { createFirestoreStore } from '../../../adapters/firestore/store.ts'
import { systemClock } from '../../../adapters/process/system-clock.ts'
import { type FirestoreEmulator, firestoreEmulator, firestoreMissing } from '../../support/firestore-emulator.ts'
import { quietLog } from '../../support/quiet.ts'
import { contentOf, taskChange } from '../../support/state.ts'

const missing = firestoreMissing()

describe('the owner of a store in Firestore', { timeout: 30_000 }, () => {
  let emulator: FirestoreEmulator
  let org: string
  const open: { close(): Promise<void> }[] = []

  beforeEach(({ skip }) => skip(missing !== null, missing ?? ''))
  beforeAll(async () => {
    if (missing === null) emulator = await firestoreEmulator()
  }, 30_000)
  beforeEach(() => {
    org = `org-${randomUUID()}`
  })
  afterEach(async () => {
    await Promise.all(open.splice(0).map((one) => one.close()))
  })
  afterAll(() => emulator?.stop())

  const target = () => ({ project: emulator.project, database: '(default)', keyFile: null, emulator: emulator.host })

  function opened(of = org) {
    const store = createFirestoreStore({ ...target(), org: of, clock: systemClock, log: quietLog, deadlineMs: 30_000 })
    open.push(store)
    return store
  }

  function documents() {
    const database = createFirestoreDatabase({
      target: target(),
      deadlineMs: 30_000,
      emulatorToken: 'owner',
      log: quietLog,
    })
    open.push(database)
    return database
  }

  it('is nobody at first, then whoever took it, and changes hands only for whoever knows whose it was', async () => {
    const [one, other] = [opened(), opened()]
    expect(await one.owner()).toBeNull()
    await one.own('fleet-1', null)
    expect(await other.owner()).toBe('fleet-1')

    await expect(other.own('fleet-2', null)).rejects.toMatchObject({ code: 'conflict', detail: { owner: 'fleet-1' } })
    expect(await one.owner()).toBe('fleet-1')
    await other.own('fleet-2', 'fleet-1')
    expect(await one.owner()).toBe('fleet-2')
    await expect(one.own('fleet-1', 'fleet-1')).rejects.toMatchObject({ code: 'conflict' })
  })

  it('is exactly one of several that take it at once', async () => {
    const fleets = Array.from({ length: 8 }, (_, index) => `fleet-${index}`)
    const outcomes = await Promise.allSettled(fleets.map((fleet) => opened().own(fleet, null)))
    const winners = fleets.filter((_, index) => outcomes[index]?.status === 'fulfilled')
    expect(winners).toEqual([await opened().owner()])
    const errors = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason.code] : []))
    expect(errors).toEqual(Array(7).fill('conflict'))
  })

  it('says from whom and since when in the root, and nothing else', async () => {
    await opened().own('fleet-1', null)
    await opened().own('fleet-2', 'fleet-1')
    const root = (await documents().read([`breakroom/${org}`])).get(`breakroom/${org}`)
    const since = expect.any(Date)
    expect(root?.fields).toEqual({ org, layout: 1, fleet: 'fleet-2', taken_from: 'fleet-1', since })
  })

  it('is not asked where a newer Breakroom has its memory, and not changed there', async () => {
    const path = `breakroom/${org}`
    await documents().write([{ path, fields: { org, layout: 2, fleet: 'fleet-9' } }])
    const newer = { code: 'refused', detail: { layout: 2 } }
    await expect(opened().owner()).rejects.toMatchObject(newer)
    await expect(opened().own('fleet-1', 'fleet-9')).rejects.toThrow(/newer Breakroom/)
    expect((await documents().read([path])).get(path)?.fields.fleet).toBe('fleet-9')
  })

  it('is of one organisation: others in the same database have their own, and their own tasks', async () => {
    const [ours, theirs] = [opened(), opened(`${org}-2`)]
    await ours.own('fleet-1', null)
    await ours.keepTasks([taskChange(1)])
    expect(await theirs.owner()).toBeNull()
    expect(await theirs.task('task-1')).toBeNull()
    expect(await contentOf(theirs)).toMatchObject({ tasks: [], history: [] })
  })
})
