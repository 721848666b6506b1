import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { provision } from '../../adapters/nats/provision.ts'
import type { TaskEventType } from '../../core/task/commit.ts'
import { type Running, run, temporaryFolder, until } from '../support/process.ts'
import { itemsWaiting } from '../support/record.ts'
import { startTestTasks, type TestTasks, taskRoles } from '../support/task-service.ts'

const leaseMs = 2_000
const fixture = resolve(import.meta.dirname, '../fixtures/worker.ts')

let tasks: TestTasks
let folder: ReturnType<typeof temporaryFolder>
let replicas: Running[]

beforeEach(async () => {
  tasks = await startTestTasks()
  const admin = tasks.nats.options({ kind: 'admin' })
  await provision(admin, { org: 'breakroom', roles: taskRoles, taskLeaseMs: leaseMs })
  folder = temporaryFolder()
  replicas = []
})
afterEach(async () => {
  await Promise.all(replicas.map((replica) => replica[Symbol.asyncDispose]()))
  await tasks[Symbol.asyncDispose]()
  folder[Symbol.dispose]()
})

/** Another process of the role. Each run of its program notes its epoch and process before it does what `script` says. */
/** `unaware`: it does not look by itself whether the task is still its own, and so hands its result in whatever happened. */
async function replica(script: string, { blockMs = 0, unaware = false } = {}): Promise<Running> {
  const { url, options } = tasks.nats
  const seed = String(options({ kind: 'role', role: 'cto' }).seed)
  const noted = `echo "$BREAKROOM_EPOCH $$" >> runs; ${script}`
  const started = run(process.execPath, [
    fixture,
    url,
    seed,
    String(leaseMs),
    folder.path,
    noted,
    String(blockMs),
    unaware ? '60000' : '',
  ])
  replicas.push(started)
  await until('it is at work', () => started.output.includes('at work'))
  return started
}

const touch = (name: string) => writeFileSync(join(folder.path, name), '')
/** A shell that goes on when the test says so. */
const waitFor = (name: string) => `while ! test -e ${name}; do sleep 0.05; done`

function runs(): { epoch: number; pid: number }[] {
  const file = join(folder.path, 'runs')
  if (!existsSync(file)) return []
  const lines = readFileSync(file, 'utf8').trim().split('\n')
  return lines.map((line) => line.split(' ').map(Number)).map(([epoch = 0, pid = 0]) => ({ epoch, pid }))
}

/** A process that ended while nobody was there to hear of it is still listed, as Z. */
function isAlive(pid: number): boolean {
  const state = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)])
    .stdout.toString()
    .trim()
  return state !== '' && !state.startsWith('Z')
}

/** What the journal of runs has on disk. */
function keptEnds(): string[] {
  const journal = join(folder.path, '.runs')
  return readdirSync(journal)
    .filter((name) => name.endsWith('.json'))
    .map((name) => readFileSync(join(journal, name), 'utf8'))
}

const resultOf = (label: string) => until(`${label} has a result`, async () => (await tasks.show(label)).result, 20_000)

/** How often something happened to a task. */
async function times(label: string, type: TaskEventType): Promise<number> {
  const { key } = await tasks.show(label)
  const events = (await tasks.commits()).filter((commit) => commit.key === key).flatMap(({ events }) => events)
  return events.filter((event) => event.type === type).length
}

/** Doorbells that nobody has acknowledged. */
const waiting = () => itemsWaiting(tasks.nats)

describe('replicas of a role', () => {
  it('F5: the task of one that was killed goes to the other under a higher epoch, and what it left running is ended', async () => {
    const first = await replica('sleep 60')
    const { label } = await tasks.assign()
    const [left] = await until('it runs', () => runs().length === 1 && runs())
    await replica('echo "by the other"')
    const killedAt = performance.now()
    await first.kill('SIGKILL')

    expect(await resultOf(label)).toMatchObject({ text: 'by the other', epoch: 2 })
    expect(performance.now() - killedAt).toBeLessThan(leaseMs + 3_000)
    expect(runs().map(({ epoch }) => epoch)).toEqual([1, 2])
    expect(isAlive(left?.pid ?? 0)).toBe(false)
    await until('the doorbell is acknowledged', async () => (await waiting()) === 0)
  })

  it('F6: a program that ended before its process was killed is not run again, its end is looked up', async () => {
    const first = await replica(`${waitFor('finish')}; echo "by the first"`)
    const { label } = await tasks.assign()
    await until('it runs', () => runs().length === 1)
    await tasks.stop()
    touch('finish')
    await until('its end is kept', () => keptEnds().some((text) => text.includes('by the first')))
    await first.kill('SIGKILL')
    await tasks.start()
    await replica('echo "by the other"')

    expect(await resultOf(label)).toMatchObject({ text: 'by the first', epoch: 2 })
    expect(runs()).toHaveLength(1)
    await until('nothing is kept any more', () => keptEnds().length === 0)
  })

  it('F6: a program that was cut off in the middle is told when it runs again', async () => {
    const script = 'test "$BREAKROOM_AGAIN" = 1 && echo "looked what was there" && exit; sleep 60'
    const first = await replica(script)
    const { label } = await tasks.assign()
    await until('it runs', () => runs().length === 1)
    await first.kill('SIGKILL')
    await replica(script)
    expect(await resultOf(label)).toMatchObject({ text: 'looked what was there', epoch: 2 })
  })

  it('F7: what a process that was suspended past its lease submits late is refused, and the first result stays the only one', async () => {
    const zombie = await replica(`${waitFor('finish')}; echo late`, { unaware: true })
    const { label } = await tasks.assign()
    await until('it runs', () => runs().length === 1)
    process.kill(zombie.pid, 'SIGSTOP')
    touch('finish')
    await until('its program is over', () => !isAlive(runs()[0]?.pid ?? 0))
    await replica('echo first')
    await resultOf(label)
    process.kill(zombie.pid, 'SIGCONT')

    await until('the late one is refused', () => /"rule":"(result-exists|stale-epoch|over)"/.test(zombie.output))
    expect(await resultOf(label)).toMatchObject({ text: 'first', epoch: 2 })
    expect(await times(label, 'submitted')).toBe(1)
    await until('nothing is left to do', async () => (await waiting()) === 0)
  })

  it('F7: the refused one leaves the doorbell to whoever has it now, so that a third may follow', async () => {
    const zombie = await replica(`test $BREAKROOM_EPOCH = 3 && echo third && exit; ${waitFor('finish')}; echo late`, {
      unaware: true,
    })
    const { label } = await tasks.assign()
    await until('it runs', () => runs().length === 1)
    process.kill(zombie.pid, 'SIGSTOP')
    touch('finish')
    await until('its program is over', () => !isAlive(runs()[0]?.pid ?? 0))
    const second = await replica('sleep 60')
    await until('the other has it', () => runs().length === 2, 15_000)
    process.kill(zombie.pid, 'SIGCONT')
    await until('the late one is refused', () => /"rule":"stale-epoch"/.test(zombie.output))
    expect(await waiting()).toBe(1)
    await second.kill('SIGKILL')

    expect(await resultOf(label)).toMatchObject({ text: 'third', epoch: 3 })
    expect(await times(label, 'submitted')).toBe(1)
  })

  it('F8: a run much longer than the lease is not handed out again', async () => {
    await replica('sleep 7; echo finished')
    await replica('echo "by the other"')
    const { label } = await tasks.assign()
    await until('it runs', () => runs().length === 1)
    const result = await resultOf(label)
    expect(result.epoch).toBe(1)
    expect(runs()).toHaveLength(1)
    expect(await times(label, 'claimed')).toBe(1)
  })

  it('F9: one whose event loop was blocked past its lease ends with one result, whoever it is from', async () => {
    const blocked = await replica('sleep 0.5; echo "by the blocked"', { blockMs: 5_000 })
    const { label } = await tasks.assign()
    await until('it runs', () => runs().length === 1)
    process.kill(blocked.pid, 'SIGUSR2')
    await until('it is blocked', () => blocked.output.includes('blocked'))
    await replica('echo "by the other"')
    await until('it goes on', () => blocked.output.includes('goes on'), 15_000)

    await resultOf(label)
    await until('nothing is left to do', async () => (await waiting()) === 0, 15_000)
    expect(await times(label, 'submitted')).toBe(1)
  })

  it('work side by side, each on a task of its own', async () => {
    await Promise.all([replica(waitFor('finish')), replica(waitFor('finish'))])
    const labels = (await Promise.all([tasks.assign(), tasks.assign(), tasks.assign()])).map(({ label }) => label)
    await until('two run at once', () => runs().length === 2)
    const statuses = await Promise.all(labels.map(async (label) => (await tasks.show(label)).status))
    expect(statuses.sort()).toEqual(['open', 'working', 'working'])
    touch('finish')
    await Promise.all(labels.map(resultOf))
    expect(runs().map(({ epoch }) => epoch)).toEqual([1, 1, 1])
  })

  it('hand their task back at a shutdown, end its program, and leave no failed try behind', async () => {
    const leaving = await replica('sleep 60')
    const { label } = await tasks.assign({ budget: { attempts: 1 } })
    const [running] = await until('it runs', () => runs().length === 1 && runs())
    const askedAt = performance.now()
    await leaving.kill('SIGTERM')
    expect(performance.now() - askedAt).toBeLessThan(2_000)
    expect(isAlive(running?.pid ?? 0)).toBe(false)
    expect(await tasks.show(label)).toMatchObject({ status: 'open', attempts: 0, claim: null })
    await until('the old doorbell is answered, and a new one rings', async () => (await waiting()) === 1)

    await replica('echo "by the next"')
    expect(await resultOf(label)).toMatchObject({ text: 'by the next', epoch: 2 })
  })
})
