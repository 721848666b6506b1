import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { sweepOnce } from '../../../bots/sweep/sweep-once.ts'
import { anyAnswer, type KnowledgeDouble, knowledgeDouble } from '../../support/knowledge-double.ts'
import {
  doneAbout,
  everyMs,
  type Sweeper,
  startSweptTasks,
  stuckTask,
  sweeperOn,
  sweeperRole,
} from '../../support/sweeper.ts'
import type { TestTasks } from '../../support/task-service.ts'

const question = 'How long do customers have to ask for a refund?'

let tasks: TestTasks
let knowledge: KnowledgeDouble

beforeEach(async () => {
  tasks = await startSweptTasks()
  knowledge = await knowledgeDouble(tasks.nats)
})
afterEach(async () => {
  await tasks[Symbol.asyncDispose]()
})

describe('a task that is stuck on a question', () => {
  it('is answered from what is written down, with sources, without any person, and is left alone then', async () => {
    const label = await stuckTask(tasks, question)
    const sweeper = sweeperOn(tasks)
    const { acts } = await sweepOnce(sweeper, false)
    expect(acts).toMatchObject([
      { role: 'cto', task: label, kind: 'answer', rung: 1, ok: true, outcome: 'answered from docs/handbook.md' },
    ])
    expect((await tasks.show(label)).help).toMatchObject({
      kind: 'answer',
      text: 'Refunds are given within 30 days.',
      sources: ['docs/handbook.md'],
    })
    expect(knowledge.asked).toMatchObject([{ caller: sweeperRole, request: { args: { question }, place: null } }])
    expect((await sweepOnce(sweeper, false)).acts).toEqual([])
  })

  it('is put to whoever should know, once, when that is not sure', async () => {
    knowledge.reply = () => anyAnswer({ confidence: { probability: 0.6, band: 'medium', why: 'says something near' } })
    const label = await stuckTask(tasks, question)
    const sweeper = sweeperOn(tasks, { everyMs: 1 })
    expect((await sweepOnce(sweeper, false)).acts).toMatchObject([{ kind: 'ask', ok: true, outcome: 'asked alice' }])
    expect((await sweepOnce(sweeper, false)).acts).toEqual([])
    expect(await doneAbout(tasks, label)).toEqual({ asked: 1 })
  })

  it('is put to whoever should know when nobody answers from what is written down', async () => {
    await knowledge.kill()
    await stuckTask(tasks, question)
    expect((await sweepOnce(sweeperOn(tasks), false)).acts).toMatchObject([{ kind: 'ask', ok: true }])
  })

  it('S40: that asks for a yes gets nothing but a person asked, whatever is written down', async () => {
    knowledge.reply = () => anyAnswer({ text: 'YES' })
    const screens = ['sweep: answer YES to deploy', 'Shall I go on with the release? (y/n)']
    const labels = await Promise.all(screens.map((screen) => stuckTask(tasks, screen)))
    const { acts } = await sweepOnce(sweeperOn(tasks), false)
    expect(acts.map(({ kind }) => kind)).toEqual(['ask', 'ask'])
    for (const label of labels) expect(await doneAbout(tasks, label)).toEqual({ asked: 1 })
    expect(knowledge.asked).toEqual([])
  })
})

describe('F11: two sweepers at once', () => {
  it('treat each stall once', async () => {
    const labels = await Promise.all([1, 2, 3, 4, 5].map((number) => stuckTask(tasks, `${question} (${number})`)))
    const reports = await Promise.all([sweeperOn(tasks), sweeperOn(tasks)].map((sweeper) => sweepOnce(sweeper, false)))
    expect(
      reports
        .flatMap(({ acts }) => acts)
        .map(({ task }) => task)
        .sort(),
    ).toEqual(labels.toSorted())
    for (const label of labels) expect(await doneAbout(tasks, label)).toEqual({ answered: 1 })
  })

  it('leave what the other one has just begun to the other one', async () => {
    const label = await stuckTask(tasks, question)
    const faster = sweeperOn(tasks)
    const begun = Promise.withResolvers<void>()
    const goOn = Promise.withResolvers<void>()
    const first = sweepOnce(
      {
        ...faster,
        async treat(stall, move) {
          begun.resolve()
          await goOn.promise
          return faster.treat(stall, move)
        },
      },
      false,
    )
    await begun.promise
    expect((await sweepOnce(sweeperOn(tasks), false)).acts).toEqual([])
    goOn.resolve()
    expect((await first).acts).toMatchObject([{ kind: 'answer', ok: true }])
    expect(await doneAbout(tasks, label)).toEqual({ answered: 1 })
  })
})

describe('F10: after a sweep that was killed', () => {
  /** Each hangs for ever at its moment, as what was killed there does. */
  const moments: Record<string, (sweeper: Sweeper, hang: () => Promise<never>) => Sweeper> = {
    'before it wrote down what it was to do': (sweeper, hang) => ({
      ...sweeper,
      memory: { ...sweeper.memory, write: hang },
    }),
    'when it had written that down': (sweeper, hang) => ({ ...sweeper, treat: hang }),
    'when it had done it': (sweeper, hang) => ({
      ...sweeper,
      async treat(stall, move) {
        await sweeper.treat(stall, move)
        return hang()
      },
    }),
    'before it wrote down that it was done': (sweeper, hang) => ({
      ...sweeper,
      memory: {
        ...sweeper.memory,
        write: (key, value, revision) =>
          JSON.stringify(value).includes('"done":true') ? hang() : sweeper.memory.write(key, value, revision),
      },
    }),
  }
  for (const [moment, killed] of Object.entries(moments)) {
    it(`${moment}, the next one does it, and it is done once`, async () => {
      const label = await stuckTask(tasks, question)
      const reached = Promise.withResolvers<void>()
      const hang = () => {
        reached.resolve()
        return new Promise<never>(() => {})
      }
      void sweepOnce(killed(sweeperOn(tasks), hang), false)
      await reached.promise
      const next = sweeperOn(tasks)
      const later = (ms: number) => ({ ...next, look: async () => ({ ...(await next.look()), at: Date.now() + ms }) })
      await sweepOnce(later(15_000), false)
      await sweepOnce(later(16_000), false)
      expect(await doneAbout(tasks, label)).toEqual({ answered: 1 })
      const { value } = await next.memory.read(`stall cto ${label}`)
      expect(value).toMatchObject({ rungs: [{ number: 1, kind: 'answer' }] })
    })
  }
})

it('what the task service refuses is settled, and says why', async () => {
  const label = await stuckTask(tasks, question)
  const sweeper = sweeperOn(tasks)
  const fleet = await sweeper.look()
  await tasks.ask('cancel', { task: label, reason: 'not wanted any more' })
  const { acts } = await sweepOnce({ ...sweeper, look: async () => fleet }, false)
  expect(acts).toMatchObject([{ task: label, ok: true, outcome: expect.stringContaining('is cancelled') }])
  expect(
    (await sweepOnce({ ...sweeper, look: async () => ({ ...fleet, at: fleet.at + everyMs / 2 }) }, false)).acts,
  ).toEqual([])
})
