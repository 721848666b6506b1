import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { TaskDraft } from '../../core/task/request.ts'
import type { Task } from '../../core/task/task.ts'
import { until } from '../support/process.ts'
import { seeAgreement, seeEffectsOnce } from '../support/task-record.ts'
import { alice, bob, startTestTasks, type TestTasks } from '../support/task-service.ts'

let tasks: TestTasks
beforeAll(async () => {
  tasks = await startTestTasks({ limits: { tasks_in_hand: 100 } })
})
afterAll(() => tasks[Symbol.asyncDispose]())
afterEach(async () => {
  const { tasks: live } = (await tasks.askRaw('list', { role: null })) as { tasks: Task[] }
  for (const { label } of live) await tasks.ask('cancel', { task: label, reason: 'the test is over' })
  await until(
    'nothing is left',
    async () => ((await tasks.askRaw('list', { role: null })) as { tasks: Task[] }).tasks.length === 0,
  )
})

const give = (draft: Partial<TaskDraft> = {}) => tasks.assign({ verification: [], ...draft })
/** What the seat of the cto is given at a doorbell. */
const claim = async (doorbell: string, id?: string) =>
  tasks.askAs('cto', 'claim', { task: null, role: null, doorbell }, id === undefined ? {} : { id })

describe('the next task', () => {
  it('of one requester is the most urgent, then the oldest; what waits is passed over; the same at every door', async () => {
    const low = await give({ priority: 'low' })
    const old = await give()
    const young = await give()
    const blocked = await give({ priority: 'urgent', after: [young.label] })
    const high = await give({ priority: 'high' })
    expect(blocked.status).toBe('waiting')

    const given: string[] = []
    for (let turn = 0; turn < 4; turn++) {
      const { task: byRole } = await tasks.askAs('cto', 'next', { role: 'cto' })
      const { task: byPerson } = await tasks.ask('next', { role: 'cto' })
      const { task } = await claim(`bell ${turn} of ${low.label}`)
      expect([byRole?.label, byPerson?.label]).toEqual([task?.label, task?.label])
      given.push(task?.label ?? 'nothing')
    }
    expect(given).toEqual([high, old, young, low].map(({ label }) => label))
  })

  it('of a seat that asks again before it was answered is the one of its first question', async () => {
    const [first, second] = [await give(), await give()]
    const bell = `impatient bell of ${first.label}`
    const answers = await Promise.all([claim(bell, bell), claim(bell, bell), claim(bell, bell)])
    expect(answers.map(({ task }) => task?.label)).toEqual([first.label, first.label, first.label])
    expect((await tasks.show(second.label)).status).toBe('open')
  })

  it('is none, with a hint why', async () => {
    const hint = async () => (await tasks.askAs('cto', 'next', { role: 'cto' })).hint
    expect(await hint()).toBe('there is nothing to do')
    const first = await give({ role: 'devops' })
    await give({ after: [first.label] })
    expect(await hint()).toBe(`your only task is blocked by ${first.label}`)
    await give({ after: [first.label] })
    expect(await hint()).toBe(`all your tasks are blocked by ${first.label}`)
    const held = await give()
    await claim(`bell of ${held.label}`)
    expect(await hint()).toBe(`${held.label} is in hand already; 2 others are blocked by ${first.label}`)
    expect(await claim(`another bell of ${held.label}`)).toMatchObject({ task: null, events: [], hint: await hint() })
  })

  it('of a role that there is not is a refusal', async () => {
    await expect(tasks.ask('next', { role: 'ctoo' })).rejects.toMatchObject({ detail: { rule: 'unknown-role' } })
  })

  it('may be claimed by a person for a role, who then holds it', async () => {
    const { label } = await give()
    expect((await tasks.ask('claim', { task: null, role: 'cto' }, { by: bob })).task?.label).toBe(label)
    await expect(tasks.ask('claim', { task: label, role: null }, { by: alice })).rejects.toThrow(
      `${label} is held by bob`,
    )
    expect((await tasks.ask('note', { task: null, text: 'half of it' }, { by: bob })).task?.notes).toHaveLength(1)
    const other = await give()
    await tasks.ask('claim', { task: other.label, role: null }, { by: bob })
    await expect(tasks.ask('note', { task: null, text: 'which?' }, { by: bob })).rejects.toThrow(
      new RegExp(`You hold ${label}, ${other.label}`),
    )
  })
})

describe('seats that claim', () => {
  it('never get the same task, however many at once', async () => {
    for (let count = 0; count < 20; count++) await give()
    const replies = await Promise.all(Array.from({ length: 30 }, (_, seat) => claim(`bell of seat ${seat}`)))
    const labels = replies.flatMap(({ task }) => task?.label ?? [])
    expect(labels).toHaveLength(20)
    expect(new Set(labels).size).toBe(20)
    for (const { task, hint } of replies) expect(task === null).toBe(hint !== null)
  })

  it('get the same task for the same request, and no higher epoch', async () => {
    const { label } = await give()
    const [first, again] = [await claim('bell', `claim of ${label}`), await claim('bell', `claim of ${label}`)]
    expect([first.task?.epoch, again.task?.epoch]).toEqual([1, 1])
    // What the first one did, whose answer may have been lost.
    expect(again.events).toEqual(['claimed'])
  })
})

describe('F7: a doorbell that is handed out again', () => {
  it('gives the same task under a higher epoch; what the first seat still writes is refused', async () => {
    const { label } = await give()
    await give({ priority: 'low' })
    const { task: first } = await claim(`bell of ${label}`)
    await tasks.askAs('cto', 'start', { task: label, epoch: 1 })
    const { task: second } = await claim(`bell of ${label}`)
    expect([first, second].map((task) => [task?.label, task?.epoch])).toEqual([
      [label, 1],
      [label, 2],
    ])
    const { version } = await tasks.show(label)
    const late = {
      submit: { task: label, result: 'of the first', epoch: 1 },
      start: { task: label, epoch: 1 },
      block: { task: label, reason: 'late', epoch: 1 },
      hand_back: { task: label, reason: 'late', counted: true, epoch: 1 },
    } as const
    for (const [verb, args] of Object.entries(late)) {
      await expect(tasks.askAs('cto', verb as keyof typeof late, args), verb).rejects.toMatchObject({
        code: 'refused',
        detail: { rule: 'stale-epoch', epoch: 2 },
      })
    }
    expect((await tasks.show(label)).version).toBe(version)
    await tasks.askAs('cto', 'submit', { task: label, result: 'of the second', epoch: 2 })
    expect((await tasks.show(label)).result).toMatchObject({ text: 'of the second', epoch: 2 })
  })

  it('gives another task when its own is handed in', async () => {
    const [one, two] = [await give(), await give()]
    await claim(`bell of ${one.label}`)
    await tasks.askAs('cto', 'submit', { task: one.label, result: 'merged', epoch: 1 })
    expect((await claim(`bell of ${one.label}`)).task?.label).toBe(two.label)
  })

  it('does not take a task from a person who claimed it', async () => {
    const { label } = await give()
    await tasks.ask('claim', { task: label, role: null }, { by: bob })
    expect((await claim(`bell of ${label}`)).task).toBeNull()
  })
})

describe('a task that its seat hands back', () => {
  it('is open again, fails when no try is left, and is not counted when nobody was to blame', async () => {
    const { label } = await give({ budget: { attempts: 2 } })
    const back = async (counted: boolean) => {
      const { task } = await claim(`bell of ${label}`)
      const args = { task: label, epoch: task?.epoch ?? 0, reason: 'the program was killed', counted }
      return (await tasks.askAs('cto', 'hand_back', args)).task
    }
    expect(await back(false)).toMatchObject({ status: 'open', attempts: 0, claim: null })
    expect(await back(true)).toMatchObject({ status: 'open', attempts: 1 })
    expect(await back(true)).toMatchObject({ status: 'failed', reason: 'the program was killed' })
  })
})

describe('F26: a doorbell that was heard too often', () => {
  const giveUp = (doorbell: string, task: string, role = 'cto') =>
    tasks.askAs(role, 'give_up', { doorbell, task, reason: 'five tries ended in a crash' })

  it('makes the task fail that was given out at it, and says so', async () => {
    const [quiet, { label }] = [await give({ priority: 'low' }), await give()]
    await claim(`bell of ${label}`)
    // The doorbell was rung for another task than the one that was claimed at it.
    const { task } = await giveUp(`bell of ${label}`, quiet.label)
    expect(task).toMatchObject({ label, status: 'failed', reason: 'five tries ended in a crash', claim: null })
    expect((await tasks.show(quiet.label)).status).toBe('open')
    expect((await giveUp(`bell of ${label}`, label)).events).toEqual([])
  })

  it('makes the task fail that it was rung for when nobody got so far as to claim it', async () => {
    const { label } = await give()
    expect((await giveUp(`bell of ${label}`, label)).task).toMatchObject({ label, status: 'failed' })
  })

  it('changes nothing for a task that somebody else holds, or for another role', async () => {
    const { label } = await give()
    await tasks.ask('claim', { task: label, role: null }, { by: bob })
    expect(await giveUp(`bell of ${label}`, label)).toMatchObject({ events: [], task: { status: 'claimed' } })
    await expect(giveUp(`bell of ${label}`, label, 'devops')).rejects.toMatchObject({ detail: { rule: 'not-yours' } })
  })
})

it('all of this is told once, and the same everywhere', async () => {
  await seeAgreement(tasks.nats, tasks.house, () => tasks.askRaw('list', { role: null, all: true }))
  await seeEffectsOnce(tasks.nats, tasks.house)
})
