import { afterEach, beforeEach, expect, it } from 'vitest'
import { systemClock } from '../../adapters/process/system-clock.ts'
import { createTaskService } from '../../bots/worker/task-service.ts'
import { type TaskBrain, takeTasks } from '../../bots/worker/worker.ts'
import { type Envelope, envelopeVersion } from '../../core/envelope.ts'
import { orgSubjects } from '../../core/subject.ts'
import { doorbellEnvelope } from '../../core/task/doorbell.ts'
import type { Bus } from '../../ports/bus.ts'
import { until } from '../support/process.ts'
import { quietLog, quietMetrics } from '../support/quiet.ts'
import { itemsWaiting, linesBy } from '../support/record.ts'
import { startTestTasks, type TestTasks } from '../support/task-service.ts'

const subjects = orgSubjects('breakroom')

let tasks: TestTasks
let router: Bus
let leave: () => Promise<void>

beforeEach(async () => {
  const brain = { kind: 'command', command: 'true', minutes: 1 } as const
  tasks = await startTestTasks({ roles: (role) => (role.name === 'cto' ? { ...role, brain } : role) })
  router = tasks.nats.as({ kind: 'router' }).bus
})
afterEach(async () => {
  await leave()
  await tasks[Symbol.asyncDispose]()
})

/** The cto at its doorbell, with a brain of the test's own. */
function sit(brain: Partial<TaskBrain>): void {
  const { bus } = tasks.nats.as({ kind: 'role', role: 'cto' })
  const ending = new AbortController()
  const sitting = takeTasks({
    name: 'cto',
    bus,
    subjects,
    stops: { stopOf: () => null, onChange: () => {} },
    service: createTaskService(bus, subjects, 'cto', quietMetrics),
    brain: { work: async () => 'done', review: async () => 'done', capture: async () => null, ...brain },
    leaseMs: 40_000,
    clock: systemClock,
    log: quietLog,
    metrics: quietMetrics,
    signal: ending.signal,
  })
  leave = async () => {
    ending.abort()
    await sitting
  }
}

const textsBy = async (actor: string) => (await linesBy(router, actor)).map(({ data }) => data.text)

async function deadLetters(): Promise<Envelope[]> {
  const raw = await tasks.nats.raw({ kind: 'admin' })
  const reply = await raw.request('$JS.API.STREAM.MSG.GET.DEADLETTER', JSON.stringify({ seq: 1 }))
  const { message } = reply.json<{ message?: { data: string } }>()
  return message === undefined ? [] : [JSON.parse(Buffer.from(message.data, 'base64').toString()) as Envelope]
}

it('F26, F27: a doorbell that breaks whoever answers it goes to the dead letters unread, its task fails, and the others wait little', async () => {
  const heard: string[] = []
  sit({
    async work({ data: { label } }) {
      heard.push(label)
      if (label === 't-1') throw new Error('it breaks every time')
      return 'done'
    },
  })
  await tasks.assign({ title: 'Break' })
  await until('it was heard', () => heard.length === 1)
  const since = performance.now()
  await tasks.assign()
  await until('the one behind it was heard', () => heard.includes('t-2'))
  expect(performance.now() - since).toBeLessThan(1_000)

  const failed = await tasks.when('t-1', 'failed')
  expect(failed.reason).toBe('It was tried 4 times without success. The last time: "it breaks every time"')
  expect(heard.filter((label) => label === 't-1')).toHaveLength(4)
  expect(await deadLetters()).toMatchObject([
    { actor: 'cto', data: { seat: 'cto', deliveries: 5, subject: subjects.tasks('cto'), class: 'logic' } },
  ])
  // Of the letter the desk for dead letters tells.
  const told = async () => (await textsBy('breakroom')).filter((text) => !text.startsWith('d-'))
  await until('it is said', async () => (await told()).length > 0)
  expect(await told()).toMatchObject([expect.stringMatching(/^t-1 "Break" failed: "It was tried 4 times/)])
  expect(await textsBy('cto')).toEqual([])
  expect((await tasks.show('t-2')).status).toBe('open')
})

it('F27: what is no doorbell goes to the dead letters at once', async () => {
  sit({})
  const bell = doorbellEnvelope(await tasks.assign(), 'work', new Date().toISOString())
  const desk = tasks.nats.as({ kind: 'tasks' }).bus
  await desk.publish(subjects.tasks('cto'), { ...bell, id: 'odd', data: { kind: 'work' } } as unknown as Envelope)
  await until('it is kept', async () => (await deadLetters()).length > 0)
  expect(await deadLetters()).toMatchObject([
    { data: { deliveries: 1, class: 'validation', reason: expect.stringMatching(/^It is a doorbell\.work, which/) } },
  ])
  await until('nothing waits', async () => (await itemsWaiting(tasks.nats)) === 0)
})

it('F58: so does one of another version, as it came', async () => {
  sit({})
  const bell = doorbellEnvelope(await tasks.assign(), 'work', new Date().toISOString())
  const next = { ...bell, id: 'future', version: envelopeVersion + 1 } as unknown as Envelope
  await tasks.nats.as({ kind: 'tasks' }).bus.publish(subjects.tasks('cto'), next)
  await until('it is kept', async () => (await deadLetters()).length > 0)
  const [letter] = await deadLetters()
  expect(JSON.parse(Buffer.from(String(letter?.data.bytes), 'base64').toString())).toMatchObject({ id: 'future' })
})

it('F26: a review that comes to nothing, again and again, is left to others, and that is said where the task is', async () => {
  sit({ review: async () => ({ againAfterMs: 10 }) })
  await tasks.assign({ role: 'devops', title: 'Rotate the keys', verification: [{ kind: 'review', by: 'cto' }] })
  await tasks.ask('submit', { task: 't-1', result: 'rotated' })
  await until('it is said', async () => (await textsBy('cto')).length > 0)
  expect(await textsBy('cto')).toEqual([
    'I came to no verdict on t-1 "Rotate the keys"; somebody else has to look: !approve t-1, or !reject t-1 <reason>.',
  ])
  expect((await tasks.show('t-1')).status).toBe('verifying')
  expect(await deadLetters()).toHaveLength(1)
})
