import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { type JetStreamClient, jetstream, jetstreamManager } from '@nats-io/jetstream'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { Envelope } from '../../core/envelope.ts'
import { orgSubjects } from '../../core/subject.ts'
import { commitEnvelope, type TaskCommit, taskKey } from '../../core/task/commit.ts'
import type { Task } from '../../core/task/task.ts'
import { until } from '../support/process.ts'
import { foldLedger, readLedger, readStore } from '../support/task-record.ts'
import { bob, startTestTasks, type TestTasks, taskRoles } from '../support/task-service.ts'

const subjects = orgSubjects('breakroom')

let tasks: TestTasks
let admin: JetStreamClient
beforeEach(async () => {
  tasks = await startTestTasks()
  admin = jetstream(await tasks.nats.raw({ kind: 'admin' }))
})
afterEach(() => tasks[Symbol.asyncDispose]())

const plant = (key: string, entry: string | object) =>
  admin.publish(subjects.ledger(key), typeof entry === 'string' ? entry : JSON.stringify(entry))
const passedOver = () => tasks.counted('breakroom_parked_total', { reader: 'tasks' })

/** What would follow a task as it stands, with anything else as it is given. */
function nextOf(task: Task, changes: Partial<TaskCommit> = {}): Envelope {
  const at = new Date().toISOString()
  const commit = { id: `planted ${task.version + 1}`, key: task.key, version: task.version + 1, by: 'human-bob', at }
  return commitEnvelope({
    ...commit,
    trace: 'trace',
    cause: null,
    events: [{ type: 'noted', text: 'planted' }],
    ...changes,
  })
}

it('F58: what a newer version wrote on a task is passed over and counted, and the task goes on', async () => {
  const task = await tasks.assign()
  await plant(task.key, { ...nextOf(task), version: 2 })
  await until('it was passed over', () => passedOver() === 1)
  expect((await tasks.ask('note', { task: task.label, text: 'after it' })).task).toMatchObject({ version: 2 })
  await tasks.ask('claim', { task: task.label, role: null }, { by: bob })
  const fold = foldLedger((await readLedger(tasks.nats)).map(({ commit }) => commit))
  expect(fold.get(task.key)).toMatchObject({ version: 3, notes: [{ text: 'after it' }] })

  await tasks.stop()
  await tasks.start()
  expect(await tasks.show(task.label)).toEqual(fold.get(task.key))
})

it('F58: rubbish in the ledger is passed over and counted, each once, also when the store is made from it', async () => {
  const task = await tasks.assign()
  const other = await tasks.assign()
  const rubbish: [string, string | object][] = [
    [task.key, ''],
    [task.key, 'not json'],
    [task.key, '{"specversion":"1.0"}'],
    ['nothing', { ...nextOf(task), type: 'chat.line' }],
    // Of another task, a second commit of a version, and with no events.
    [other.key, nextOf(task)],
    [task.key, nextOf(task, { version: 1 })],
    [task.key, nextOf(task, { events: [] })],
    [taskKey('never created'), nextOf({ ...task, key: taskKey('never created'), version: 0 })],
  ]
  for (const [key, entry] of rubbish) await plant(key, entry)
  await until('all are passed over', () => passedOver() === rubbish.length)
  const { label } = await tasks.assign()
  expect((await tasks.ask('note', { task: task.label, text: 'it goes on' })).task?.version).toBe(2)
  expect(label).toBe('t-3')

  const last = (await readLedger(tasks.nats)).at(-1)?.seq
  const before = await until('the store has it all', () => {
    const rows = readStore(tasks.house)
    return rows.commits.at(-1)?.seq === last && rows
  })
  await tasks.stop()
  rmSync(join(tasks.house.folder, 'tasks'), { recursive: true })
  await tasks.start()
  await tasks.show(label)
  expect(readStore(tasks.house)).toEqual(before)
  expect(passedOver()).toBe(2 * rubbish.length)
  expect((await tasks.ask('note', { task: task.label, text: 'and on' })).task?.version).toBe(3)
})

it('F58: a task whose newest commit cannot be here is left alone, and others go on', async () => {
  const task = await tasks.assign()
  await plant(task.key, nextOf(task, { events: [{ type: 'completed' }] }))
  await until('it was passed over', () => passedOver() === 1)
  // Whoever wrote it may know why. A second commit of its version would not count there.
  await expect(tasks.ask('note', { task: task.label, text: 'x' })).rejects.toMatchObject({ code: 'conflict' })
  expect((await tasks.show(task.label)).status).toBe('open')
  expect((await tasks.assign()).status).toBe('open')
})

it('F58: what it does not know in a commit is kept, and written back into a ledger that was lost', async () => {
  const task = await tasks.assign()
  const envelope = nextOf(task, {
    events: [{ type: 'noted', text: 'from tomorrow', mood: 'good' } as TaskCommit['events'][number]],
  })
  await plant(task.key, { ...envelope, tomorrow: 'x', data: { ...envelope.data, priority_of_tomorrow: 7 } })
  const noted = await until('it is read', async () => {
    const seen = await tasks.show(task.label)
    return seen.version === 2 && seen
  })
  expect(noted.notes).toMatchObject([{ text: 'from tomorrow' }])
  const why = async () => ((await tasks.askRaw('why', { task: task.label })) as { commits: TaskCommit[] }).commits
  const kept = { priority_of_tomorrow: 7, events: [{ type: 'noted', mood: 'good' }] }
  expect((await why())[1]).toMatchObject(kept)

  await tasks.stop()
  const manager = await jetstreamManager(await tasks.nats.raw({ kind: 'admin' }))
  await manager.streams.delete('LEDGER')
  await tasks.nats.provision({ roles: taskRoles })
  await tasks.start()
  expect((await why())[1]).toMatchObject(kept)
  expect((await readLedger(tasks.nats))[1]?.commit).toMatchObject(kept)
})

it('F58: a task with something in it that nobody knows yet is a task all the same', async () => {
  const { key: _, ...known } = await tasks.assign()
  const [created] = await tasks.commits()
  if (created?.events[0]?.type !== 'created') throw new Error('no creation')
  const spec = { ...created.events[0].spec, colour: 'green' }
  const key = taskKey('from tomorrow')
  const event = { ...created.events[0], label: 't-2', spec }
  await plant(key, commitEnvelope({ ...created, id: 'from tomorrow', key, events: [event] }))
  const task = await until('it is read', () => tasks.show('t-2'))
  expect(task).toMatchObject({ title: known.title, status: 'open', colour: 'green' })
  expect(passedOver()).toBe(0)
})
