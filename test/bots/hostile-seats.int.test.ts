import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { provision } from '../../adapters/nats/provision.ts'
import { startBots } from '../../bots/main.ts'
import type { Role } from '../../core/role.ts'
import type { RunningPart } from '../../ports/part.ts'
import { until } from '../support/process.ts'
import { itemsWaiting } from '../support/record.ts'
import { startTestTasks, type TestTasks, taskRoles } from '../support/task-service.ts'

let tasks: TestTasks
let bots: RunningPart[]
beforeEach(async () => {
  tasks = await startTestTasks()
  bots = []
  const admin = tasks.nats.options({ kind: 'admin' })
  await provision(admin, { org: 'breakroom', roles: taskRoles, taskLeaseMs: 2_000 })
})
afterEach(async () => {
  await Promise.all(bots.map((part) => part.stop()))
  await tasks[Symbol.asyncDispose]()
})

const withProgram = (role: Role): Role => ({ ...role, brain: { kind: 'command', command: 'work', minutes: 1 } })

/** The bot of the cto; a shell script sits there, or people. */
async function sit(script: string | null): Promise<RunningPart> {
  const { fleet } = tasks.context
  const checks = { ...fleet.checks, work: ['sh', '-c', script ?? 'true'] }
  const limits = { ...fleet.limits, task_lease_seconds: 2 }
  const roles = script === null ? tasks.context.roles : tasks.context.roles.map(withProgram)
  const part = await startBots({ ...tasks.context, roles, fleet: { ...fleet, checks, limits } }, 'cto')
  bots.push(part)
  await part.ready(10_000)
  return part
}

const settled = () => until('every doorbell is acknowledged', async () => (await itemsWaiting(tasks.nats)) === 0)

describe('a seat that changes hands', () => {
  it('works on what people had left open when a program comes to sit there', async () => {
    const people = await sit(null)
    const { label } = await tasks.assign()
    await settled()
    await people.stop()
    await tasks.stop()
    await sit('echo "by the program"')
    await tasks.start({ roles: tasks.context.roles.map(withProgram) })
    expect((await tasks.when(label, 'done')).result?.text).toBe('by the program')
  })

  it('F5: opens again what a program was killed over, when people come to sit there', async () => {
    const { label, key } = await tasks.assign()
    await tasks.askAs('cto', 'claim', { task: null, role: null, doorbell: `doorbell:${key}:1:work` })
    await sit(null)
    await settled()
    expect(await tasks.when(label, 'open')).toMatchObject({ claim: null, attempts: 0 })
  })

  it('gives a doorbell up for good when the role may not do tasks any more', async () => {
    await tasks.assign()
    await tasks.stop()
    const roles = tasks.context.roles.map((role): Role => ({ ...role, tools: { rooms: ['say'] } }))
    await tasks.start({ roles })
    await sit(null)
    await until('the doorbell is gone', async () => (await itemsWaiting(tasks.nats)) === 0, 15_000)
  }, 30_000)
})
