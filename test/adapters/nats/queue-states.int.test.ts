import { join } from 'node:path'
import { jetstreamManager } from '@nats-io/jetstream'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { orgSubjects } from '../../../core/subject.ts'
import type { WorkQueue } from '../../../ports/bus.ts'
import type { QueueState, QueueStates } from '../../../ports/queue-states.ts'
import { envelopeOf } from '../../support/envelope.ts'
import { type NatsServer, startNats } from '../../support/nats.ts'
import { cloneFolder, type Running, run, until } from '../../support/process.ts'

const leaseMs = 500
const cto = { kind: 'role', role: 'cto' } as const
const subjects = orgSubjects('breakroom')
let server: NatsServer
let states: QueueStates
const seats: Running[] = []

beforeEach(async () => {
  server = await startNats()
  await server.provision({ taskLeaseMs: leaseMs })
  states = server.as({ kind: 'sweep' }).queueStates('breakroom', ['ceo', 'cto'])
})
afterEach(async () => {
  await Promise.all(seats.splice(0).map((seat) => seat[Symbol.asyncDispose]()))
  await server[Symbol.asyncDispose]()
})

/** A process that takes one item of a queue of cto and holds it. */
function seatAt(queue: WorkQueue): Running {
  const { servers, seed } = server.options(cto)
  const args = [servers[0] ?? '', seed ?? '', queue, String(leaseMs / 4)]
  const seat = run(process.execPath, [join(cloneFolder, 'test/fixtures/hold-items.ts'), ...args])
  seats.push(seat)
  return seat
}

const ring = (id: string) => server.as({ kind: 'tasks' }).bus.publish(subjects.tasks('cto'), envelopeOf(id))
const state = async (queue: WorkQueue) => (await states.look()).find((one) => one.role === 'cto' && one.queue === queue)
const comesTo = (queue: WorkQueue, wanted: Pick<QueueState, 'waiting' | 'inHand' | 'pulled'>) =>
  until(`${queue} comes to ${JSON.stringify(wanted)}`, async () => {
    const found = await state(queue)
    expect(found).toEqual({ role: 'cto', queue, ...wanted })
    return true
  })

it('sees every queue of the roles and of the desk; one that was deleted by hand, or hears something else, is not there', async () => {
  const names = async () => (await states.look()).map(({ role, queue }) => `${queue} ${role}`).sort()
  expect(await names()).toEqual(['inbox breakroom', 'inbox ceo', 'inbox cto', 'tasks ceo', 'tasks cto'])
  const { consumers } = await jetstreamManager(await server.raw({ kind: 'admin' }))
  await consumers.delete('WORK', 'inbox-cto')
  await consumers.update('WORK', 'tasks-cto', { filter_subject: 'breakroom.agents.nobody.tasks' })
  expect(await names()).toEqual(['inbox breakroom', 'inbox ceo', 'tasks ceo'])
})

it('a seat that waits asks all the time; one with an item in hand asks for no more, and has it for as long as it says so', async () => {
  const idle = { waiting: 0, inHand: 0, pulled: false }
  expect(await state('inbox')).toMatchObject(idle)
  seatAt('inbox')
  seatAt('tasks')
  await comesTo('inbox', { ...idle, pulled: true })
  await comesTo('tasks', { ...idle, pulled: true })

  await ring('a')
  await ring('b')
  await comesTo('tasks', { waiting: 1, inHand: 1, pulled: false })
  const end = performance.now() + 3 * leaseMs
  await until('three leases have passed', async () => {
    expect(await state('tasks')).toMatchObject({ waiting: 1, inHand: 1 })
    return performance.now() > end
  })
  // Another process of the role has the second.
  seatAt('tasks')
  await comesTo('tasks', { waiting: 0, inHand: 2, pulled: false })
  seatAt('tasks')
  await comesTo('tasks', { waiting: 0, inHand: 2, pulled: true })
})

it('what a seat had that is killed, or stands still, waits again when its lease is over, and nobody asks for it', async () => {
  const killed = seatAt('tasks')
  await comesTo('tasks', { waiting: 0, inHand: 0, pulled: true })
  await killed.kill('SIGKILL')
  await comesTo('tasks', { waiting: 0, inHand: 0, pulled: false })

  const stopped = seatAt('tasks')
  await comesTo('tasks', { waiting: 0, inHand: 0, pulled: true })
  process.kill(stopped.pid, 'SIGSTOP')
  // Its request lives on: what comes now is handed to it.
  await ring('a')
  await ring('b')
  expect(await state('tasks')).toMatchObject({ waiting: 1, inHand: 1, pulled: false })
  await comesTo('tasks', { waiting: 2, inHand: 0, pulled: false })
  process.kill(stopped.pid, 'SIGCONT')
  await comesTo('tasks', { waiting: 1, inHand: 1, pulled: false })
  await stopped.kill('SIGKILL')
  await comesTo('tasks', { waiting: 2, inHand: 0, pulled: false })
})

it('F14: is unavailable while the bus is away; after its restart an item is in hand as soon as there is a sign of work', async () => {
  seatAt('tasks')
  await ring('a')
  await comesTo('tasks', { waiting: 0, inHand: 1, pulled: false })
  // Killed, it may not have stored yet that the item was handed out, which then waits again.
  await server.kill('SIGTERM')
  await expect(states.look()).rejects.toMatchObject({ code: 'unavailable' })
  await server.start()
  await until('it looks again', () => states.look().then(Boolean, () => false))
  await comesTo('tasks', { waiting: 0, inHand: 1, pulled: false })
})
