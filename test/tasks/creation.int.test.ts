import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Task } from '../../core/task/task.ts'
import { until } from '../support/process.ts'
import { readStream, seeAgreement, seeEffectsOnce } from '../support/task-record.ts'
import { startTestTasks, type TestTasks } from '../support/task-service.ts'

let tasks: TestTasks

beforeAll(async () => {
  tasks = await startTestTasks()
})
afterAll(() => tasks[Symbol.asyncDispose]())

it('makes one task of one request, however often, at the same time and after a restart', async () => {
  const asked = tasks.draft({ title: 'asked for once' })
  const ask = () => tasks.assign(asked, { id: 'line-1' })
  const first = await ask()
  const others = await Promise.all(Array.from({ length: 10 }, ask))
  await tasks.stop()
  await tasks.start()
  others.push(await ask())

  expect(new Set(others.map(({ key, label, version }) => `${key} ${label} ${version}`))).toEqual(
    new Set([`${first.key} ${first.label} 1`]),
  )
  const created = (await tasks.commits()).filter(({ id }) => id === 'line-1')
  expect(created).toHaveLength(1)
})

it('makes one task of a request that comes ten times at once, before any answer', async () => {
  const made = await Promise.all(Array.from({ length: 10 }, () => tasks.assign({}, { id: 'line-at-once' })))
  expect(new Set(made.map(({ label }) => label)).size).toBe(1)
  expect((await tasks.commits()).filter(({ id }) => id === 'line-at-once')).toHaveLength(1)
})

it('takes the id of one agent for no other agent, and for no person', async () => {
  const behalf = await tasks.assign({ title: 'the cto asks on behalf of this' })
  const { task: held } = await tasks.askAs('cto', 'claim', { task: null, role: null, doorbell: 'bell' })
  const on_behalf_of = { task: held?.label ?? '', epoch: held?.epoch ?? 0 }
  const draft = tasks.draft({ role: 'devops', title: 'from the cto' })
  const { task: agents } = await tasks.askAs('cto', 'assign', { draft, on_behalf_of }, { id: 'the same id' })
  const persons = await tasks.assign({ title: 'from a person' }, { id: 'the same id' })
  expect(agents?.title).toBe('from the cto')
  expect(persons.title).toBe('from a person')
  expect(agents?.key).not.toBe(persons.key)
  expect(behalf.label).toBeTruthy()
})

it('counts labels up, without holes for what was refused, also across a restart', async () => {
  const before = await tasks.assign()
  const refused = [
    { role: 'cmo' },
    { role: 'ceoo' },
    { acceptance_criteria: [] },
    { verification: [{ kind: 'check', check: 'rm -rf' }] },
    { verification: [{ kind: 'review', by: 'cto' }] },
    { after: ['t-999'] },
    { on_complete: [{ publish_to: 'nobody', payload_template: { title: 'x', acceptance_criteria: ['y'] } }] },
    { on_complete: [{ publish_to: 'cso', payload_template: { title: '{secret}', acceptance_criteria: ['y'] } }] },
  ] as Partial<Task>[]
  const stored = (await readStream(tasks.nats, 'LEDGER')).length
  for (const draft of refused) await expect(tasks.assign(draft as object)).rejects.toMatchObject({ code: 'refused' })
  expect((await readStream(tasks.nats, 'LEDGER')).length).toBe(stored)

  const numberOf = ({ label }: Task) => Number(label.slice(2))
  const after = await tasks.assign()
  await tasks.stop()
  await tasks.start()
  const later = await tasks.assign()
  expect([numberOf(after), numberOf(later)]).toEqual([numberOf(before) + 1, numberOf(before) + 2])
})

it('says which part of a refused task is wrong, in a sentence that helps', async () => {
  await expect(tasks.assign({ role: 'ctoo' })).rejects.toMatchObject({
    message: expect.stringContaining('cto'),
    detail: { rule: 'unknown-role', path: 'role' },
  })
  await expect(tasks.assign({ acceptance_criteria: [] })).rejects.toMatchObject({
    detail: { rule: 'no-criteria', path: 'acceptance_criteria' },
  })
  await expect(tasks.assign({ verification: [{ kind: 'check', check: 'npm tset' }] })).rejects.toMatchObject({
    message: expect.stringContaining('npm test'),
    detail: { rule: 'unknown-check', path: 'verification.0' },
  })
  await expect(tasks.assign({ after: ['t-998'] })).rejects.toMatchObject({ detail: { path: 'after.0' } })
})

it('F52: lets no row of tasks grow longer than eight, through dependencies and what follows', async () => {
  const names = ['t-0']
  for (let place = 0; place < 8; place++) {
    const { label } = await tasks.assign(place === 0 ? {} : { after: [names.at(-1) ?? ''] })
    names.push(label)
  }
  await expect(tasks.assign({ after: [names.at(-1) ?? ''] })).rejects.toMatchObject({
    message: expect.stringContaining(names.slice(1).join(' -> ')),
    detail: { rule: 'chain-too-long' },
  })
  const follow = { publish_to: 'cso', payload_template: { title: 'next', acceptance_criteria: ['done'] } }
  await expect(tasks.assign({ after: [names.at(-1) ?? ''], on_complete: [follow] } as object)).rejects.toThrow()
  await expect(tasks.assign({ after: [names.at(-2) ?? ''], on_complete: [follow] } as object)).rejects.toMatchObject({
    detail: { rule: 'chain-too-long' },
  })
})

it('begins again when it was stopped with nothing left to do', async () => {
  const { label } = await tasks.assign()
  const cursors = tasks.nats.as({ kind: 'tasks' }).keyed<number>('cursors')
  const { length } = await readStream(tasks.nats, 'LEDGER')
  await until('its effects are carried out', async () => (await cursors.get('tasks effects')) === length)
  await tasks.stop()
  await tasks.start()
  expect((await tasks.show(label)).status).toBe('open')
})

it('has told of everything in the record and rung for it once, and keeps what the ledger says', async () => {
  await until('the store is there', () => tasks.commits())
  await seeAgreement(tasks.nats, tasks.house, () => tasks.askRaw('list', { role: null, all: true }))
  await seeEffectsOnce(tasks.nats, tasks.house)
})
