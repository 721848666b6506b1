import { setTimeout as pause } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { orgSubjects } from '../../core/subject.ts'
import type { TaskReply, TaskRequest } from '../../core/task/request.ts'
import { until } from '../support/process.ts'
import { expireLead, runTaskProcess } from '../support/task-process.ts'
import { readLedger, seeAgreement, seeEffectsOnce } from '../support/task-record.ts'
import { bob, publicPlace, startTestTasks, type TestTasks } from '../support/task-service.ts'

const failoverMs = 5_000
const subjects = orgSubjects('breakroom')

/** Somebody who assigns tasks, works on each and notes things, one after another, until told to stop. */
function worker(tasks: TestTasks, name: string, more: () => boolean) {
  const replies: { id: string; reply: TaskReply }[] = []
  const by = { actor: `human-${name}`, tier: 'member', name } as const
  const say = async (verb: 'assign' | 'claim' | 'start' | 'note' | 'submit', args: object) => {
    const id = `${name}-${replies.length}`
    const reply = await tasks.ask(verb, args, { id, by, timeoutMs: 1_000 })
    replies.push({ id, reply })
    return reply.task?.label ?? ''
  }
  const work = async () => {
    while (more()) {
      const task = await say('assign', { draft: tasks.draft({ title: `of ${name}`, verification: [] }) })
      await say('claim', { task, role: null })
      await say('start', { task })
      await say('note', { task, text: 'half of it' })
      await say('submit', { task, result: `result of ${name}` })
    }
  }
  return { replies, done: work() }
}

/** Sees that nothing that was answered is lost or doubled, and that all tell the same. */
async function seeNothingLost(tasks: TestTasks, answered: { id: string; reply: TaskReply }[]): Promise<void> {
  const ledger = await readLedger(tasks.nats)
  const ids = ledger.map(({ commit }) => commit.id)
  expect(new Set(ids).size).toBe(ids.length)
  const byLabel = await seeAgreement(tasks.nats, tasks.house, () => tasks.askRaw('list', { role: null, all: true }))
  for (const { id, reply } of answered) {
    const found = ledger.find(({ commit }) => commit.id === id)
    expect(found?.commit.key, id).toBe(reply.task?.key)
    expect(byLabel.get(reply.task?.label ?? '')?.key, id).toBe(reply.task?.key)
  }
  await seeEffectsOnce(tasks.nats, tasks.house)
}

describe('of two services', () => {
  it('one serves within five seconds after the other was killed in the middle of a burst, and nothing is lost or doubled', async () => {
    await using tasks = await startTestTasks({ serving: false })
    await using first = await runTaskProcess(tasks.house)
    await until('the first serves', () => first.leads)
    await using second = await runTaskProcess(tasks.house)
    let going = true
    const workers = Array.from({ length: 6 }, (_, index) => worker(tasks, `worker-${index}`, () => going))
    const answered = () => workers.flatMap(({ replies }) => replies)
    await until('they are at it', () => answered().length > 40)
    await first.kill('SIGKILL')
    const killed = performance.now()
    const before = answered().length
    await until('somebody is answered again', () => answered().length > before)
    expect(performance.now() - killed).toBeLessThan(failoverMs)
    expect(second.leads).toBe(true)
    going = false
    await Promise.all(workers.map(({ done }) => done))
    await seeNothingLost(tasks, answered())
  })
})

describe('a service that was suspended', () => {
  it('stores nothing stale when it goes on: what it had decided is refused', async () => {
    await using tasks = await startTestTasks()
    const { label } = await tasks.assign({ verification: [] })
    await tasks.stop()
    // It stands still after it decided that alice has the task, before that is in the ledger.
    await using stale = await runTaskProcess(tasks.house, 'SIGSTOP:decided')
    await until('the stale one serves', () => stale.leads)
    const alices = tasks.ask('claim', { task: label, role: null }, { id: 'alice claims', timeoutMs: 400 })
    await until('it has decided', () => stale.output.includes('at decided'))

    await using second = await runTaskProcess(tasks.house)
    await until('the other serves', () => second.leads)
    const bobs = tasks.ask('claim', { task: label, role: null }, { id: 'bob claims', by: bob, timeoutMs: 400 })
    const [ofAlice, ofBob] = await Promise.allSettled([alices, bobs])
    const desk = await tasks.nats.raw({ kind: 'desk' })
    const look = (timeout: number) =>
      Promise.allSettled(
        Array.from({ length: 8 }, async (_, index) => {
          const data: TaskRequest = {
            id: `look ${index}`,
            trace: 'x',
            by: bob,
            place: publicPlace,
            args: { task: label },
          }
          const reply = await desk.request(subjects.taskService('show', 'breakroom'), JSON.stringify(data), { timeout })
          if (reply.headers?.has('Nats-Service-Error')) throw new Error(reply.string())
        }),
      )
    // It swallows no part of what is asked meanwhile.
    expect((await look(2_000)).filter(({ status }) => status === 'rejected')).toEqual([])
    // What waits for it is read before it has looked at the clock; the other must not be faster.
    second.signal('SIGSTOP')
    const seen = look(1_500)
    await desk.flush()
    stale.signal('SIGCONT')
    expect((await seen).filter(({ status }) => status === 'fulfilled')).toEqual([])
    second.signal('SIGCONT')
    await until('the stale one knows', () => !stale.leads)

    expect([ofAlice.status, ofBob.status].toSorted()).toEqual(['fulfilled', 'rejected'])
    const claims = (await tasks.commits()).filter(({ events }) => events.some(({ type }) => type === 'claimed'))
    expect(claims).toHaveLength(1)
    await seeAgreement(tasks.nats, tasks.house, () => tasks.askRaw('list', { role: null, all: true }))
    await seeEffectsOnce(tasks.nats, tasks.house)
  })

  it('creates nothing a second time when it goes on', async () => {
    await using tasks = await startTestTasks({ serving: false })
    await using stale = await runTaskProcess(tasks.house, 'SIGSTOP:decided')
    await until('it serves', () => stale.leads)
    const asking = tasks.assign({}, { id: 'line-1', timeoutMs: 400 })
    await until('it has decided', () => stale.output.includes('at decided'))
    await using second = await runTaskProcess(tasks.house)
    const made = await asking
    stale.signal('SIGCONT')
    await until('the stale one knows', () => !stale.leads)
    await until('what it had decided came to nothing', async () => (await readLedger(tasks.nats)).length > 0)
    const byLabel = await seeAgreement(tasks.nats, tasks.house, () => tasks.askRaw('list', { role: null, all: true }))
    expect([...byLabel.keys()]).toEqual([made.label])
    expect(second.leads).toBe(true)
    await seeEffectsOnce(tasks.nats, tasks.house)
  })
})

describe('a service that is killed', () => {
  it('has stored a command or not, and does once what it asks for, wherever the kill falls', async () => {
    await using tasks = await startTestTasks({ serving: false })
    const answered: { id: string; reply: TaskReply }[] = []
    const ask = async (id: string) => {
      const args = { draft: tasks.draft({ verification: [] }) }
      answered.push({ id, reply: await tasks.ask('assign', args, { id, timeoutMs: 1_000 }) })
    }
    // One dies before it stores anything, the next when it has stored it and nobody knows; the third answers.
    const first = ask('line-0')
    for (const moment of ['decided', 'created']) {
      await using dying = await runTaskProcess(tasks.house, `SIGKILL:${moment}`)
      await dying.exited
      expect(dying.output).toContain(`at ${moment}`)
      await expireLead(tasks.nats)
    }
    // And some time after an answer.
    for (const afterMs of [0, 20, 110]) {
      await using dying = await runTaskProcess(tasks.house)
      await first
      await ask(`line-after-${afterMs}`)
      await pause(afterMs)
      await dying.kill('SIGKILL')
      await expireLead(tasks.nats)
    }
    await using last = await runTaskProcess(tasks.house)
    await seeNothingLost(tasks, answered)
    expect((await tasks.commits()).map(({ id }) => id)).toEqual(answered.map(({ id }) => id))
    expect(last.leads).toBe(true)
  })
})

describe('the bus', () => {
  it('may be killed in the middle: commands go on when it is back, and nothing is lost or doubled', async () => {
    await using tasks = await startTestTasks({ serving: false })
    await using service = await runTaskProcess(tasks.house)
    await until('it serves', () => service.leads)
    let going = true
    const workers = Array.from({ length: 6 }, (_, index) => worker(tasks, `worker-${index}`, () => going))
    const answered = () => workers.flatMap(({ replies }) => replies)
    for (let round = 0; round < 3; round++) {
      const before = answered().length
      await until('they are at it', () => answered().length > before + 20)
      await tasks.nats.kill()
      await tasks.nats.start()
    }
    const before = answered().length
    await until('they go on', () => answered().length > before + 20)
    going = false
    await Promise.all(workers.map(({ done }) => done))
    await seeNothingLost(tasks, answered())
  })
})
