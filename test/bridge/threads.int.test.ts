import { afterEach, beforeEach, expect, it } from 'vitest'
import { createThreads, type Thread } from '../../bridge/threads.ts'
import { type NatsServer, startProvisionedNats } from '../support/nats.ts'
import { until } from '../support/process.ts'
import { quietLog } from '../support/quiet.ts'

const now = new Date('2026-01-10T00:00:00.000Z')
let nats: NatsServer
let ending: AbortController

beforeEach(async () => {
  nats = await startProvisionedNats()
  ending = new AbortController()
})
afterEach(async () => {
  ending.abort()
  await nats[Symbol.asyncDispose]()
})

function open() {
  const state = nats.as({ kind: 'bridge' }).keyed<Thread>('threads')
  return createThreads({ state, now: () => now, log: quietLog, signal: ending.signal })
}

const thread = (id: string, more: Partial<Thread> = {}): Thread => ({
  network: 'acme',
  id,
  room: 'breakroom',
  trace: `trace-${id}`,
  at: '2026-01-09T00:00:00.000Z',
  task: null,
  ...more,
})

it('knows a thread at once, and still after a restart', async () => {
  const before = open()
  before.spoke(thread('k3f9'))
  expect(before.find('acme', 'k3f9')?.trace).toBe('trace-k3f9')
  await before.flush()

  const after = open()
  await after.loaded
  expect(after.find('acme', 'k3f9')?.trace).toBe('trace-k3f9')
  expect(after.idOf('acme', 'breakroom', 'trace-k3f9')).toBe('k3f9')
  expect(after.byCode('breakroom', 'K3F9')).toMatchObject({ id: 'k3f9' })
  expect(after.byCode('board', 'k3f9')).toBeNull()
  expect(after.find('other', 'k3f9')).toBeNull()
})

it('tells how far somebody was heard in a thread, which what we say in it ourselves does not move', async () => {
  const threads = open()
  const heard = () => threads.live('acme', 'breakroom').map((one) => one.heard?.toISOString().slice(11, 13) ?? null)
  const said = (hour: string) => `2026-01-09T${hour}:00:00.000Z`
  threads.spoke(thread('new1', { at: said('10'), heard: null }))
  expect(heard()).toEqual([null])
  threads.spoke(thread('new1', { at: said('11'), heard: said('11') }))
  threads.spoke(thread('new1', { at: said('12') }))
  threads.spoke(thread('new1', { at: said('13'), heard: null }))
  expect(heard()).toEqual(['11'])
  threads.spoke(thread('new1', { at: said('12'), heard: said('12') }))
  expect(heard()).toEqual(['12'])
  expect(threads.live('acme', 'breakroom')).toMatchObject([{ at: new Date(said('13')) }])
})

it('tells which threads were spoken in within a week, and when', async () => {
  const threads = open()
  threads.spoke(thread('old1', { at: '2026-01-01T00:00:00.000Z' }))
  threads.spoke(thread('new1'))
  threads.spoke(thread('new1', { at: '2026-01-09T12:00:00.000Z' }))
  threads.spoke(thread('far1', { room: 'board' }))
  expect(threads.live('acme', 'breakroom')).toEqual([
    { thread: 'new1', at: new Date('2026-01-09T12:00:00.000Z'), heard: null },
  ])
  await threads.flush()
  await until('the last word is stored', async () => {
    const stored = await nats.as({ kind: 'bridge' }).keyed<Thread>('threads').get('acme new1')
    return stored?.at === '2026-01-09T12:00:00.000Z'
  })
})

it('prefers the card of a task to another thread about it, whichever came first', () => {
  const threads = open()
  threads.spoke(thread('said', { trace: 'task' }))
  threads.spoke(thread('card', { trace: 'task', task: 't-1' }))
  threads.spoke(thread('said', { trace: 'task', at: '2026-01-09T13:00:00.000Z' }))
  expect(threads.idOf('acme', 'breakroom', 'task')).toBe('card')
  // What is said under the card does not make it less of one.
  threads.spoke(thread('card', { trace: 'task', at: '2026-01-09T14:00:00.000Z' }))
  expect(threads.idOf('acme', 'breakroom', 'task')).toBe('card')
})
