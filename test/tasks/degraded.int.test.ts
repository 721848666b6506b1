import { expect, it } from 'vitest'
import { orgSubjects } from '../../core/subject.ts'
import { until } from '../support/process.ts'
import { startRedis } from '../support/redis.ts'
import { startTestTasks } from '../support/task-service.ts'

it('F30: is not said to go on when Redis came back while the service was begun anew', async () => {
  await using redis = await startRedis()
  await redis.kill()
  await using tasks = await startTestTasks({ serving: false })
  await tasks.start({ redisUrl: redis.url })
  const subjects = orgSubjects('breakroom')
  const cli = tasks.nats.as({ kind: 'cli' }).bus
  const troubles = async () =>
    ((await cli.request(subjects.service('tasks', 'status'), {}, 1_000)) as { troubles: string[] }).troubles
  const isSaid = async () => (await troubles()).some((one) => one.startsWith('redis is away'))
  await until('it is said that Redis is away', isSaid, 15_000)
  await redis.start()
  await cli.request(subjects.taskService('rebuild', 'cli'), {}, 1_000)
  await until('that is not said any more', async () => !(await isSaid()), 8_000)
  expect((await tasks.assign()).status).toBe('open')
})
