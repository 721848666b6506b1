import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createMemoryTimers } from '../../adapters/memory/timers.ts'
import { loadFleet } from '../../adapters/yaml/load-fleet.ts'
import { BreakroomError } from '../../core/errors.ts'
import { type Role, roleSchema } from '../../core/role.ts'
import { isOver, type Task } from '../../core/task/task.ts'
import { refusal } from '../../core/task/world.ts'
import type { Timer } from '../../ports/timers.ts'
import { isScheduleTimer } from '../../tasks/recurring/schedules.ts'
import { type NatsServer, startProvisionedNats } from '../support/nats.ts'
import { cloneFolder, until } from '../support/process.ts'
import {
  beginRecurringTerm,
  createSetClock,
  type RecurringTerm,
  type SetClock,
  type TermChanges,
} from '../support/recurring-house.ts'

const [minute, hour, day] = [60_000, 3_600_000, 86_400_000]

const shipped = loadFleet(cloneFolder).roles
const named = (name: string) => shipped.find((role) => role.name === name) as Role
/** The shipped cto with other recurring work. */
function cto(recurring: object[], changes: Partial<Role> = {}): Role {
  return { ...named('cto'), recurring: roleSchema.shape.recurring.parse(recurring), ...changes }
}
const daily = { name: 'stale-reviews', at: '0 9 * * *', brief: 'Name each review that waits' }
const founder = { actor: 'human-founder', tier: 'founder', epoch: null } as const
const unavailable = () => new BreakroomError('unavailable', 'nobody is there')

describe('recurring work', () => {
  let nats: NatsServer
  let clock: SetClock
  let term: RecurringTerm | null = null
  beforeAll(async () => {
    nats = await startProvisionedNats({ roles: ['ceo', 'cto', 'sweep'] })
  })
  afterAll(() => nats[Symbol.asyncDispose]())
  /** Each test has names of its own for its work, on one ledger. */
  let serial = 0
  beforeEach(async () => {
    serial += 1
    clock = createSetClock('2026-03-02T07:30:00Z')
  })
  afterEach(async () => {
    await term?.end()
    term = null
  })

  async function begin(roles: Role[], changes: TermChanges = {}): Promise<RecurringTerm> {
    const own = roles.map((role) => ({
      ...role,
      recurring: role.recurring.map((entry) => ({ ...entry, name: `${entry.name}-${serial}` })),
    }))
    await term?.end()
    term = await beginRecurringTerm(nats, clock, own, changes)
    return term
  }

  /** What this test's work has become so far. */
  async function own(): Promise<Task[]> {
    const tasks = (await term?.tasks()) ?? []
    return tasks.filter(({ title }) => title.endsWith(` ${serial}`))
  }
  const due = async () => (await own()).map(({ context }) => context[0]?.replace('By the clock, for ', ''))

  async function passTo(moment: string): Promise<void> {
    clock.pass(Date.parse(moment) - clock.now().getTime())
    await term?.look()
  }

  async function finishAll(): Promise<void> {
    for (const task of await own()) {
      if (!isOver(task)) await finish(task)
    }
  }

  async function finish({ key }: Task): Promise<void> {
    const origin = { id: `cancel-${key}`, trace: 'trace', cause: null }
    await term?.service.command(key, { type: 'cancel', reason: 'enough' }, founder, origin)
  }

  it('is asked for at its time, once, by the house, in the first public room, to be reviewed by the manager', async () => {
    await begin([cto([daily], { rooms: ['board', 'breakroom'] })])
    await passTo('2026-03-02T07:59:59Z')
    expect(await own()).toEqual([])
    await passTo('2026-03-02T08:00:00Z')
    await term?.look()
    const [task, ...more] = await own()
    expect(more).toEqual([])
    expect(task).toMatchObject({
      role: 'cto',
      title: `Stale reviews ${serial}`,
      description: 'Name each review that waits',
      acceptance_criteria: ['The result says all that was asked: Name each review that waits'],
      context: ['By the clock, for 2026-03-02 09:00 Europe/Berlin'],
      verification: [{ kind: 'review', by: null }],
      authority: { requester: 'breakroom', tier: 'none', name: 'the clock', chain: [] },
      place: { room: { name: 'breakroom', visibility: 'public' } },
      status: 'open',
    })
    expect(term?.counted('created')).toBe(1)
  })

  it('that finds its queue full is asked for as soon as there is room', async () => {
    let full = true
    await begin([cto([daily])], {
      service: (service) => ({
        ...service,
        create: (...args) => (full ? Promise.reject(refusal('queue-full', 'no more')) : service.create(...args)),
      }),
    })
    await passTo('2026-03-02T08:00:00Z')
    await passTo('2026-03-02T11:00:00Z')
    expect(await own()).toEqual([])
    full = false
    await passTo('2026-03-02T11:00:15Z')
    await passTo('2026-03-02T11:00:30Z')
    expect(await due()).toEqual(['2026-03-02 09:00 Europe/Berlin'])
  })

  it('has the criterion that the role file gives, and stays private where the role is', async () => {
    await begin([cto([{ ...daily, accept: 'Each review has a name beside it' }], { rooms: ['board'] })])
    await passTo('2026-03-02T08:00:00Z')
    expect(await own()).toMatchObject([
      {
        acceptance_criteria: ['Each review has a name beside it'],
        place: { room: { name: 'board', visibility: 'private' } },
      },
    ])
  })

  it('F51: comes once at each of its times through a year of month ends and clocks that are set', async () => {
    clock = createSetClock('2027-12-31T12:00:00Z')
    const at = (name: string, when: object) => ({ name, brief: 'Do it.', ...when })
    await begin([
      cto([
        at('night', { at: '30 2 * * *' }),
        at('last', { at: '0 9 31 * *' }),
        at('end', { at: '0 9 L * *' }),
        at('leap', { at: '0 9 29 2 *' }),
        at('week', { every: '1w', time_zone: 'America/New_York' }),
      ]),
    ])
    const end = Date.parse('2028-12-31T12:00:00Z')
    while (clock.now().getTime() < end) {
      clock.pass(hour)
      const made = term?.counted('created')
      await term?.look()
      if (made !== term?.counted('created')) await finishAll()
    }
    const times = await due()
    const ofMonth = (days: string[], suffix: string) => days.map((one) => `2028-${one} ${suffix}`)
    const nights = times.filter((time) => time?.includes(' 02:30 ') || time?.includes(' 03:30 '))
    expect(nights).toHaveLength(366)
    expect(new Set(nights.map((time) => time?.slice(0, 10))).size).toBe(366)
    expect(nights.filter((time) => time?.includes('03:30'))).toEqual(ofMonth(['03-26'], '03:30 Europe/Berlin'))
    const atNine = (name: string) =>
      own().then((tasks) =>
        tasks.filter(({ title }) => title === `${name} ${serial}`).map(({ context }) => context[0]?.slice(18, 34)),
      )
    expect(await atNine('Last')).toEqual(
      ofMonth(['01-31', '03-31', '05-31', '07-31', '08-31', '10-31', '12-31'], '09:00'),
    )
    expect(await atNine('End')).toHaveLength(12)
    expect(await atNine('Leap')).toEqual(['2028-02-29 09:00'])
    const weeks = await atNine('Week')
    expect(weeks).toHaveLength(52)
    expect(weeks.every((time) => time?.endsWith('09:00'))).toBe(true)
    expect(term?.counted('skipped')).toBe(0)
  }, 60_000)

  it('begins with its next time when it was never seen, and when it was changed', async () => {
    clock = createSetClock('2026-03-02T12:00:00Z')
    await begin([cto([daily])])
    await passTo('2026-03-03T07:00:00Z')
    expect(await own()).toEqual([])
    await begin([cto([{ ...daily, at: '0 6 * * *' }])])
    expect(await own()).toEqual([])
    await passTo('2026-03-04T05:00:00Z')
    expect(await due()).toEqual(['2026-03-04 06:00 Europe/Berlin'])
    // As it was before; in between its time went by.
    await finishAll()
    await passTo('2026-03-04T09:00:00Z')
    await begin([cto([daily])])
    expect(await due()).toHaveLength(1)
  })

  it('is asked for once after a downtime, for the newest time that was missed', async () => {
    await begin([cto([daily])])
    await term?.end()
    clock.pass(10 * day)
    await begin([cto([daily])])
    expect(await due()).toEqual(['2026-03-11 09:00 Europe/Berlin'])
    await begin([cto([daily])])
    expect(await own()).toHaveLength(1)
  })

  it('is left out while the last time is not over, which is noted on that task once a day', async () => {
    const notes: string[] = []
    await begin([cto([{ ...daily, at: '0 9,21 * * *' }])], {
      service: (service) => ({
        create: service.create,
        command: async (key, command, doer, origin) => {
          if (command.type === 'note') notes.push(origin.id)
          return service.command(key, command, doer, origin)
        },
      }),
    })
    for (let half = 0; half < 8; half++) {
      clock.pass(12 * hour)
      await term?.look()
    }
    const tasks = await own()
    expect(tasks).toHaveLength(1)
    expect(term?.counted('skipped')).toBe(7)
    expect(new Set(notes).size).toBe(4)
    const noted = tasks[0]?.notes ?? []
    expect(noted.length).toBeLessThanOrEqual(4)
    // It stays left out: when it is over, it is the next time that counts.
    await finishAll()
    await term?.look()
    expect(await own()).toHaveLength(1)
    clock.pass(12 * hour)
    await term?.look()
    expect(await own()).toHaveLength(2)
  })

  it('is one when the service was killed after asking for it and before noting that', async () => {
    let stores = true
    const cursors: TermChanges['cursors'] = (kept) => ({
      ...kept,
      put: async (key, value) => {
        if (!stores && !key.startsWith('tasks recurring last')) throw unavailable()
        await kept.put(key, value)
      },
    })
    await begin([cto([daily])], { cursors })
    stores = false
    await passTo('2026-03-02T08:00:00Z')
    expect(await own()).toHaveLength(1)
    await begin([cto([daily])])
    expect(await own()).toHaveLength(1)
    // Also when the next time has come meanwhile, and the first is not over.
    stores = true
    await finishAll()
    await begin([cto([daily])], { cursors })
    stores = false
    await passTo('2026-03-03T08:00:00Z')
    expect(await own()).toHaveLength(2)
    await term?.end()
    clock.pass(day)
    await begin([cto([daily])])
    expect(await due()).toEqual(['2026-03-02 09:00 Europe/Berlin', '2026-03-03 09:00 Europe/Berlin'])
    expect(term?.counted('skipped')).toBe(1)
  })

  it('is asked for when the service was killed before asking', async () => {
    await begin([cto([daily])], {
      service: (service) => ({
        ...service,
        create: async () => {
          throw unavailable()
        },
      }),
    })
    await passTo('2026-03-02T08:00:00Z')
    expect(await own()).toEqual([])
    clock.pass(day)
    await begin([cto([daily])])
    expect(await due()).toEqual(['2026-03-03 09:00 Europe/Berlin'])
  })

  it('waits while the service does not answer, and is asked for when it does, once', async () => {
    let away = true
    await begin([cto([daily])], {
      service: (service) => ({
        ...service,
        async create(...asked) {
          const outcome = await service.create(...asked)
          // Stored, and the answer was lost.
          if (away) throw unavailable()
          return outcome
        },
      }),
    })
    await passTo('2026-03-02T08:00:00Z')
    for (let looks = 0; looks < 5; looks++) await term?.look()
    away = false
    await term?.look()
    await term?.look()
    expect(await due()).toEqual(['2026-03-02 09:00 Europe/Berlin'])
    // It does not stand in its own way.
    expect(term?.counted('skipped')).toBe(0)
  })

  it('F14: waits while the bus is away', async () => {
    await begin([cto([daily])])
    await nats.kill()
    clock.pass(30 * minute)
    await term?.look()
    await nats.start()
    await until('the work was asked for', async () => {
      await term?.look()
      return term?.counted('created') === 1
    })
    expect(await due()).toEqual(['2026-03-02 09:00 Europe/Berlin'])
  })

  it('is passed over for roles that take no tasks', async () => {
    const watch = roleSchema.shape.recurring.parse([{ name: 'walk', every: '5m', brief: 'Walk.' }])
    await begin([{ ...named('sweep'), recurring: watch }, cto([daily])])
    await passTo('2026-03-02T09:00:00Z')
    expect((await own()).map(({ role }) => role)).toEqual(['cto'])
  })

  describe('and its timers', () => {
    function timersThat(set: (timers: readonly Timer[]) => Promise<void>): TermChanges {
      return { timers: { set } }
    }

    it('rings at its moment, without waiting for the next look, and for the next time after that', async () => {
      const timers = createMemoryTimers({ clock })
      const stop = new AbortController()
      try {
        await begin([cto([daily])], { timers })
        const pending = await timers.pending()
        expect([...pending]).toEqual([`recurring:cto/stale-reviews-${serial}`])
        expect([...pending].every(isScheduleTimer)).toBe(true)
        timers.ring((id) => term?.schedules.ring(id) ?? Promise.resolve(null), stop.signal)
        clock.pass(30 * minute)
        await until('it rang', () => term?.counted('created') === 1)
        await finishAll()
        clock.pass(day)
        await until('it rang for the next day', () => term?.counted('created') === 2)
      } finally {
        stop.abort()
        await timers.close()
      }
    })

    it('F29: are set again within a minute when they were flushed; nothing comes twice', async () => {
      const timers = createMemoryTimers({ clock })
      try {
        await begin([cto([daily])], { timers })
        const all = [...(await timers.pending())]
        await timers.remove(all)
        for (let looks = 0; looks < 4; looks++) {
          clock.pass(15_000)
          await term?.look()
        }
        expect([...(await timers.pending())]).toEqual(all)
        await passTo('2026-03-02T08:00:00Z')
        // A timer that rings for what is done, and one that is nobody's.
        const again = await term?.schedules.ring(all[0] ?? '')
        expect(again?.toISOString()).toBe('2026-03-03T08:00:00.000Z')
        expect(await term?.schedules.ring('recurring:cto/gone')).toBeNull()
        expect(await own()).toHaveLength(1)
      } finally {
        await timers.close()
      }
    })

    it('F30: are not needed: while Redis is away it looks by itself', async () => {
      await begin(
        [cto([daily])],
        timersThat(() => Promise.reject(unavailable())),
      )
      await passTo('2026-03-02T08:00:10Z')
      expect(await due()).toEqual(['2026-03-02 09:00 Europe/Berlin'])
    })

    it('are not waited for: a Redis that hangs holds nothing up', async () => {
      let answer = () => {}
      const hangs = new Promise<void>((resolve) => {
        answer = resolve
      })
      await begin(
        [cto([daily])],
        timersThat(() => hangs),
      )
      await passTo('2026-03-02T08:00:10Z')
      expect(await own()).toHaveLength(1)
      answer()
    })

    it('that ring too early are told when to ring again, and never with a moment that is past', async () => {
      await begin([cto([daily])])
      const id = `recurring:cto/stale-reviews-${serial}`
      expect((await term?.schedules.ring(id))?.toISOString()).toBe('2026-03-02T08:00:00.000Z')
      clock.pass(30 * minute - 5)
      expect((await term?.schedules.ring(id))?.getTime()).toBe(clock.now().getTime() + 1_000)
      expect(await own()).toEqual([])
    })
  })

  describe('F50: when the clock is set', () => {
    const look = async (ms: number) => {
      for (let passed = 0; passed < ms; passed += 15_000) {
        clock.pass(15_000)
        await term?.look()
      }
    }

    it('an hour ahead and back, nothing is early, and nothing comes twice', async () => {
      await begin([cto([daily])])
      clock.set(hour)
      await look(20 * minute)
      expect(await own()).toEqual([])
      clock.set(-hour)
      await look(9 * minute)
      expect(await own()).toEqual([])
      await look(minute)
      expect(await due()).toEqual(['2026-03-02 09:00 Europe/Berlin'])
      await finishAll()
      clock.set(hour)
      await look(5 * minute)
      clock.set(-hour)
      await look(day - 6 * minute)
      expect(await own()).toHaveLength(1)
    })

    it('an hour ahead for good, it is not early by the time that passed, and then goes by the new clock', async () => {
      await begin([cto([daily])])
      clock.set(hour)
      await look(29 * minute)
      expect(await own()).toEqual([])
      await look(minute)
      expect(await due()).toEqual(['2026-03-02 09:00 Europe/Berlin'])
      await finishAll()
      await look(day - hour)
      expect(await due()).toEqual(['2026-03-02 09:00 Europe/Berlin', '2026-03-03 09:00 Europe/Berlin'])
    })

    it('an hour back and ahead, it is not early by what the clock shows, and is caught up with', async () => {
      await begin([cto([daily])])
      clock.set(-hour)
      await look(40 * minute)
      expect(await own()).toEqual([])
      clock.set(hour)
      await term?.look()
      expect(await due()).toEqual(['2026-03-02 09:00 Europe/Berlin'])
    })

    it('back over a time that was done, that time is not done again', async () => {
      await begin([cto([daily])])
      await passTo('2026-03-02T08:00:05Z')
      await finishAll()
      clock.set(-hour)
      await look(3 * hour)
      expect(await own()).toHaveLength(1)
      expect(term?.counted('created')).toBe(1)
    })

    it('from years ahead to now, it does not stand still until then', async () => {
      clock = createSetClock('2037-01-01T00:00:00Z')
      await begin([cto([daily])])
      await term?.end()
      clock = createSetClock('2026-03-02T07:30:00Z')
      await begin([cto([daily])])
      await passTo('2026-03-02T08:00:00Z')
      expect(await due()).toEqual(['2026-03-02 09:00 Europe/Berlin'])
    })

    it('after a long sleep, the newest time comes within an hour', async () => {
      clock = createSetClock('2026-03-02T10:00:00Z')
      await begin([cto([daily])])
      clock.set(3 * day - hour)
      await look(hour + 15_000)
      expect(await due()).toEqual(['2026-03-05 09:00 Europe/Berlin'])
    })
  })
})
