import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { provision } from '../../adapters/nats/provision.ts'
import { whenUp } from '../../adapters/nats/when-up.ts'
import { followStops } from '../../adapters/process/follow-stops.ts'
import { systemClock } from '../../adapters/process/system-clock.ts'
import { startMark } from '../../adapters/servers/process-mark.ts'
import { startBots } from '../../bots/main.ts'
import { hearRestarts } from '../../bots/restarts.ts'
import { takeItems } from '../../bots/take-items.ts'
import type { Envelope } from '../../core/envelope.ts'
import type { Role } from '../../core/role.ts'
import { orgSubjects } from '../../core/subject.ts'
import type { Restart } from '../../core/sweep/restart.ts'
import { doorbellEnvelope } from '../../core/task/doorbell.ts'
import type { Bus, WorkItem, WorkQueue } from '../../ports/bus.ts'
import type { MetricLabels, Metrics } from '../../ports/metrics.ts'
import { type NatsServer, startProvisionedNats } from '../support/nats.ts'
import { temporaryFolder, until } from '../support/process.ts'
import { quietLog } from '../support/quiet.ts'
import { itemsWaiting } from '../support/record.ts'
import { startTestTasks, taskRoles } from '../support/task-service.ts'
import { taskAt } from '../support/tasks.ts'

const subjects = orgSubjects('breakroom')

describe('a seat that is told to ask for a queue anew', () => {
  let nats: NatsServer
  let sweep: Bus
  let counted: string[]
  let ending: AbortController
  let sitting: Promise<unknown>

  beforeEach(async () => {
    nats = await startProvisionedNats()
    sweep = nats.as({ kind: 'sweep' }).bus
    counted = []
    ending = new AbortController()
    sitting = Promise.resolve()
  })
  afterEach(async () => {
    ending.abort()
    await sitting
    await nats[Symbol.asyncDispose]()
  })

  /** The cto's seat. `hung`: how often it asks for doorbells in vain, without an end. Items are in hand until `finish`. */
  async function sit({ hung = 0 } = {}) {
    const { bus } = nats.as({ kind: 'role', role: 'cto' })
    const house = nats.as({ kind: 'bots' })
    const { signal } = ending
    const metrics: Metrics = {
      count: (name: string, labels: MetricLabels = {}) => void counted.push([name, ...Object.values(labels)].join(' ')),
      gauge() {},
    }
    let asked = 0
    const hanging: Pick<Bus, 'take'> = {
      take(role, until, queue) {
        const inVain = queue === 'tasks' && asked++ < hung
        return inVain ? { [Symbol.asyncIterator]: () => ({ next: () => late.promise }) } : bus.take(role, until, queue)
      },
    }
    const late = Promise.withResolvers<IteratorResult<WorkItem>>()
    const inHand: string[] = []
    const done: string[] = []
    let letGo: (() => void)[] = []
    const stops = await followStops(house.keyed('control'), signal)
    const restarts = hearRestarts({ bus: house.bus, subjects, metrics, signal })('cto')
    const queue = (name: WorkQueue) =>
      takeItems({
        name: 'cto',
        queue: name,
        leaseMs: 10_000,
        bus: {
          ...hanging,
          get connected() {
            return bus.connected
          },
          onChange: bus.onChange,
        },
        stops,
        restarts,
        async serve({ envelope, shift }) {
          inHand.push(envelope.id)
          await new Promise<void>((resolve) => {
            letGo.push(resolve)
            shift.addEventListener('abort', () => resolve())
          })
          if (shift.aborted) throw new Error('its shift ended')
          done.push(envelope.id)
          return 'done'
        },
        giveUp: async (_: WorkItem) => {},
        clock: systemClock,
        log: quietLog,
        metrics,
        signal,
      })
    sitting = Promise.all([queue('inbox'), queue('tasks')])
    await heard()
    return {
      inHand,
      done,
      finish() {
        for (const end of letGo) end()
        letGo = []
      },
      asked: () => asked,
      late,
    }
  }

  const doorbell = (id: number): Envelope => doorbellEnvelope(taskAt(id, 1), 'work', '2026-11-21T12:00:00.000Z')
  const ring = async (id: number, queue: WorkQueue = 'tasks') => {
    const user = queue === 'tasks' ? ({ kind: 'tasks' } as const) : ({ kind: 'router' } as const)
    await nats.as(user).bus.publish(subjects[queue]('cto'), doorbell(id))
    return doorbell(id).id
  }
  const tell = (restart: Partial<Restart> = {}, role = 'cto') =>
    sweep.send(subjects.restart(role), { id: 'one', queue: 'tasks', ...restart })
  /** What is sent over one connection comes in its order: what was told before was heard when this is. */
  async function heard(): Promise<void> {
    const before = ignored()
    await until('it is heard', () => {
      tell({ queue: 'all' as 'tasks' })
      return ignored() > before
    })
  }
  const ignored = () => counted.filter((what) => what === 'breakroom_ignored_total restart').length
  const restarts = () => counted.filter((what) => what.startsWith('breakroom_restarts_total'))

  it('takes work again though its asking hangs, and what it has of the other queue goes on', async () => {
    const seat = await sit({ hung: 1 })
    const said = await ring(1, 'inbox')
    const rung = await ring(2)
    await until('it has what was said', () => seat.inHand.includes(said))
    expect(seat.inHand).toEqual([said])
    tell()
    await until('it has the doorbell', () => seat.inHand.includes(rung))
    expect(seat.done).toEqual([])
    seat.finish()
    await until('both are done', () => seat.done.length === 2)
    await until('nothing waits', async () => (await itemsWaiting(nats)) === 0)
    expect(seat.inHand).toEqual([said, rung])
    expect(restarts()).toEqual(['breakroom_restarts_total tasks'])

    // What the asking that hung brings in the end is another's to take, at once.
    const later: number[] = []
    const value = { envelope: doorbell(3), later: (ms: number) => void later.push(ms) } as unknown as WorkItem
    seat.late.resolve({ done: false, value })
    await until('it goes back', () => later.length > 0)
    expect([later, seat.inHand]).toEqual([[0], [said, rung]])
  })

  it('finishes what it has of the same queue, once, before it asks anew', async () => {
    const seat = await sit()
    const [first, second] = [await ring(1), await ring(2)]
    await until('it has the first', () => seat.inHand.length === 1)
    const other = await ring(3, 'inbox')
    await until('the other queue goes on', () => seat.inHand.includes(other))
    tell()
    tell({ queue: 'inbox' })
    await heard()
    expect(seat.inHand).toEqual([first, other])
    expect(restarts()).toEqual([])
    await until('all are done', () => {
      seat.finish()
      return seat.done.length === 3
    })
    expect(seat.inHand.toSorted()).toEqual([first, second, other].toSorted())
    await until('nothing waits', async () => (await itemsWaiting(nats)) === 0)
    expect(restarts().toSorted()).toEqual(['breakroom_restarts_total inbox', 'breakroom_restarts_total tasks'])
  })

  it('S24: does nothing for what makes no sense, for what another seat is told, and for whoever is not the sweep', async () => {
    const seat = await sit()
    await until('it asks', () => seat.asked() === 1)
    const router = nats.as({ kind: 'router' }).bus
    router.send(subjects.restart('cto'), { id: 'two', queue: 'tasks' })
    await router.lastSeq('events')
    tell({}, 'ceo')
    tell({ drop: { task: '', epoch: 1 } })
    await heard()
    expect(restarts()).toEqual([])
    expect(seat.asked()).toBe(1)
  })

  it('does nothing while its role is stopped', async () => {
    const control = nats.as({ kind: 'desk' }).keyed('control')
    await control.put('cto', { by: 'alice', at: new Date().toISOString() })
    const seat = await sit()
    tell()
    await heard()
    expect([seat.asked(), restarts()]).toEqual([0, []])
    await control.delete('cto')
    await until('it asks', () => seat.asked() === 1)
  })
})

it('F7: a seat that is told so lets go of a task that is not its own any more, and of no other', async () => {
  const withProgram = (role: Role): Role => ({ ...role, brain: { kind: 'command', command: 'work', minutes: 1 } })
  await using tasks = await startTestTasks({ roles: withProgram })
  using folder = temporaryFolder()
  const lines = (name: string) =>
    existsSync(join(folder.path, name)) ? readFileSync(join(folder.path, name), 'utf8').trim().split('\n') : []
  const { fleet } = tasks.context
  const script = 'echo $$ >> pids; test "$BREAKROOM_EPOCH" = 2 || sleep 60; echo finished'
  const changed = { ...fleet, checks: { ...fleet.checks, work: ['sh', '-c', script] } }
  await provision(tasks.nats.options({ kind: 'admin' }), { org: 'breakroom', roles: taskRoles, taskLeaseMs: 40_000 })
  const bots = await startBots({ ...tasks.context, fleet: changed, workspace: () => folder.path }, 'cto')
  try {
    await bots.ready(10_000)
    const sweep = tasks.nats.as({ kind: 'sweep' }).bus
    await whenUp(sweep, tasks.nats.url, 10_000)
    const told = (task: string, epoch: number) =>
      sweep.send(subjects.restart('cto'), { id: `drop ${task} ${epoch}`, queue: 'tasks', drop: { task, epoch } })
    await tasks.assign({ budget: { attempts: 1 } })
    await until('it runs', () => lines('pids').length === 1)
    const goesOn = () => startMark(Number(lines('pids')[0])) !== null
    for (const [task, epoch] of [
      ['t-2', 1],
      ['t-1', 0],
    ] as const)
      told(task, epoch)
    await until('that was heard', () => {
      sweep.send(subjects.restart('cto'), {})
      return tasks.counted('breakroom_ignored_total', { what: 'restart' }) > 0
    })
    expect(goesOn()).toBe(true)
    told('t-1', 1)
    // It was its own after all: that counts no try.
    expect((await tasks.when('t-1', 'done')).result).toMatchObject({ text: 'finished', epoch: 2 })
    expect(goesOn()).toBe(false)
    expect(lines('pids')).toHaveLength(2)
    await until('its doorbells are answered', async () => (await itemsWaiting(tasks.nats)) === 0)
  } finally {
    await bots.stop()
  }
})
