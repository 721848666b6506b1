import { afterAll, beforeAll, expect, it } from 'vitest'
import { taskListSchema, taskTimelineSchema } from '../../core/task/request.ts'
import { startTestTasks, type TestTasks } from '../support/task-service.ts'

let tasks: TestTasks
beforeAll(async () => {
  tasks = await startTestTasks()
})
afterAll(() => tasks[Symbol.asyncDispose]())

it('S35: a list of more than the bus takes in one message is answered with what fits, the newest first, and how many more', async () => {
  const context = Array.from({ length: 10 }, () => 'y'.repeat(1_000))
  const draft = { verification: [], description: 'x'.repeat(4_000), context }
  const made = await Promise.all(Array.from({ length: 90 }, () => tasks.assign(draft)))
  const list = taskListSchema.parse(await tasks.askRaw('list', { role: null, all: false }))
  expect(list.tasks.length).toBeGreaterThan(10)
  expect(list.tasks.length + list.more).toBe(made.length)
  expect(list.tasks[0]?.label).toBe('t-90')
})

it('S35: of a task with more of a history than the bus takes in one message the newest is told, and how much is left out', async () => {
  const { label } = await tasks.assign()
  const text = 'n'.repeat(1_000)
  for (let note = 0; note < 900; note++) await tasks.ask('note', { task: label, text })
  const { commits, earlier } = taskTimelineSchema.parse(await tasks.askRaw('why', { task: label }))
  expect(commits.length + (earlier ?? 0)).toBe(901)
  expect(earlier).toBeGreaterThan(0)
  expect(commits.at(-1)?.version).toBe(901)
}, 30_000)
