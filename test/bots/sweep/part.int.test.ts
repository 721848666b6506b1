import { randomUUID } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { startSweep } from '../../../bots/sweep/main.ts'
import { orgSubjects } from '../../../core/subject.ts'
import { type SweepReport, sweepReportSchema } from '../../../core/sweep/report.ts'
import type { RunningPart } from '../../../ports/part.ts'
import type { Stop } from '../../../ports/stop-switch.ts'
import { recordOf } from '../../support/desk.ts'
import { knowledgeDouble } from '../../support/knowledge-double.ts'
import { type Running, run, until } from '../../support/process.ts'
import { doneAbout, startSweptTasks, stuckTask, sweeperRole } from '../../support/sweeper.ts'
import type { TestTasks } from '../../support/task-service.ts'

const subjects = orgSubjects('breakroom')
const question = 'How long do customers have to ask for a refund?'
const fixture = resolve(import.meta.dirname, '../../fixtures/run-sweep.ts')

let tasks: TestTasks
let parts: RunningPart[]
let processes: Running[]

beforeEach(async () => {
  tasks = await startSweptTasks()
  // Only when a test asks.
  tasks.house.fleet.sweep.every_minutes = 60
  parts = []
  processes = []
})
afterEach(async () => {
  for (const part of parts) await part.stop()
  for (const one of processes) await one[Symbol.asyncDispose]()
  await tasks[Symbol.asyncDispose]()
})

async function sweeping(): Promise<RunningPart> {
  const part = await startSweep(tasks.context)
  parts.push(part)
  await part.ready(10_000)
  return part
}

async function ask(verb: 'run' | 'report' | 'status'): Promise<unknown> {
  const desk = tasks.nats.as({ kind: 'desk' }).bus
  const asking = async () => ({ answer: await desk.request(subjects.service('sweep', verb), {}, 9_000) })
  return (await until(`the sweep answers ${verb}`, asking)).answer
}

async function sweep(): Promise<SweepReport> {
  return sweepReportSchema.parse(await ask('run'))
}

const organ = (report: SweepReport, name: string) => report.organs.find(({ organ }) => organ === name)

describe('the sweep', () => {
  it('gives whoever asks its report, keeps it, and puts it on the record', async () => {
    await knowledgeDouble(tasks.nats)
    const part = await sweeping()
    expect(await ask('report')).toBeNull()
    const label = await stuckTask(tasks, question)
    const report = await sweep()
    expect(report).toMatchObject({
      asked: true,
      acts: [{ role: 'cto', task: label, kind: 'answer', ok: true }],
      held: null,
    })
    expect(report.agents.map(({ role, state }) => ({ role, state }))).toContainEqual({
      role: 'cto',
      state: 'waiting-for-answer',
    })
    expect(organ(report, 'queues')).toMatchObject({ state: 'well' })
    expect(organ(report, 'bridge')).toMatchObject({ state: 'ailing', why: 'it does not answer' })
    expect(await ask('report')).toEqual(report)
    const events = (await recordOf(tasks.nats, 'events')).map((event): object => event)
    expect(events).toContainEqual(expect.objectContaining({ type: 'sweep.report', actor: sweeperRole, data: report }))
    expect(await ask('status')).toEqual({ part: 'sweep', troubles: [] })
    expect(part.troubles()).toEqual([])
  })

  it('gives who asks during one the same report', async () => {
    await sweeping()
    const [first, second] = await Promise.all([sweep(), sweep()])
    expect(second.at).toBe(first.at)
  })

  it('looks and reports, and does nothing, while somebody has stopped it', async () => {
    await sweeping()
    const label = await stuckTask(tasks, question)
    const control = tasks.nats.as({ kind: 'desk' }).keyed<Stop>('control')
    await control.put(sweeperRole, { by: 'alice', at: new Date().toISOString() })
    const report = await until('it heard of the stop', async () => {
      const one = await sweep()
      return one.states.stopped?.includes(sweeperRole) === true && one
    })
    expect(report.agents.map(({ role }) => role)).toContain('cto')
    expect(report.acts).toEqual([])
    await control.delete(sweeperRole)
    await until('it acts again', async () => (await sweep()).acts.length > 0)
    expect(await doneAbout(tasks, label)).toEqual({ asked: 1 })
  })

  it('reports when the task service is dead, and says that it is', async () => {
    await sweeping()
    await tasks.stop()
    const report = await sweep()
    expect(organ(report, 'tasks')).toMatchObject({ state: 'ailing', why: 'it does not answer' })
    expect(organ(report, 'timers')).toMatchObject({ state: 'unknown' })
    expect(organ(report, 'watch')).toMatchObject({ state: 'unknown' })
    expect(report.acts).toEqual([])
  })

  it('F10: goes on in another process when one was killed in the middle, at the usual pace, and does nothing twice', async () => {
    tasks.house.fleet.sweep.every_minutes = 0.05
    await knowledgeDouble(tasks.nats)
    const label = await stuckTask(tasks, question)
    const first = sweepProcess('acted')
    await first.exited
    expect(await doneAbout(tasks, label)).toEqual({ answered: 1 })
    sweepProcess()
    const { at } = await until('another sweeps', async () => sweepReportSchema.parse(await ask('report')), 15_000)
    await until('it sweeps again', async () => sweepReportSchema.parse(await ask('report')).at > at, 15_000)
    expect(await doneAbout(tasks, label)).toEqual({ answered: 1 })
  })
})

function sweepProcess(failpoint = ''): Running {
  const file = join(tasks.house.folder, `house-${randomUUID()}.json`)
  writeFileSync(file, JSON.stringify(tasks.house))
  const started = run(process.execPath, [fixture, file], { env: { ...process.env, FAILPOINT: failpoint } })
  processes.push(started)
  return started
}

it('a fleet without a role for it is not swept, and nothing is wrong with that', async () => {
  const part = await startSweep({
    ...tasks.context,
    roles: tasks.context.roles.filter(({ name }) => name !== sweeperRole),
  })
  parts.push(part)
  await part.ready(10_000)
  expect(part.troubles()).toEqual([])
  expect(await ask('status')).toEqual({ part: 'sweep', troubles: [] })
})
