import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { createHeartbeats, type Heartbeats } from '../../../bots/sweep/heartbeats.ts'
import type { Heartbeat } from '../../../core/heartbeat.ts'
import { orgSubjects } from '../../../core/subject.ts'
import { sessionCaptureSchema } from '../../../core/sweep/session.ts'
import { createVirtualClock, type VirtualClock } from '../../support/virtual-clock.ts'

const subjects = orgSubjects('breakroom')
const second = 1_000

let clock: VirtualClock
let heartbeats: Heartbeats
let ending: AbortController
let hear: (data: unknown, subject: string) => void
let connect: (connected: boolean) => void

beforeEach(() => {
  vi.useFakeTimers()
  clock = createVirtualClock()
  ending = new AbortController()
  heartbeats = createHeartbeats({
    bus: {
      connected: true,
      send() {},
      listen: (_subject, handler) => {
        hear = handler
      },
      onChange: (handler) => {
        connect = handler
      },
    },
    subjects,
    clock,
    signal: ending.signal,
    most: 5,
  })
})
afterEach(() => {
  ending.abort()
  vi.useRealTimers()
})

function beat(role: string, more: Partial<Heartbeat> = {}, subject = subjects.status(role)): void {
  hear({ role, state: 'ready', epoch: 1, at: clock.now().toISOString(), ...more }, subject)
}

/** Lets time pass, in which this process is awake. */
async function pass(ms: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += 5 * second) {
    await clock.advance(5 * second)
    vi.advanceTimersByTime(5 * second)
  }
}

const ago = (ms: number) => clock.now().getTime() - ms
const of = (role: string) => heartbeats.capture().processes.get(role) ?? []

it('tells when each process of a seat was heard, and since when it does what it does', async () => {
  beat('cto', { state: 'working', task: 't-1', task_epoch: 2 })
  await pass(10 * second)
  beat('cto', { state: 'working', task: 't-1', task_epoch: 2 })
  beat('cto', { epoch: 7 })
  await pass(5 * second)
  expect(of('cto')).toEqual([
    { epoch: 7, state: 'ready', heardAt: ago(5_000), since: ago(5_000), task: null, taskEpoch: null, session: null },
    { epoch: 1, state: 'working', heardAt: ago(5_000), since: ago(15_000), task: 't-1', taskEpoch: 2, session: null },
  ])
})

it('hears nobody who speaks on the subject of another, and nothing that cannot be read', () => {
  beat('cto', {}, subjects.status('ceo'))
  hear({ role: 'cto', state: 'dancing' }, subjects.status('cto'))
  hear(null, subjects.status('cto'))
  expect(heartbeats.capture().processes.size).toBe(0)
})

it('remembers what a brain showed last, while it has the same work in hand', () => {
  const at = clock.now().toISOString()
  const session = sessionCaptureSchema.parse({ started_at: at, output_at: at, files_at: null, cpu_at: null })
  const work = { state: 'working', task: 't-1', task_epoch: 2 } as const
  beat('cto', { ...work, session })
  beat('cto', work)
  expect(of('cto')[0]?.session).toEqual(session)
  beat('cto', { ...work, task_epoch: 3 })
  expect(of('cto')[0]?.session).toBeNull()
})

it('forgets who left, and who was quiet for an hour, once somebody else sits there', async () => {
  beat('cto', { state: 'leaving' })
  expect(of('cto').map(({ state }) => state)).toEqual(['leaving'])
  beat('cto', { epoch: 2 })
  expect(of('cto').map(({ epoch }) => epoch)).toEqual([2])
  await pass(3_605 * second)
  expect(of('cto').map(({ epoch }) => epoch)).toEqual([2])
  beat('cto', { epoch: 3 })
  expect(of('cto').map(({ epoch }) => epoch)).toEqual([3])
})

it('begins to listen anew when the bus comes back', async () => {
  await pass(60 * second)
  connect(false)
  await pass(30 * second)
  connect(true)
  await pass(5 * second)
  expect(heartbeats.capture().listeningSince).toBe(ago(5_000))
})

it('begins to listen anew after it slept, however soon after that somebody looks', async () => {
  await pass(60 * second)
  expect(heartbeats.capture().listeningSince).toBe(ago(60_000))
  // Suspended: the timer rings for nobody.
  await clock.advance(40 * second)
  expect(heartbeats.capture().listeningSince).toBe(ago(0))
})

it('makes nobody silent when the wall clock is set', async () => {
  beat('cto')
  const { now } = clock
  clock.now = () => new Date(now().getTime() + 3_600_000)
  await pass(5 * second)
  expect(of('cto')[0]?.heardAt).toBe(ago(5_000))
})

it('shows what a brain did by the clock of the house, however wrong the clock of its machine is', async () => {
  const hour = 3_600_000
  const behind = (ms: number) => new Date(ago(ms + hour)).toISOString()
  const times = { started_at: behind(60_000), output_at: behind(2_000), files_at: null, cpu_at: behind(0) }
  const asks = { kind: 'question', text: 'Which port?', at: behind(5_000) }
  const session = sessionCaptureSchema.parse({ ...times, asks })
  beat('cto', { state: 'working', task: 't-1', task_epoch: 2, session, at: behind(0) })
  const at = (ms: number) => new Date(ago(ms)).toISOString()
  expect(of('cto')[0]?.session).toEqual({
    ...session,
    started_at: at(60_000),
    output_at: at(2_000),
    cpu_at: at(0),
    asks: { ...asks, at: at(5_000) },
  })
})

it('keeps those of a seat in mind that were heard last, and forgets nobody because of what another says', () => {
  beat('ceo')
  for (let epoch = 1; epoch <= 8; epoch++) beat('cto', { epoch })
  beat('cto', { epoch: 5 })
  expect(of('cto').map(({ epoch }) => epoch)).toEqual([8, 7, 6, 5, 4])
  expect(of('ceo')).toHaveLength(1)
})

it('knows tasks by their labels alone: nothing else that a seat calls one is ever said in a room', () => {
  beat('cto', { state: 'working', task: '[x](http://a.b/c)', task_epoch: 1 })
  expect(of('cto')).toMatchObject([{ state: 'working', task: null, taskEpoch: null }])
})
