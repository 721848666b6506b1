import { afterAll, beforeAll, expect, it } from 'vitest'
import { hasPassed, isSigned } from '../../core/evidence/run.ts'
import { evidenceReplySchema } from '../../core/task/request.ts'
import { createGitRepository, type GitRepository } from '../support/git-repository.ts'
import { until } from '../support/process.ts'
import { workspaceIn } from '../support/task-house.ts'
import { bob, founder, startTestTasks, type TestTasks } from '../support/task-service.ts'

let tasks: TestTasks
let repository: GitRepository
beforeAll(async () => {
  tasks = await startTestTasks()
  repository = createGitRepository(workspaceIn(tasks.house, 'cto'))
  repository.write('gateway.mjs', 'export const limit = 100\n')
  repository.commit()
})
afterAll(() => tasks?.[Symbol.asyncDispose]())

it('the service runs a check for a person, and signs what it came to', async () => {
  const args = { check: 'npm test', role: 'cto' }
  const reply = await until('it is done', async () => {
    const one = evidenceReplySchema.parse(await tasks.askRaw('evidence', args, { id: 'line-1' }))
    return one.state === 'done' && one
  })
  expect(hasPassed(reply.run.run)).toBe(true)
  expect(isSigned(reply.run, tasks.context.evidenceKey.public)).toBe(true)
  const guest = { actor: 'human-eve-at-own', tier: 'guest', name: 'eve' } as const
  await expect(tasks.askRaw('evidence', args, { by: guest })).rejects.toMatchObject({ code: 'denied' })
})

it('a task begins at the commit of its worker, and a yes to other files than were checked is refused', async () => {
  const verification = [{ kind: 'check', check: 'npm test' } as const, { kind: 'approval' } as const]
  const { label } = await tasks.assign({ verification })
  const { task: claimed } = await tasks.ask('claim', { task: label, role: null }, { by: bob })
  expect(claimed?.base).toBe(repository.git('rev-parse', 'HEAD').trim())
  await tasks.ask('submit', { task: label, result: 'merged' }, { by: bob })
  await until('its check passed', async () => (await tasks.show(label)).passed === 1)
  repository.write('gateway.mjs', 'export const limit = 0\n')
  const approve = () => tasks.ask('approve', { task: label, comment: '' }, { by: founder })
  await expect(approve()).rejects.toMatchObject({ code: 'refused', detail: { rule: 'changed' } })
  await until('it was checked again', async () => {
    const { passed, evidence } = await tasks.show(label)
    return passed === 1 && evidence.length === 2
  })
  expect((await approve()).task?.status).toBe('done')
})
