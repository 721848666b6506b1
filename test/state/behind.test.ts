import { beforeEach, describe, expect, test } from 'vitest'
import { BreakroomError } from '../../core/errors.ts'
import type { TaskChange } from '../../ports/store.ts'
import { until } from '../support/process.ts'
import { dayRecord, knowledgeRecord, startRecord, taskChange } from '../support/state.ts'
import { createVirtualClock, realClock, type VirtualClock } from '../support/virtual-clock.ts'
import {
  type BehindHouse,
  behindHouse,
  mishaps,
  owesNothing,
  pass,
  passUntil,
  seeEqual,
  type ToldStore,
  toldStore,
} from './behind-house.ts'

// The store behind is a second SQLite file that can be told to fail; how the real one behaves is seen in behind.int.test.ts.

const minute = 60_000
let clock: VirtualClock
let house: BehindHouse
let store: ToldStore

beforeEach(() => {
  clock = createVirtualClock()
  house = behindHouse(clock)
  store = toldStore(house.open('behind').store)
  return () => house[Symbol.asyncDispose]()
})

const arrived = () => passUntil(clock, 'nothing is owed', () => owesNothing(house.file))
const keep = (...tasks: TaskChange[]) => house.file.keep({ tasks })
const keeps = () => store.calls.filter(({ call }) => call === 'keepTasks')
const looks = () => store.calls.filter(({ call }) => call === 'owner').length
const tasks = (from: number, to: number, version = 1) =>
  Array.from({ length: to - from + 1 }, (_, index) => taskChange(from + index, version))

describe('what the file owes', { timeout: 90_000 }, () => {
  test('arrives: tasks with their commits, knowledge, configurations and figures', async () => {
    await house.file.keep({
      tasks: [taskChange(1, 3), taskChange(2)],
      records: {
        knowledge: [knowledgeRecord('decision-1')],
        configuration: [startRecord('start-1')],
        metrics: [dayRecord('cto', '2026-01-05')],
      },
    })
    const behind = house.begin(store)
    await arrived()
    await seeEqual(house.file.store, store)
    expect(behind.troubles()).toEqual([])
    expect(await behind.report()).toEqual({
      title: 'Firestore, project x',
      connected: true,
      waiting: 0,
      since: null,
      aside: [],
      trouble: null,
    })
    expect(house.noticed.count('breakroom_state_kept_total', 'tasks')).toBe(2)
  })

  test('arrives soon after it was kept, however long nothing came', async () => {
    house.begin(store)
    await pass(clock, 5 * minute)
    await keep(taskChange(1))
    await clock.advance(200)
    expect(await store.task('task-1')).not.toBeNull()
  })

  test('arrives in order for each task, never twice at once, while others go side by side', async () => {
    const underway = new Set<string>()
    let most = 0
    const seen = new Map<string, number>()
    store.mishap = async (call, given) => {
      if (call !== 'keepTasks') return null
      const changes = given as TaskChange[]
      for (const { task, commits } of changes) {
        expect(underway, `${task.label} is on its way already`).not.toContain(task.key)
        expect(commits[0]?.commit.version).toBe((seen.get(task.key) ?? 0) + 1)
        underway.add(task.key)
      }
      most = Math.max(most, underway.size)
      await clock.sleep(1 + (given.length % 7) * 100)
      for (const { task } of changes) {
        underway.delete(task.key)
        seen.set(task.key, task.version)
      }
      return null
    }
    house.begin(store)
    for (let version = 1; version <= 12; version++) {
      for (let number = 1; number <= 60; number++) await keep(taskChange(number, version, { from: version }))
      await clock.advance(130)
    }
    await arrived()
    expect(most).toBeGreaterThan(20)
    await seeEqual(house.file.store, store)
  })

  test('is read by pages and written by small groups, however much it is', async () => {
    for (let from = 1; from <= 20_000; from += 1_000) await house.file.keep({ tasks: tasks(from, from + 999) })
    let read = 0
    let atOnce = 0
    let most = 0
    const { pending } = house.file
    const counting = {
      ...pending,
      async tasks(limit: number) {
        const page = await pending.tasks(limit)
        read = Math.max(read, page.length)
        return page
      },
    }
    store.mishap = async (call, given) => {
      if (call !== 'keepTasks') return null
      atOnce += given.length
      most = Math.max(most, atOnce)
      await clock.sleep(1)
      atOnce -= given.length
      return null
    }
    house.begin(store, { file: { ...house.file, pending: counting } })
    await until(
      'all of them have arrived',
      async () => {
        await clock.advance(5)
        return owesNothing(house.file)
      },
      80_000,
    )
    expect(read).toBeLessThanOrEqual(300)
    expect(most).toBeLessThanOrEqual(200)
    expect((await pending.waiting()).tasks).toBe(0)
    expect(house.noticed.count('breakroom_state_kept_total', 'tasks')).toBe(20_000)
  })

  test('is written again when a kill came between the write and its note, and both are equal', async () => {
    await keep(...tasks(1, 5, 3))
    const { pending } = house.file
    const killed = { ...pending, sent: () => Promise.reject(new BreakroomError('closed', 'Killed.')) }
    const first = house.begin(store, { file: { ...house.file, pending: killed } })
    await passUntil(clock, 'the store has it', () => store.task('task-5'))
    await first.ended
    expect((await pending.waiting()).tasks).toBe(5)
    house.begin(store)
    await arrived()
    expect(keeps().length).toBeGreaterThan(1)
    await seeEqual(house.file.store, store)
  })

  test('arrives the same when two write it, one of which has lost the lead', async () => {
    house.begin(store)
    house.begin(store)
    for (let version = 1; version <= 10; version++) {
      for (let number = 1; number <= 20; number++) await keep(taskChange(number, version, { from: version }))
      await clock.advance(70)
    }
    await arrived()
    await seeEqual(house.file.store, store)
  })
})

describe('figures', { timeout: 90_000 }, () => {
  const figures = () => store.calls.filter(({ call }) => call === 'metrics').length
  const keepDay = (revision: number) =>
    house.file.keep({ records: { metrics: [dayRecord('cto', '2026-01-05', revision)] } })

  test('go every ten minutes and no more often, while everything else goes at once', async () => {
    house.begin(store)
    for (let turn = 1; turn <= 180; turn++) {
      await keepDay(turn)
      if (turn % 30 === 0) await keep(taskChange(turn))
      await clock.advance(10_000)
    }
    expect(figures()).toBeLessThanOrEqual(4)
    expect(figures()).toBeGreaterThanOrEqual(3)
    expect(house.noticed.count('breakroom_state_kept_total', 'tasks')).toBe(6)
  })

  test('go at once when somebody waits for all of it', async () => {
    const behind = house.begin(store)
    await keepDay(1)
    await arrived()
    await keepDay(2)
    await keep(taskChange(1))
    await pass(clock, 3_000)
    expect(await owesNothing(house.file)).toBe(false)
    let over = false
    const flushed = behind.flush().then(() => {
      over = true
    })
    await passUntil(clock, 'it is all there', () => over)
    await flushed
    await seeEqual(house.file.store, store)
  })

  test('that wait for their time are no trouble and no lag', async () => {
    const behind = house.begin(store)
    await keepDay(1)
    await arrived()
    await keepDay(2)
    await pass(clock, 5 * minute)
    expect(await behind.report()).toMatchObject({ waiting: 0, since: null, trouble: null })
    const go = behind.pause()
    await keep(taskChange(1))
    await clock.advance(2_000)
    expect(behind.troubles()).toEqual([])
    expect(await behind.report()).toMatchObject({ waiting: 1 })
    expect(house.noticed.gauge('breakroom_state_lag_seconds')).toBeLessThanOrEqual(2)
    expect(house.noticed.gauge('breakroom_state_pending', 'metrics')).toBe(1)
    go()
  })
})

describe('while the store is away', () => {
  test('each write is tried a few times, then one thing at a time with growing pauses; it is said once, and healed once', async () => {
    const behind = house.begin(store)
    await keep(taskChange(1))
    await arrived()
    let atOnce = 0
    let most = 0
    store.mishap = async () => {
      atOnce += 1
      most = Math.max(most, atOnce)
      await clock.sleep(10)
      atOnce -= 1
      return mishaps.away()
    }
    await keep(taskChange(2))
    await passUntil(clock, 'it is said', () => behind.troubles().length > 0)
    expect(keeps().length).toBe(1 + 5)
    expect(house.noticed.count('breakroom_retries_total', 'state')).toBe(4)

    await keep(...tasks(3, 120))
    store.calls.length = 0
    most = 0
    await pass(clock, 3 * minute)
    expect(behind.troubles()).toEqual(['Firestore, project x has been away for 3 min; 119 changes wait'])
    await pass(clock, 12 * minute)
    expect(behind.troubles()).toEqual(['Firestore, project x has been away for 15 min; 119 changes wait'])
    expect(house.noticed.gauge('breakroom_state_pending', 'tasks')).toBe(119)
    expect(house.noticed.gauge('breakroom_state_lag_seconds')).toBeGreaterThan(14 * 60)
    expect(most).toBe(1)
    expect(store.calls.length).toBeGreaterThan(25)
    expect(store.calls.length).toBeLessThan(100)
    expect(await behind.report()).toMatchObject({ connected: false, waiting: 119 })

    store.mishap = () => null
    await arrived()
    expect(await behind.report()).toMatchObject({ connected: true, waiting: 0, trouble: null })
    await clock.advance(1_000)
    expect(behind.troubles()).toEqual([])
    expect(house.noticed.gauge('breakroom_state_lag_seconds')).toBe(0)
    await seeEqual(house.file.store, store)
    expect(house.noticed.lines.filter((line) => line.includes('cannot be written'))).toHaveLength(1)
    expect(house.noticed.lines.filter((line) => line.includes('written again'))).toHaveLength(1)
  })

  test('that it can be read again is not believed before it takes something', async () => {
    store.mishap = (call) => (call === 'keepTasks' ? mishaps.busy() : null)
    await keep(...tasks(1, 200))
    const behind = house.begin(store)
    await pass(clock, 5 * minute)
    expect(behind.troubles()).toEqual([
      'Firestore, project x has taken nothing for 5 min (Firestore: its quota is spent); 200 changes wait',
    ])
    expect(keeps().length).toBeLessThan(100)
    store.mishap = () => null
    await arrived()
    expect(house.noticed.lines.filter((line) => line.includes('written again'))).toHaveLength(1)
  })

  test('a write that fails a few times costs nothing but the tries', async () => {
    let failures = 4
    store.mishap = (call) => (call === 'keepTasks' && failures-- > 0 ? mishaps.away() : null)
    await keep(taskChange(1))
    const behind = house.begin(store)
    await arrived()
    expect(behind.troubles()).toEqual([])
    expect(house.noticed.count('breakroom_retries_total', 'state')).toBe(4)
    expect(house.noticed.lines.filter((line) => line.includes('cannot be written'))).toEqual([])
  })

  test('a write that never ends counts as away', async () => {
    store.mishap = (call) => (call === 'keepTasks' ? 'hangs' : null)
    await keep(...tasks(1, 3))
    const behind = house.begin(store)
    await pass(clock, 30_000)
    expect(behind.troubles()).toEqual([expect.stringMatching(/has been away for \d+ s; 3 changes wait$/)])
    store.mishap = () => null
    await arrived()
    await seeEqual(house.file.store, store)
  })

  test('an error that nobody thought of is no reason to leave anything out', async () => {
    store.mishap = (call) => (call === 'keepTasks' ? new TypeError('x is undefined') : null)
    await keep(...tasks(1, 3))
    const behind = house.begin(store)
    await pass(clock, minute)
    expect(behind.troubles()).toHaveLength(1)
    store.mishap = () => null
    await arrived()
    await seeEqual(house.file.store, store)
  })
})

describe('a store that does not let us in', () => {
  test('is left alone for a minute at a time, and says how to mend it', async () => {
    store.mishap = (call) => (call === 'keepTasks' ? mishaps.denied() : null)
    await keep(taskChange(1))
    const behind = house.begin(store)
    await pass(clock, 10 * minute)
    expect(keeps().length).toBeGreaterThanOrEqual(9)
    expect(keeps().length).toBeLessThanOrEqual(11)
    expect(house.noticed.count('breakroom_retries_total', 'state')).toBe(0)
    expect(behind.troubles()).toEqual([
      'Firestore, project x, does not let us in: give its account the role roles/datastore.user; it is tried again every minute; 1 change waits',
    ])
    store.mishap = () => null
    await pass(clock, minute)
    expect(await owesNothing(house.file)).toBe(true)
    expect(behind.troubles()).toEqual([])
  })
})

describe('one thing that the store will never take', () => {
  const refuse = (...labels: string[]) => {
    store.mishap = (call, given) => {
      const found = call === 'keepTasks' && (given as TaskChange[]).find(({ task }) => labels.includes(task.label))
      return found ? mishaps.refused(`it has 1.2 MB, as ${found.task.title} says`) : null
    }
  }

  test('is set aside with its reason, and the other 99 arrive', async () => {
    refuse('t-38')
    await keep(...tasks(1, 100, 2))
    const behind = house.begin(store)
    await arrived()
    expect(await behind.report()).toMatchObject({
      connected: true,
      waiting: 0,
      aside: ['t-38: it has 1.2 MB, as Task number 38 says'],
    })
    expect(behind.troubles()).toEqual([
      'Firestore, project x does not take t-38: it has 1.2 MB, as Task number 38 says',
    ])
    expect(house.noticed.count('breakroom_state_kept_total', 'tasks')).toBe(99)
    expect(house.noticed.count('breakroom_state_aside_total', 'tasks')).toBe(1)
    expect(house.noticed.lines).toContain('state: set aside, as the store behind will never take it')
    for (const number of [1, 37, 39, 100]) expect((await store.task(`task-${number}`))?.version).toBe(2)
    expect(await store.task('task-38')).toBeNull()
  })

  test('is tried again when it has changed, with all that it owes', async () => {
    refuse('t-1')
    await keep(taskChange(1, 2))
    const behind = house.begin(store)
    await passUntil(clock, 'it is set aside', () => behind.troubles().length > 0)
    store.mishap = () => null
    await keep(taskChange(1, 3, { from: 3 }))
    await arrived()
    await clock.advance(1_000)
    expect(behind.troubles()).toEqual([])
    await seeEqual(house.file.store, store)
  })

  test('is found when there are several of them', async () => {
    refuse('t-1', 't-20', 't-100')
    await keep(...tasks(1, 100))
    const behind = house.begin(store)
    await arrived()
    expect((await behind.report()).aside).toHaveLength(3)
    expect(behind.troubles()).toEqual([
      expect.stringMatching(/^Firestore, project x does not take t-1: .* \(and 2 more\)$/),
    ])
    expect(house.noticed.count('breakroom_state_kept_total', 'tasks')).toBe(97)
  })

  test('may be a record, or one that the store has and cannot read', async () => {
    const bad = { knowledge: mishaps.refused('it is too long'), metrics: mishaps.unreadable() }
    store.mishap = (call, given) => {
      const wrong = bad[call as keyof typeof bad]
      const records = wrong === undefined ? [] : (given as { id: string }[])
      return records.some(({ id }) => id === 'decision-2' || id === '2026-01-05.cto') ? (wrong ?? null) : null
    }
    await house.file.keep({
      records: {
        knowledge: [knowledgeRecord('decision-1'), knowledgeRecord('decision-2'), knowledgeRecord('decision-3')],
        metrics: [dayRecord('cto', '2026-01-05'), dayRecord('ceo', '2026-01-05')],
      },
    })
    const behind = house.begin(store)
    await arrived()
    expect((await behind.report()).aside).toHaveLength(2)
    expect(await store.knowledge.get('decision-3')).not.toBeNull()
    expect(await store.knowledge.get('decision-2')).toBeNull()
    expect(await store.metrics.get('2026-01-05.ceo')).not.toBeNull()
  })
})

describe('whose the store is', () => {
  test("a store that is nobody's becomes ours, with everything in it, also what another store has had", async () => {
    await keep(...tasks(1, 3))
    const first = house.begin(store)
    await arrived()
    await first.stop()
    const empty = toldStore(house.open('fresh').store, 'Firestore, project y')
    house.begin(empty)
    await passUntil(clock, 'it has everything', () => empty.task('task-3'))
    await arrived()
    expect(empty.fleet).toBe(house.file.fleet)
    await seeEqual(house.file.store, empty)
  })

  test('a store that was emptied is filled again', async () => {
    await keep(...tasks(1, 3))
    house.begin(store)
    await arrived()
    const empty = house.open('emptied').store
    Object.assign(store, { keepTasks: empty.keepTasks, task: empty.task, fleet: null })
    await keep(taskChange(4))
    await pass(clock, 2 * minute)
    await keep(taskChange(5))
    await arrived()
    for (const number of [1, 2, 3, 4, 5]) expect(await empty.task(`task-${number}`), `t-${number}`).not.toBeNull()
  })

  test("another fleet's is never written, however long that lasts", async () => {
    store.fleet = 'fleet-of-others'
    await house.file.keep({ tasks: tasks(1, 3), records: { knowledge: [knowledgeRecord('decision-1')] } })
    const behind = house.begin(store)
    await pass(clock, 10 * minute)
    expect(new Set(store.calls.map(({ call }) => call))).toEqual(new Set(['owner']))
    expect(looks()).toBeGreaterThanOrEqual(9)
    expect(looks()).toBeLessThanOrEqual(11)
    expect(behind.troubles()).toEqual([
      'Firestore, project x belongs to another fleet; "breakroom state import firestore" takes it over with what is in it; 4 changes wait',
    ])
    store.fleet = house.file.fleet
    await pass(clock, minute)
    expect(await owesNothing(house.file)).toBe(true)
    expect(behind.troubles()).toEqual([])
  })

  test('when another fleet takes it over, no more is written a quarter of a minute later', async () => {
    const behind = house.begin(store)
    await keep(taskChange(1))
    await arrived()
    store.fleet = 'fleet-of-others'
    await pass(clock, 15_000)
    store.calls.length = 0
    await keep(taskChange(2))
    await pass(clock, 2 * minute)
    expect(keeps()).toEqual([])
    expect(behind.troubles()).toEqual([expect.stringContaining('belongs to another fleet')])
  })

  test('when another fleet takes it over while this machine sleeps, no more is written after it', async () => {
    let slept = 0
    const behind = house.begin(store, { clock: { ...clock, now: () => new Date(clock.now().getTime() + slept) } })
    await keep(taskChange(1))
    await arrived()
    store.fleet = 'fleet-of-others'
    // The monotonic clock stood still meanwhile.
    slept = 60 * minute
    store.calls.length = 0
    await keep(taskChange(2))
    await pass(clock, minute)
    expect(keeps()).toEqual([])
    expect(behind.troubles()).toEqual([expect.stringContaining('belongs to another fleet')])
  })

  test('a try that comes again when another fleet has taken it over writes nothing', async () => {
    const behind = house.begin(store)
    await keep(taskChange(1))
    await arrived()
    store.mishap = async (call) => {
      if (call !== 'keepTasks' || store.fleet === 'fleet-of-others') return null
      store.fleet = 'fleet-of-others'
      await clock.sleep(15_000, new AbortController().signal)
      return mishaps.away()
    }
    await keep(taskChange(2))
    await pass(clock, minute)
    expect(await store.task('task-2')).toBeNull()
    expect(behind.troubles()).toEqual([expect.stringContaining('belongs to another fleet')])
  })

  test('whoever is quicker to make it theirs has it', async () => {
    store.mishap = (call) => {
      if (call === 'own') store.fleet = 'fleet-of-others'
      return null
    }
    await keep(taskChange(1))
    const behind = house.begin(store)
    await pass(clock, 2_000)
    expect(behind.troubles()).toEqual([expect.stringContaining('belongs to another fleet')])
    expect(keeps()).toEqual([])
  })

  test('a store that does not say whose it is is said, and not written; nothing is set aside for it', async () => {
    const behind = house.begin(store)
    await keep(taskChange(1))
    await arrived()
    store.mishap = (call) => (call === 'owner' ? mishaps.unreadable() : null)
    await pass(clock, minute)
    store.calls.length = 0
    await keep(taskChange(2))
    await pass(clock, 3 * minute)
    expect(looks()).toBeLessThanOrEqual(4)
    expect(keeps()).toEqual([])
    expect((await behind.report()).aside).toEqual([])
    expect(behind.troubles()).toEqual([
      'Firestore, project x: The root is damaged; it is tried again every minute; 1 change waits',
    ])
  })

  test('a store that a newer Breakroom has taken over is left as it is', async () => {
    store.mishap = () =>
      mishaps.refused('Firestore, project x: a newer Breakroom keeps its memory there. Update this one.')
    await keep(taskChange(1))
    const behind = house.begin(store)
    await pass(clock, 3 * minute)
    expect(looks()).toBeLessThanOrEqual(4)
    expect(keeps()).toEqual([])
    expect(behind.troubles()).toEqual([
      expect.stringMatching(/Update this one; it is tried again every minute; 1 change waits$/),
    ])
  })

  test('nothing is asked of it while nothing changes', async () => {
    house.begin(store)
    await pass(clock, 10 * minute)
    expect(store.calls.map(({ call }) => call)).toEqual(['owner', 'own'])
  })
})

describe('whoever waits until all has arrived', () => {
  const outcome = async (flushed: Promise<void>) => {
    let ended: string | null = null
    flushed.then(
      () => {
        ended = 'all'
      },
      (error) => {
        ended = `${error.code}: ${error.message}`
      },
    )
    return passUntil(clock, 'it is over', () => ended, 1_000)
  }

  test('is told at once that the store is away', async () => {
    store.mishap = () => mishaps.away()
    await keep(taskChange(1))
    const behind = house.begin(store)
    await pass(clock, 5 * minute)
    const before = clock.now().getTime()
    expect(await outcome(behind.flush())).toBe(
      'unavailable: Not everything has arrived: Firestore, project x has been away for 5 min; 1 left.',
    )
    expect(clock.now().getTime() - before).toBeLessThan(5_000)
  })

  test('has it when the store has just come back', async () => {
    store.mishap = () => mishaps.away()
    await keep(taskChange(1))
    const behind = house.begin(store)
    await pass(clock, 5 * minute)
    store.mishap = () => null
    expect(await outcome(behind.flush())).toBe('all')
    await seeEqual(house.file.store, store)
  })

  test('is told when an import is under way, when nobody waits any more, and when nothing is written any more', async () => {
    await keep(taskChange(1))
    const behind = house.begin(store)
    const go = behind.pause()
    expect(await outcome(behind.flush())).toMatch(/^unavailable: .*an import is under way; 1 left\.$/)
    go()
    expect(await outcome(behind.flush())).toBe('all')
    store.mishap = () => 'hangs'
    await keep(taskChange(2))
    expect(await outcome(behind.flush(AbortSignal.abort()))).toMatch(/^unavailable: .*nobody waited for it/)
    await behind.stop()
    expect(await outcome(behind.flush())).toMatch(/^unavailable: .*not written any more/)
  })
})

describe('an import', () => {
  test('has the store for itself until it is over, whatever is kept meanwhile', async () => {
    const behind = house.begin(store)
    await keep(taskChange(1))
    await arrived()
    const [one, other] = [behind.pause(), behind.pause()]
    store.calls.length = 0
    await keep(taskChange(2))
    await pass(clock, 5 * minute)
    one()
    one()
    await pass(clock, minute)
    expect(store.calls).toEqual([])
    other()
    await arrived()
    await seeEqual(house.file.store, store)
  })
})

describe('the end', () => {
  test('comes at once, also in a write that never ends', async () => {
    store.mishap = (call) => (call === 'keepTasks' ? 'hangs' : null)
    await keep(...tasks(1, 50))
    const behind = house.begin(store, { clock: realClock, sleep: realClock.sleep })
    await until('writes are under way', () => keeps().length >= 3)
    const began = performance.now()
    await behind.stop()
    expect(performance.now() - began).toBeLessThan(5_000)
  })

  test('comes when the store is closed under it', async () => {
    const behind = house.begin(store)
    await keep(taskChange(1))
    await arrived()
    await store.close()
    await keep(taskChange(2))
    await passUntil(clock, 'it has ended', async () => (await Promise.race([behind.ended, null])) !== null)
  })

  test('nothing of the file is asked for after it', async () => {
    const behind = house.begin(store)
    await clock.advance(1_000)
    await behind.stop()
    await house.file.close()
    await clock.advance(10_000)
    expect(house.noticed.lines.filter((line) => line.includes('cannot be looked up'))).toEqual([])
  })
})

describe('a file that cannot be read', () => {
  test('is told from a store that is away', async () => {
    const { pending } = house.file
    let broken = true
    const tasksOf = (most: number) => (broken ? Promise.reject(new Error('disk I/O error')) : pending.tasks(most))
    await keep(taskChange(1))
    const behind = house.begin(store, { file: { ...house.file, pending: { ...pending, tasks: tasksOf } } })
    await pass(clock, minute)
    expect(behind.troubles()).toEqual([
      'what Firestore, project x has not got yet cannot be looked up (disk I/O error); 1 change waits',
    ])
    broken = false
    await arrived()
    await clock.advance(1_000)
    expect(behind.troubles()).toEqual([])
  })
})
