import { afterEach, beforeEach, expect, it } from 'vitest'
import { giveUp } from '../support/dead-letters.ts'
import { deskOn, type SayOptions, type TestDesk } from '../support/desk.ts'
import { until } from '../support/process.ts'
import { startTestTasks, type TestTasks } from '../support/task-service.ts'

let tasks: TestTasks
let desk: TestDesk

beforeEach(async () => {
  tasks = await startTestTasks({ serving: false })
  const people = { alice: { name: 'alice', tier: 'member' }, bob: { name: 'bob', tier: 'member' } }
  await tasks.start({ fleet: { ...tasks.house.fleet, people } as unknown as typeof tasks.house.fleet })
  desk = deskOn(tasks.nats, { roles: ['ceo', 'cto', 'cso', 'devops'] })
  await giveUp(tasks.nats, {
    id: 'line-1',
    text: 'cto: deploy it',
    class: 'transient',
    reason: 'The host does not answer.',
  })
  await until(
    'it waits',
    async () => ((await tasks.askRaw('letters', { all: false })) as { waiting: number }).waiting === 1,
  )
})
afterEach(async () => {
  await desk.kill()
  await tasks[Symbol.asyncDispose]()
})

const says = (text: string, options?: SayOptions) => desk.says(text, options)

it('tells what waits, all about one, and what can be done with it', async () => {
  expect(await says('!dlq')).toMatch(
    /^alice: d-1 cto, transient, \d+ s old: "The host does not answer\."\n1 waits\. !dlq d-1 tells more, !dlq retry d-1 tries it again\.$/,
  )
  expect(await says('!dlq d-1')).toContain('text: alice said "cto: deploy it".')
  expect(await says('!dlq d-9')).toBe('alice: There is no letter d-9.')
  expect(await says('!dlq frobnicate')).toMatch(/^alice: Use it like this: !dlq/)
  expect(await says('!dlq drop d-1')).toBe('alice: Say why: !dlq drop d-1 <why>.')
})

it('has one tried again, once', async () => {
  expect(await says('!dlq retry d-1')).toBe('alice: d-1 is tried again.')
  expect(await says('!dlq retry d-1', { actor: 'human-bob' })).toBe('bob: d-1 is tried again by alice already.')
  expect(await says('!dlq')).toBe('alice: No dead letter waits.')
})

it('has one edited and dropped, and refuses what may not be', async () => {
  expect(await says('!dlq edit d-1 role: cso')).toBe('alice: Only text can be changed of this letter.')
  expect(await says('!dlq drop d-1 not needed', { actor: 'human-eve', tier: 'guest' })).toContain('(rule: tier)')
  expect(await says('!dlq drop d-1 not needed', { actor: 'human-bob' })).toBe('bob: d-1 is dropped.')
  expect(await says('!dlq edit d-1 text: cto: deploy it now')).toBe('alice: d-1 is dropped by bob already.')
})
