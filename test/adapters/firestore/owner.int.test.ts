import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type FirestoreEmulator, firestoreEmulator, firestoreMissing } from '../../support/firestore-emulator.ts'
import { type FirestoreOrg, firestoreOrg } from '../../support/firestore-org.ts'
import { contentOf, taskChange } from '../../support/state.ts'

const missing = firestoreMissing()

describe('the owner of a store in Firestore', { timeout: 30_000 }, () => {
  let emulator: FirestoreEmulator
  let house: FirestoreOrg

  beforeEach(({ skip }) => skip(missing !== null, missing ?? ''))
  beforeAll(async () => {
    if (missing === null) emulator = await firestoreEmulator()
  }, 90_000)
  beforeEach(() => {
    house = firestoreOrg(emulator)
  })
  afterEach(() => house?.[Symbol.asyncDispose]())
  afterAll(() => emulator?.stop())

  it('is nobody at first, then whoever took it, and changes hands only for whoever knows whose it was', async () => {
    const [one, other] = [house.opened(), house.opened()]
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
    const outcomes = await Promise.allSettled(fleets.map((fleet) => house.opened().own(fleet, null)))
    const winners = fleets.filter((_, index) => outcomes[index]?.status === 'fulfilled')
    expect(winners).toEqual([await house.opened().owner()])
    const errors = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason.code] : []))
    expect(errors).toEqual(Array(7).fill('conflict'))
  })

  it('says from whom and since when in the root, and nothing else', async () => {
    await house.opened().own('fleet-1', null)
    await house.opened().own('fleet-2', 'fleet-1')
    const root = (await house.documents().read([`breakroom/${house.org}`])).get(`breakroom/${house.org}`)
    const since = expect.any(Date)
    expect(root?.fields).toEqual({ org: house.org, layout: 1, fleet: 'fleet-2', taken_from: 'fleet-1', since })
  })

  it('is not asked where a newer Breakroom has its memory, and not changed there', async () => {
    const path = `breakroom/${house.org}`
    await house.documents().write([{ path, fields: { org: house.org, layout: 2, fleet: 'fleet-9' } }])
    const newer = { code: 'refused', detail: { layout: 2 } }
    await expect(house.opened().owner()).rejects.toMatchObject(newer)
    await expect(house.opened().own('fleet-1', 'fleet-9')).rejects.toThrow(/newer Breakroom/)
    expect((await house.documents().read([path])).get(path)?.fields.fleet).toBe('fleet-9')
  })

  it('is of one organisation: others in the same database have their own, and their own tasks', async () => {
    const [ours, theirs] = [house.opened(), house.opened({ org: `${house.org}-2` })]
    await ours.own('fleet-1', null)
    await ours.keepTasks([taskChange(1)])
    expect(await theirs.owner()).toBeNull()
    expect(await theirs.task('task-1')).toBeNull()
    expect(await contentOf(theirs)).toMatchObject({ tasks: [], history: [] })
  })
})
