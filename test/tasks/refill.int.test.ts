import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { jetstreamManager } from '@nats-io/jetstream'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { orgSubjects } from '../../core/subject.ts'
import type { TaskCommit } from '../../core/task/commit.ts'
import type { Task } from '../../core/task/task.ts'
import { type KeptHistory, serveHistory } from '../support/kept-history.ts'
import { until } from '../support/process.ts'
import { expireLead, runTaskProcess } from '../support/task-process.ts'
import { foldLedger, readLedger, readStream, seeAgreement, seeEffectsOnce } from '../support/task-record.ts'
import { bob, publicPlace, startTestTasks, type TestTasks, taskRoles } from '../support/task-service.ts'
import { effectsDone, tasksInEveryState } from '../support/tasks-in-every-state.ts'

const subjects = orgSubjects('breakroom')

let tasks: TestTasks
let kept: KeptHistory
beforeEach(async () => {
  tasks = await startTestTasks()
  kept = await serveHistory(tasks.nats)
})
afterEach(async () => {
  await kept[Symbol.asyncDispose]()
  await tasks[Symbol.asyncDispose]()
})

const list = () => tasks.askRaw('list', { role: null, all: true })

/** The ledger and the store of the task service are gone; on a new machine also all that was said, what waits, labels and cursors. */
async function loseAll({ newMachine = false } = {}): Promise<void> {
  rmSync(join(tasks.house.folder, 'tasks'), { recursive: true, force: true })
  const manager = await jetstreamManager(await tasks.nats.raw({ kind: 'admin' }))
  const others = newMachine ? ['EVENTS', 'WORK', 'KV_counters', 'KV_cursors'] : []
  for (const stream of ['LEDGER', ...others]) await manager.streams.delete(stream)
  await tasks.nats.provision({ roles: taskRoles })
}

/** What was said and rung about tasks, but for doorbells that ring for whatever is open when a service begins. */
async function toldOf(keys: ReadonlySet<string>): Promise<string[]> {
  const all = [...(await readStream(tasks.nats, 'EVENTS')), ...(await readStream(tasks.nats, 'WORK'))]
  const ids = all.map(({ text }) => (JSON.parse(text) as { id: string }).id)
  return ids.filter((id) => !id.includes(':again:') && [...keys].some((key) => id.includes(key)))
}

async function statusOf(): Promise<string[]> {
  const { troubles } = (await tasks.nats
    .as({ kind: 'cli' })
    .bus.request(subjects.service('tasks', 'status'), {}, 10_000)) as { troubles: string[] }
  return troubles
}

/** Whatever their order: only that of each task is promised. */
const content = (commits: readonly TaskCommit[]) => commits.map((one) => JSON.stringify(one)).toSorted()

/** Asks until somebody serves. */
const refill = () => until('somebody takes it up', () => kept.refill())

async function seeInLedger(commits: number): Promise<void> {
  await until('the ledger is whole', async () => (await readLedger(tasks.nats)).length >= commits)
}

describe('F21: a ledger that was lost together with the store', { timeout: 90_000 }, () => {
  it('is written again from what the state store keeps, without doing anything twice', async () => {
    const labels = await tasksInEveryState(tasks)
    const before = (await readLedger(tasks.nats)).map(({ commit }) => commit)
    await kept.keep(before)
    const said = await readStream(tasks.nats, 'EVENTS')
    const rung = await readStream(tasks.nats, 'WORK')
    await tasks.stop()
    await loseAll()
    await tasks.start()
    await refill()
    await seeInLedger(before.length)

    expect(content((await readLedger(tasks.nats)).map(({ commit }) => commit))).toEqual(content(before))
    const shown = await until('it serves', () => tasks.show(labels.held))
    expect(shown).toEqual(foldLedger(before).get(shown.key))
    expect(await readStream(tasks.nats, 'EVENTS')).toEqual(said)
    const next = await tasks.assign({ title: 'after all that' })
    expect(Number(next.label.slice(2))).toBe(7)
    await tasks.ask('note', { task: labels.held, text: 'the other half' }, { by: bob })
    await tasks.ask('cancel', { task: labels.open, reason: 'no need' })
    // Effects go on: what waited for it is cancelled, too.
    await tasks.when(labels.waiting, 'cancelled')
    await seeAgreement(tasks.nats, tasks.house, list)
    expect((await readStream(tasks.nats, 'EVENTS')).slice(0, said.length)).toEqual(said)
    expect((await readStream(tasks.nats, 'WORK')).slice(0, rung.length)).toEqual(rung)
    await seeEffectsOnce(tasks.nats, tasks.house)
  })

  it('keeps what was accepted meanwhile, also under a label that came back, and owes its effects once', async () => {
    const labels = await tasksInEveryState(tasks)
    const before = (await readLedger(tasks.nats)).map(({ commit }) => commit)
    await kept.keep(before)
    await tasks.stop()
    await loseAll({ newMachine: true })
    await tasks.start()
    const meanwhile = await tasks.assign({ title: 'on the new machine', role: 'ceo' })
    expect(meanwhile.label).toBe('t-1')
    await tasks.ask('claim', { task: 't-1', role: null }, { by: bob })
    await refill()
    await seeInLedger(before.length + 2)
    await effectsDone(tasks)
    const old = new Set(before.map(({ key }) => key))
    expect(await toldOf(old)).toEqual([])
    expect((await toldOf(new Set([meanwhile.key]))).length).toBeGreaterThan(2)

    const older = await until('it serves', () => tasks.show('t-1'))
    expect([older.title, older.status]).toEqual(['Add rate limiting to the gateway', 'done'])
    // Whoever holds one of two with the same label means that one.
    const noted = await tasks.ask('note', { task: 't-1', text: 'still here' }, { by: bob })
    expect(noted.task?.key).toBe(meanwhile.key)
    const { tasks: all } = (await list()) as { tasks: Task[] }
    expect(all.filter(({ label }) => label === 't-1').map(({ key }) => key)).toContain(meanwhile.key)
    expect(all).toHaveLength(7)
    expect((await tasks.assign()).label).toBe('t-7')
    expect((await tasks.show(labels.held)).claim?.by).toBe(bob.actor)
    await effectsDone(tasks)
    expect(await toldOf(old)).toEqual([])
  })

  it('is the same when it is asked for twice', async () => {
    await tasksInEveryState(tasks)
    const before = (await readLedger(tasks.nats)).map(({ commit }) => commit)
    await kept.keep(before)
    await tasks.stop()
    await loseAll()
    await tasks.start()
    await until('it is up', () => tasks.assign())
    await Promise.allSettled([kept.refill(), kept.refill()])
    await refill()
    await seeInLedger(before.length + 1)
    await until('it serves', list)
    await refill()
    await seeAgreement(tasks.nats, tasks.house, list)
    expect(await readLedger(tasks.nats)).toHaveLength(before.length + 1)
    await seeEffectsOnce(tasks.nats, tasks.house)
  })

  it('goes on with what there is when the state store goes away half way, says so, and takes the rest when it is back', async () => {
    const labels = await tasksInEveryState(tasks)
    const before = (await readLedger(tasks.nats)).map(({ commit }) => commit)
    await kept.keep(before)
    await tasks.stop()
    await loseAll()
    await tasks.start()
    kept.failFrom = 7
    await refill()
    await until('it says so', async () => (await statusOf()).some((one) => one.includes('not all tasks')), 15_000)
    expect(await readLedger(tasks.nats)).toHaveLength(7)
    const meanwhile = await tasks.assign()
    expect(Number(meanwhile.label.slice(2))).toBe(7)
    await effectsDone(tasks)

    kept.failFrom = null
    await refill()
    await seeInLedger(before.length + 1)
    await until('it serves', () => tasks.show(labels.held))
    expect(await statusOf()).toEqual([])
    expect((await tasks.show(labels.held)).claim?.by).toBe(bob.actor)
    await effectsDone(tasks)
    await seeAgreement(tasks.nats, tasks.house, list)
    await seeEffectsOnce(tasks.nats, tasks.house)
  })

  it('is whole after the service was killed half way, and nothing of it is done again', async () => {
    await tasksInEveryState(tasks)
    const before = (await readLedger(tasks.nats)).map(({ commit }) => commit)
    await kept.keep(before)
    await tasks.stop()
    await loseAll({ newMachine: true })
    await using dying = await runTaskProcess(tasks.house)
    kept.failFrom = 7
    await refill()
    // It waits for the second page.
    await until('half of it is there', async () => (await readLedger(tasks.nats)).length >= 7, 15_000)
    await dying.kill('SIGKILL')
    await expireLead(tasks.nats)
    kept.failFrom = null
    await using _next = await runTaskProcess(tasks.house)
    await seeInLedger(before.length)
    expect(content((await readLedger(tasks.nats)).map(({ commit }) => commit))).toEqual(content(before))
    await until('it serves', list)
    expect(Number((await tasks.assign()).label.slice(2))).toBe(7)
    await seeAgreement(tasks.nats, tasks.house, list)
    await effectsDone(tasks)
    expect(await toldOf(new Set(before.map(({ key }) => key)))).toEqual([])
  })
})

describe('a refill', () => {
  it('interrupts nothing and changes nothing when nothing is missing', async () => {
    await tasksInEveryState(tasks)
    await kept.keep((await readLedger(tasks.nats)).map(({ commit }) => commit))
    const before = await readLedger(tasks.nats)
    let going = true
    // Refused at once while nobody serves.
    const { bus } = tasks.nats.as({ kind: 'desk' })
    const asked = { id: 'x', trace: 'x', by: bob, place: publicPlace, args: { role: null, all: false } }
    const failures: unknown[] = []
    const watching = (async () => {
      while (going && failures.length === 0)
        await bus
          .request(subjects.taskService('list', 'breakroom'), asked, 10_000)
          .catch((error) => failures.push(error))
    })()
    await kept.refill()
    await until('all of it was read', () => kept.asked.length >= Math.ceil(before.length / 7))
    await kept.refill()
    going = false
    await watching
    expect(failures).toEqual([])
    expect(await readLedger(tasks.nats)).toEqual(before)
    expect(await tasks.nats.as({ kind: 'tasks' }).keyed<unknown>('cursors').get('tasks written back')).toBeNull()
  })

  it('leaves a task alone that went another way here', async () => {
    const { open } = await tasksInEveryState(tasks)
    const before = (await readLedger(tasks.nats)).map(({ commit }) => commit)
    const first = before.find(({ events }) => events.some((event) => event.type === 'created' && event.label === open))
    if (first === undefined) throw new Error('it was not created')
    const other = { ...first, id: 'another', at: '2026-01-01T00:00:00.000Z' }
    const later = { ...first, id: 'later', version: 2, events: [{ type: 'noted' as const, text: 'elsewhere' }] }
    await kept.keep([other, later])
    await kept.refill()
    await until('all of it was read', () => kept.asked.length > 0)
    await tasks.assign()
    expect((await readLedger(tasks.nats)).map(({ commit }) => commit.id)).not.toContain('later')
    expect((await tasks.show(open)).created_at).toBe(first.at)
  })

  it('is begun only for the state store', async () => {
    for (const user of [{ kind: 'desk' }, { kind: 'cli' }, { kind: 'role', role: 'cto' }] as const) {
      const asked = tasks.nats.as(user).bus.request(subjects.taskService('refill', 'state'), {}, 300)
      await expect(asked).rejects.toMatchObject({ code: expect.stringMatching(/denied|unavailable/) })
    }
    expect(kept.asked).toEqual([])
  })
})
