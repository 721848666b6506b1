import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { jetstreamManager } from '@nats-io/jetstream'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { PartContext } from '../../adapters/process/part-context.ts'
import { systemClock } from '../../adapters/process/system-clock.ts'
import { openStateFile } from '../../adapters/sqlite/state/state-file.ts'
import { partReportSchema } from '../../core/part-report.ts'
import { type StateReport, stateReportSchema } from '../../core/state/request.ts'
import { orgSubjects } from '../../core/subject.ts'
import type { RunningPart } from '../../ports/part.ts'
import { startState } from '../../state/main.ts'
import { all } from '../support/collect.ts'
import { freePort, until } from '../support/process.ts'
import { quietLog } from '../support/quiet.ts'
import { expireLead } from '../support/task-process.ts'
import { startTestTasks, type TestTasks, taskRoles } from '../support/task-service.ts'

const subjects = orgSubjects('breakroom')
let tasks: TestTasks
let parts: Set<RunningPart>

beforeEach(async () => {
  tasks = await startTestTasks()
  parts = new Set()
})
afterEach(async () => {
  for (const part of parts) await part.stop()
  await tasks[Symbol.asyncDispose]()
})

const folderOf = (name: string) => join(tasks.house.folder, name)

async function start(folder: string, changes: Partial<PartContext> = {}): Promise<RunningPart> {
  const part = await startState({ ...tasks.context, stateFolder: folderOf(folder), ...changes })
  parts.add(part)
  await part.ready(10_000)
  return part
}

async function stop(part: RunningPart): Promise<void> {
  parts.delete(part)
  await part.stop()
}

/** What the part that leads says of itself. */
async function report(): Promise<StateReport & { troubles: string[] }> {
  const answer = await tasks.nats.as({ kind: 'gateway' }).bus.request(subjects.service('state', 'status'), {}, 2_000)
  const { troubles } = partReportSchema.parse(answer)
  return { ...stateReportSchema.parse((answer as { state: unknown }).state), troubles }
}

const keeps = (tasksKept: number, file: string) =>
  until(
    `${tasksKept} tasks are kept`,
    async () => {
      const now = await report()
      return now.counts.tasks === tasksKept && now.file.includes(`/${file}/`) && now.ledger_lag === 0 && now
    },
    15_000,
  )

/** What is in a file that nobody has open. */
async function inFile<T>(folder: string, look: (file: ReturnType<typeof openStateFile>) => Promise<T>): Promise<T> {
  const path = join(folderOf(folder), 'state.sqlite')
  const file = openStateFile({ file: path, clock: systemClock, log: quietLog, newId: () => 'nobody' })
  try {
    return await look(file)
  } finally {
    await file.close()
  }
}

describe('the state store', () => {
  it('keeps tasks of a real service and the configuration of its start, says how it is, and goes on after a restart', async () => {
    const first = await start('state')
    await tasks.assign()
    await keeps(1, 'state')
    await stop(first)
    await tasks.assign()
    const second = await start('state')
    const now = await keeps(2, 'state')
    expect(now).toMatchObject({ troubles: [], behind: null, counts: { commits: 2, configuration: 2 } })
    expect(second.troubles()).toEqual([])
    await stop(second)
    const starts = await inFile('state', (file) => all(file.store.configuration.all()))
    expect(starts.map(({ roles }) => roles.length)).toEqual([4, 4])
    expect(new Set(starts.map(({ hash }) => hash)).size).toBe(1)
  })

  it('is kept by one of two processes; the other takes over with a file of its own', async () => {
    const one = await start('one')
    await tasks.assign()
    await keeps(1, 'one')
    const other = await start('other')
    expect(other.troubles()).toEqual([])
    expect(existsSync(join(folderOf('other'), 'state.sqlite'))).toBe(false)
    await expireLead(tasks.nats)
    await stop(one)
    await tasks.assign()
    await keeps(2, 'other')
    await stop(other)
    const histories = await Promise.all(
      ['one', 'other'].map((folder) => inFile(folder, (file) => all(file.store.history(0)))),
    )
    expect(histories.map((commits) => commits.length)).toEqual([1, 2])
    expect(histories[1]?.[0]).toEqual(histories[0]?.[0])
    expect(await inFile('other', (file) => file.counts())).toMatchObject({ configuration: 1 })
  })

  it('a lead that is lost and won again is no new start, and what came meanwhile is kept', async () => {
    const said: string[] = []
    const note = (_: object, message: string) => void said.push(message)
    const part = await start('state', { log: { info: note, warn: note, error: note } })
    await tasks.assign()
    await keeps(1, 'state')
    const led = () => said.filter((message) => message === 'nats: leading').length
    expect(led()).toBe(1)
    await expireLead(tasks.nats)
    await until('it leads again', () => led() === 2)
    await tasks.assign()
    const now = await keeps(2, 'state')
    expect(now.counts.configuration).toBe(1)
    expect(part.troubles()).toEqual([])
  })

  it('the bus away and back: what comes then is kept', async () => {
    const part = await start('state')
    await tasks.assign()
    await keeps(1, 'state')
    await tasks.nats.kill()
    await until('it says so', () => part.troubles().includes('the bus is away'))
    await tasks.nats.start()
    await tasks.assign()
    await keeps(2, 'state')
    await until('all is well', () => part.troubles().length === 0)
  }, 60_000)

  it('F21: a ledger and a store of tasks that are both lost come back from what is kept', async () => {
    await start('state')
    const { label } = await tasks.assign()
    await tasks.ask('claim', { task: label, role: null })
    await keeps(1, 'state')
    await tasks.stop()
    const manager = await jetstreamManager(await tasks.nats.raw({ kind: 'admin' }))
    await manager.streams.delete('LEDGER')
    await tasks.nats.provision({ roles: taskRoles })
    await tasks.start({ taskFolder: folderOf('new-tasks') })
    await until('the task is there', async () => (await tasks.show(label)).claim !== null, 30_000)
    expect((await tasks.assign()).label).not.toBe(label)
    await keeps(2, 'state')
  }, 60_000)

  it('starts with Firestore away, says so, and keeps its file', async () => {
    const firestore = { project: 'our-breakroom', database: '(default)', credentials_env: 'KEY_FILE' }
    const fleet = { ...tasks.context.fleet, state: { firestore, metrics_minutes: 10 } }
    const part = await start('state', { fleet, firestoreEmulator: `127.0.0.1:${await freePort()}` })
    await tasks.assign()
    await keeps(1, 'state')
    const said = await until('it is said', () => part.troubles()[0], 30_000)
    expect(said).toMatch(/^Firestore/)
    expect((await report()).behind).toMatchObject({ connected: false, trouble: expect.stringMatching(/^Firestore/) })
    const began = performance.now()
    await stop(part)
    // A call that is under way would end ten seconds after it began.
    expect(performance.now() - began).toBeLessThan(8_000)
  }, 60_000)

  it('starts with a key file that is none, says so, and keeps its file', async () => {
    mkdirSync(tasks.house.folder, { recursive: true })
    writeFileSync(join(tasks.house.folder, 'key.json'), 'anything but JSON')
    const firestore = { project: 'our-breakroom', database: '(default)', credentials_env: 'KEY_FILE' }
    const fleet = { ...tasks.context.fleet, state: { firestore, metrics_minutes: 10 } }
    const secret = (name: string) => (name === 'KEY_FILE' ? 'key.json' : undefined)
    const part = await start('state', { fleet, secret })
    await tasks.assign()
    await keeps(1, 'state')
    const said = await until(
      'it is said',
      () => part.troubles().find((trouble) => trouble.includes('key.json')),
      30_000,
    )
    expect(said).not.toContain('anything but')
    // The command line is told what the room is told.
    const cli = tasks.nats.as({ kind: 'cli' }).bus
    expect(await cli.request(subjects.stateService('status', 'cli'), {}, 10_000)).toMatchObject({
      troubles: [expect.stringContaining('key.json')],
    })
  }, 60_000)

  it('begins a file anew when what is in it turns out to be damaged, and says where the old one is', async () => {
    mkdirSync(folderOf('state'), { recursive: true })
    writeFileSync(join(folderOf('state'), 'state.sqlite'), 'x'.repeat(8_192))
    const part = await start('state')
    await tasks.assign()
    await keeps(1, 'state')
    expect(part.troubles()).toEqual([expect.stringContaining('state.sqlite.unreadable-')])
  })
})
