import { expect, test } from 'vitest'
import { bob, startTestTasks } from '../support/task-service.ts'

test('a task goes from assigned to done, and the system itself has seen that it is', async () => {
  await using tasks = await startTestTasks()
  const { label } = await tasks.assign()
  expect(label).toBe('t-1')

  await tasks.ask('claim', { task: label, role: null }, { by: bob })
  await tasks.ask('start', { task: null }, { by: bob })
  await tasks.ask('submit', { task: null, result: 'merged as 4f2a' }, { by: bob })

  const task = await tasks.when(label, 'done')
  expect(task.result?.text).toBe('merged as 4f2a')
  expect(task.evidence).toEqual([
    expect.objectContaining({
      passed: true,
      by: null,
      run: expect.objectContaining({ check: 'npm test', exit_code: 0, output_tail: '12 passed' }),
    }),
  ])
})
