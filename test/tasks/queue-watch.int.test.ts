import { randomUUID } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createMemoryTaskStorage } from '../../adapters/memory/task-store.ts'
import { loadFleet } from '../../adapters/yaml/load-fleet.ts'
import { traceOf } from '../../core/envelope.ts'
import { orgSubjects } from '../../core/subject.ts'
import { doorbellEnvelope } from '../../core/task/doorbell.ts'
import { taskWorld } from '../../core/task/world.ts'
import type { Metrics } from '../../ports/metrics.ts'
import type { WorkCounts } from '../../ports/work-counts.ts'
import { openBook } from '../../tasks/book.ts'
import { ringAgain } from '../../tasks/effects/ring-again.ts'
import { createQueueWatch } from '../../tasks/queue-watch.ts'
import { type NatsServer, startProvisionedNats } from '../support/nats.ts'
import { cloneFolder, until } from '../support/process.ts'
import { quietLog } from '../support/quiet.ts'
import { readStream } from '../support/task-record.ts'
import { taskRoles } from '../support/task-service.ts'
import { taskAt } from '../support/tasks.ts'
import { createVirtualClock } from '../support/virtual-clock.ts'

const org = 'breakroom'
const subjects = orgSubjects(org)
const hour = 3_600_000

let nats: NatsServer
let ending: AbortController
/** What was said in the home room. */
let said: { id: string; text: string }[]
let gauges: Map<string, number>
const metrics: Metrics = {
  count() {},
  gauge: (name, value, labels = {}) => void gauges.set(`${name} ${labels.role} ${labels.queue}`, value),
}

beforeEach(async () => {
  nats = await startProvisionedNats({ roles: taskRoles })
  ending = new AbortController()
  said = []
  gauges = new Map()
})
afterEach(async () => {
  ending.abort()
  await nats[Symbol.asyncDispose]()
})

/** Watches; `look` resolves when the queues were looked at twice more, from beginning to end. */
function watch({
  clock = createVirtualClock(new Date()),
  ring = async (_: (role: string) => number) => {},
  fails = (): boolean => false,
} = {}) {
  let looks = 0
  const counts = nats.as({ kind: 'tasks' }).workCounts(org, taskRoles)
  const counted: WorkCounts = {
    ...counts,
    async count() {
      looks++
      return counts.count()
    },
  }
  createQueueWatch({
    counts: counted,
    ring,
    onCounted: async () => {},
    say: async (id, text) => {
      if (fails()) throw new Error('the bus is away')
      said.push({ id, text })
    },
    metrics,
    clock,
    log: quietLog,
    everyMs: 10,
    signal: ending.signal,
  })
  return {
    clock,
    async look() {
      const before = looks
      // The third begins when the second has ended.
      await until('it has looked twice', () => looks >= before + 3)
    },
  }
}

/** Lets so many doorbells ring at a role, or messages wait for it. */
async function wait(role: string, queue: 'tasks' | 'inbox', many: number): Promise<void> {
  const { bus } = nats.as({ kind: 'admin' })
  await Promise.all(
    Array.from({ length: many }, () => {
      const id = randomUUID()
      return bus.publish(subjects[queue](role), {
        ...doorbellEnvelope(taskAt(1, 1), 'work', new Date().toISOString()),
        id,
        trace: traceOf(id),
      })
    }),
  )
}

/** Takes so many out of a queue, and one more, which stays in hand. */
async function take(role: string, queue: 'tasks' | 'inbox', many: number): Promise<void> {
  let left = many
  for await (const item of nats.as({ kind: 'role', role }).bus.take(role, ending.signal, queue)) {
    if (left-- === 0) return
    await item.ack()
  }
}

const lag = (role: string, queue: string) => gauges.get(`breakroom_consumer_lag ${role} ${queue}`)

describe('F55: the queues of all roles', () => {
  it('are counted, with what is in hand, each under its role and queue', async () => {
    await wait('cto', 'tasks', 4)
    await wait('ceo', 'inbox', 3)
    await take('cto', 'tasks', 1)
    const { look } = watch()
    await look()
    // One of the three that are left is in hand.
    expect([lag('cto', 'tasks'), lag('cto', 'inbox'), lag('ceo', 'inbox'), lag('breakroom', 'inbox')]).toEqual([
      3, 0, 3, 0,
    ])
    expect(gauges.size).toBe(2 * taskRoles.length + 1)
    expect(said).toEqual([])
  })

  it('are spoken of in one line when they are behind, once, and again when they had caught up', async () => {
    await wait('cto', 'tasks', 8)
    await wait('ceo', 'inbox', 6)
    await wait('devops', 'tasks', 5)
    const clock = createVirtualClock(new Date('2026-11-21T12:04:10Z'))
    const { look } = watch({ clock })
    await look()
    await look()
    expect(said.map(({ text }) => text)).toEqual([
      'Behind with their work: cto (8 doorbells, since 12:04 UTC) and ceo (6 messages, since 12:04 UTC). Nothing is lost; it takes longer.',
    ])
    // Below the mark, and above it again, without having caught up.
    await take('cto', 'tasks', 4)
    await look()
    await wait('cto', 'tasks', 4)
    await look()
    expect(said).toHaveLength(1)
    await take('ceo', 'inbox', 5)
    await look()
    await clock.advance(hour / 2)
    await wait('ceo', 'inbox', 9)
    await until('it is said again', () => said.length === 2)
    expect(said[1]?.text).toContain('ceo (10 messages, since 12:34 UTC).')
    expect(said[1]?.id).not.toBe(said[0]?.id)
  })

  it('are looked at again when it could not be said', async () => {
    let fails = true
    await wait('cto', 'tasks', 6)
    const { look } = watch({ fails: () => fails })
    await look()
    expect(said).toEqual([])
    fails = false
    await until('it is said', () => said.length === 1)
    await look()
    expect(said).toHaveLength(1)
  })
})

describe('F25: a doorbell that waits for days', () => {
  it('does not age out; it is said once when it has waited for 80 % of 72 hours, and whose it may be', async () => {
    await wait('cto', 'tasks', 1)
    await wait('devops', 'inbox', 1)
    // The first of these is done, so none before it can be there.
    await wait('ceo', 'inbox', 2)
    await take('ceo', 'inbox', 1)
    const { clock, look } = watch()
    await clock.advance(57 * hour)
    await look()
    expect(said).toEqual([])
    await clock.advance(hour)
    await look()
    await look()
    expect(said.map(({ text }) => text)).toEqual([
      'Something for devops or cto has waited for 58 hours, and nobody took it.',
    ])
    expect((await readStream(nats, 'WORK')).length).toBe(3)
  })

  it('rings again every hour for every open task of a program, as often as doorbells are missing', async () => {
    const book = await openBook(await createMemoryTaskStorage().open())
    const { fleet, roles } = loadFleet(cloneFolder)
    const asProgram = roles.map((role) =>
      role.name === 'cto' ? { ...role, brain: { kind: 'command' as const, command: 'true', minutes: 1 } } : role,
    )
    const world = taskWorld(asProgram, fleet)
    for (const number of [1, 2, 3]) book.put(taskAt(number, 1))
    book.put(taskAt(4, 1, { role: 'devops' }))
    const clock = createVirtualClock(new Date('2026-11-21T12:30:00Z'))
    const { bus } = nats.as({ kind: 'tasks' })
    const { look } = watch({
      clock,
      ring: (doorbells) => ringAgain({ bus, subjects, world, book }, clock.now(), doorbells),
    })
    const rung = async () =>
      (await readStream(nats, 'WORK')).map(({ subject, text }) => [subject, JSON.parse(text).data.label])
    await look()
    expect(await rung()).toEqual([])
    await clock.advance(hour)
    await until('it rings', async () => (await rung()).length > 0)
    await look()
    expect(await rung()).toEqual([1, 2, 3].map((number) => [subjects.tasks('cto'), `t-${number}`]))
    // Nobody is at the seat: they do not pile up.
    await clock.advance(hour)
    await until('it rings', async () => (await rung()).length > 3)
    await look()
    expect(await rung()).toHaveLength(4)
  })
})
