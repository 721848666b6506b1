import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { testCounts } from '../../core/evidence/test-counts.ts'
import type { Task } from '../../core/task/task.ts'
import { everybody, type Stop } from '../../ports/stop-switch.ts'
import { until } from '../support/process.ts'
import { workspaceIn } from '../support/task-house.ts'
import { expireLead, runTaskProcess } from '../support/task-process.ts'
import { readStream, seeAgreement, seeEffectsOnce } from '../support/task-record.ts'
import { bob, startTestTasks, type TestTasks } from '../support/task-service.ts'

const check = (name: string) => [{ kind: 'check', check: name }] as const
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')

/** A task whose result bob has handed in. */
async function submitted(tasks: TestTasks, draft: Partial<Task>, result = 'merged as 4f2a'): Promise<Task> {
  const { label } = await tasks.assign(draft as object)
  await tasks.ask('claim', { task: label, role: null }, { by: bob })
  const { task } = await tasks.ask('submit', { task: label, result }, { by: bob })
  if (task === null) throw new Error('nothing was submitted')
  return task
}

/** How often the check `gate` was begun for a task. */
function runs({ house }: TestTasks, label: string): number {
  const file = join(workspaceIn(house, 'cto'), 'runs')
  return existsSync(file)
    ? readFileSync(file, 'utf8')
        .split('\n')
        .filter((line) => line === label).length
    : 0
}

function open({ house }: TestTasks, label: string): void {
  writeFileSync(join(workspaceIn(house, 'cto'), `open-${label}`), '')
}

describe('a check', () => {
  let tasks: TestTasks
  beforeAll(async () => {
    tasks = await startTestTasks({ checkMinutes: 0.02 })
  })
  afterAll(() => tasks[Symbol.asyncDispose]())

  it('that passes makes the task done, with evidence that the system itself took', async () => {
    const { label } = await submitted(tasks, { verification: [...check('npm test')] })
    const { evidence, stage, claim } = await tasks.when(label, 'done')
    expect(evidence).toEqual([
      {
        step: 0,
        epoch: 1,
        passed: true,
        by: null,
        comment: '',
        run: {
          check: 'npm test',
          argv: tasks.house.fleet.checks['npm test'],
          exit_code: 0,
          ended: null,
          duration_ms: expect.any(Number),
          output_tail: '12 passed',
          output_sha256: sha256('12 passed\n'),
          tree: null,
          commit: null,
          tests: testCounts('12 passed\n'),
          doubts: [],
        },
      },
    ])
    expect({ stage, claim: claim?.by ?? null }).toEqual({ stage: 'review', claim: null })
  })

  it('that fails gives the task back to its role with the reason, and rings for it again', async () => {
    const { label, key } = await submitted(tasks, { verification: [...check('broken')] })
    const task = await tasks.when(label, 'open')
    expect(task).toMatchObject({ reason: '`broken` ended with 1', claim: null, result: null, attempts: 1 })
    expect(task.evidence.at(-1)).toMatchObject({ passed: false, run: { exit_code: 1, output_tail: '1 failed' } })
    const bells = await until('it has rung again', async () => {
      const work = await readStream(tasks.nats, 'WORK')
      const ids = work.map(({ text }) => JSON.parse(text).id as string).filter((id) => id.includes(key))
      return ids.length > 1 && ids
    })
    expect(bells).toEqual([`doorbell:${key}:1:work`, `doorbell:${key}:${task.version}:work`])
  })

  it('F54: that hangs is killed at its limit and is no success, nor is one that is not there', async () => {
    const hangs = await submitted(tasks, { verification: [...check('hangs')] })
    const missing = await submitted(tasks, { role: 'devops', verification: [...check('missing')] })
    expect(await tasks.when(missing.label, 'open')).toMatchObject({ reason: '`missing` no-such-program is not there' })
    expect(await tasks.when(hangs.label, 'open')).toMatchObject({
      reason: '`hangs` killed after 1.2 s',
      evidence: [{ passed: false, run: { exit_code: null } }],
    })
  })

  it('F54, S31: is run by the system, whatever the worker says of it', async () => {
    const { label } = await submitted(tasks, { verification: [...check('false')] }, 'all tests passed, exit code 0')
    expect(await tasks.when(label, 'open')).toMatchObject({ evidence: [{ passed: false, run: { exit_code: 1 } }] })
  })

  it('makes the task fail when no try is left', async () => {
    const { label } = await submitted(tasks, { verification: [...check('broken')], budget: { attempts: 2 } })
    await tasks.when(label, 'open')
    await tasks.ask('submit', { task: label, result: 'again' }, { by: bob })
    const task = await tasks.when(label, 'failed')
    expect(task).toMatchObject({ attempts: 2, reason: '`broken` ended with 1', claim: null })
    expect(task.evidence).toHaveLength(2)
    const { task: again } = await tasks.ask('reassign', { task: label, role: 'devops' })
    expect(again).toMatchObject({ status: 'open', role: 'devops', attempts: 0 })
  })

  it('is one of several steps, which are taken in their order', async () => {
    const verification = [...check('true'), { kind: 'review', by: 'cso' }, ...check('npm test')] as const
    const { label } = await submitted(tasks, { verification: [...verification] })
    await until('the first step passed', async () => (await tasks.show(label)).passed === 1)
    expect((await tasks.show(label)).stage).toBe('review')
    await tasks.askAs('cso', 'approve', { task: label, comment: 'looks right' })
    const { evidence } = await tasks.when(label, 'done')
    expect(evidence.map(({ step, by, run }) => [step, by, run?.check])).toEqual([
      [0, null, 'true'],
      [1, 'cso', undefined],
      [2, null, 'npm test'],
    ])
  })

  it('does what was done once in the record', async () => {
    await seeAgreement(tasks.nats, tasks.house, () => tasks.askRaw('list', { role: null, all: true }))
    await seeEffectsOnce(tasks.nats, tasks.house)
  })
})

describe('a check that takes its time', () => {
  let tasks: TestTasks
  beforeAll(async () => {
    tasks = await startTestTasks()
  })
  afterAll(() => tasks[Symbol.asyncDispose]())

  it('is killed when the task is cancelled meanwhile', async () => {
    const { label } = await submitted(tasks, { verification: [...check('gate')] })
    await until('it runs', () => runs(tasks, label) === 1)
    await tasks.ask('cancel', { task: label, reason: 'not needed any more' })
    // The next of the same role can only run when that one is gone.
    const next = await submitted(tasks, { verification: [...check('true')] })
    await tasks.when(next.label, 'done')
    expect(await tasks.show(label)).toMatchObject({ status: 'cancelled', evidence: [] })
    open(tasks, label)
  })

  it('waits while its role is stopped, or everybody, and runs after the resume', async () => {
    const control = tasks.nats.as({ kind: 'desk' }).keyed<Stop>('control')
    for (const who of ['cto', everybody]) {
      await control.put(who, { by: 'human-alice', at: new Date().toISOString() })
      const { label } = await submitted(tasks, { verification: [...check('gate')] })
      open(tasks, label)
      // What another role has to be checked is checked, unless everybody is stopped.
      const others = []
      for (const _ of [1, 2]) {
        others.push((await submitted(tasks, { role: 'devops', verification: [...check('true')] })).label)
      }
      if (who !== everybody) for (const other of others) await tasks.when(other, 'done')
      expect(runs(tasks, label)).toBe(0)
      expect((await tasks.show(label)).status).toBe('verifying')
      await control.delete(who)
      await tasks.when(label, 'done')
      expect(runs(tasks, label)).toBe(1)
      for (const other of others) await tasks.when(other, 'done')
    }
  })

  it('holds up no more than its own role', async () => {
    const { label } = await submitted(tasks, { verification: [...check('gate')] })
    await until('it runs', () => runs(tasks, label) === 1)
    for (const role of ['devops', 'cso', 'ceo', 'devops']) {
      const other = await submitted(tasks, { role, verification: [...check('true')] })
      await tasks.when(other.label, 'done')
    }
    open(tasks, label)
    await tasks.when(label, 'done')
  })

  it('is run for a submission that another process stored at the end of its lead', async () => {
    const { label, key } = await tasks.assign({ verification: [...check('npm test')] })
    const { task } = await tasks.ask('claim', { task: label, role: null }, { by: bob })
    const commit = {
      id: 'stored by another',
      key,
      version: (task?.version ?? 0) + 1,
      by: bob.actor,
      at: new Date().toISOString(),
      trace: 'trace',
      cause: null,
      events: [{ type: 'submitted', result: 'merged', epoch: 1 }],
    } as const
    await tasks.nats
      .as({ kind: 'tasks' })
      .ledger('breakroom')
      .append({ ...commit, events: [...commit.events] })
    await tasks.when(label, 'done')
  })
})

it('a check whose service is killed runs once more under the next, and counts once', async () => {
  await using tasks = await startTestTasks({ serving: false })
  await using first = await runTaskProcess(tasks.house)
  await until('it serves', () => first.leads)
  const { label } = await submitted(tasks, { verification: [...check('gate')] })
  await until('it runs', () => runs(tasks, label) === 1)
  await first.kill('SIGKILL')
  await expireLead(tasks.nats)
  await using second = await runTaskProcess(tasks.house)
  await until('it runs again', () => runs(tasks, label) === 2)
  open(tasks, label)
  const { evidence, attempts } = await tasks.when(label, 'done')
  expect({ passed: evidence.map(({ passed }) => passed), attempts }).toEqual({ passed: [true], attempts: 1 })
  expect(evidence[0]?.run?.output_sha256).toBe(sha256('through\n'))
  expect(runs(tasks, label)).toBe(2)
  expect(second.leads).toBe(true)
  await seeEffectsOnce(tasks.nats, tasks.house)
})
