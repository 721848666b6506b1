import { afterEach, beforeEach, expect, it } from 'vitest'
import { systemClock } from '../../adapters/process/system-clock.ts'
import { createRedisPresence } from '../../adapters/redis/presence.ts'
import { keepPresence } from '../../bridge/router/presence-keeper.ts'
import type { Seats } from '../../bridge/seats.ts'
import type { Envelope } from '../../core/envelope.ts'
import type { Heartbeat } from '../../core/heartbeat.ts'
import { orgSubjects } from '../../core/subject.ts'
import type { Bus } from '../../ports/bus.ts'
import type { Presence } from '../../ports/presence.ts'
import { type NatsServer, startProvisionedNats } from '../support/nats.ts'
import { until } from '../support/process.ts'
import { quietLog } from '../support/quiet.ts'
import { type RedisServer, startRedis } from '../support/redis.ts'

const subjects = orgSubjects('breakroom')

let nats: NatsServer
let redis: RedisServer
let cto: Bus
let presence: Presence
let seats: Seats
let monitored: string[]
let store: boolean[]
let leap: number
let ending: AbortController

beforeEach(async () => {
  ;[nats, redis] = await Promise.all([startProvisionedNats(), startRedis()])
  cto = nats.as({ kind: 'role', role: 'cto' }).bus
  presence = createRedisPresence({ url: redis.url, org: 'breakroom' })
  monitored = []
  store = []
  leap = 0
  ending = new AbortController()
  const { bus } = nats.as({ kind: 'router' })
  seats = keepPresence({
    bus,
    presence,
    subjects,
    clock: { now: systemClock.now, monotonic: () => systemClock.monotonic() + leap },
    log: quietLog,
    onStore: (up) => void store.push(up),
    signal: ending.signal,
  })
  const monitor = nats.as({ kind: 'gateway' }).bus
  monitor.listen(subjects.systemEvents, (data) => void monitored.push((data as { type: string }).type), ending.signal)
  await Promise.all([bus.lastSeq('events'), monitor.lastSeq('events')])
})
afterEach(async () => {
  ending.abort()
  await presence.close()
  await nats[Symbol.asyncDispose]()
  await redis[Symbol.asyncDispose]()
})

const beat = (state: Heartbeat['state'], epoch = 1) =>
  cto.send(subjects.status('cto'), { role: 'cto', state, epoch, at: new Date().toISOString() })

/** Heartbeats until the keeper heard one: it may still be subscribing. */
const arrives = (epoch = 1) =>
  until('the cto is here', () => {
    beat('ready', epoch)
    return seats.isHere('cto')
  })

async function recorded(): Promise<string[]> {
  const reader = nats.as({ kind: 'bridge' }).bus
  const found: string[] = []
  if ((await reader.lastSeq('events')) === 0) return found
  for await (const { subject, envelope, caughtUp } of reader.read({
    record: 'events',
    after: 0,
    signal: new AbortController().signal,
  })) {
    found.push(`${subject} ${(envelope as Envelope).data.why}`)
    if (caughtUp) break
  }
  return found
}

it('records one arrival, keeps it in Redis, and tells monitors', async () => {
  await arrives()
  beat('ready')
  await until('Redis has it', async () => (await presence.list()).some(({ role }) => role === 'cto'))
  await until('monitors know', () => monitored.length > 0)
  expect(await recorded()).toEqual(['events.cto.presence.join heartbeat'])
  expect(monitored).toEqual(['presence.join'])
})

it('records a leaving that was said', async () => {
  await arrives()
  beat('leaving')
  await until('it is recorded', async () => (await recorded()).length === 2)
  expect(await recorded()).toEqual(['events.cto.presence.join heartbeat', 'events.cto.presence.leave leaving'])
  await until('Redis has forgotten it', async () => (await presence.list()).length === 0)
})

it('records a leaving of a role that went quiet, and the arrival of its next start', async () => {
  await arrives()
  await until('it is gone', () => {
    // A heartbeat that was still under way starts the wait anew.
    leap += 16_000
    return !seats.isHere('cto')
  })
  await arrives(2)
  await until('all is recorded', async () => (await recorded()).length === 3)
  expect(await recorded()).toEqual([
    'events.cto.presence.join heartbeat',
    'events.cto.presence.leave quiet',
    'events.cto.presence.join heartbeat',
  ])
})

it('records it again when a role that went quiet is heard again', async () => {
  await arrives()
  await until('it is gone', () => {
    leap += 16_000
    return !seats.isHere('cto')
  })
  await arrives()
  await until('all is recorded', async () => (await recorded()).length === 3)
  expect((await recorded())[2]).toBe('events.cto.presence.join heartbeat')
})

it('believes nobody about another role: a heartbeat counts only on its own subject', async () => {
  await arrives()
  cto.send(subjects.status('cto'), { role: 'ceo', state: 'ready', epoch: 9, at: new Date().toISOString() })
  beat('leaving')
  await until('the leaving was heard', () => !seats.isHere('cto'))
  expect(seats.isHere('ceo')).toBe(false)
})

it('knows who is here while Redis is away, and says that it is away once', async () => {
  await arrives()
  await redis.kill()
  await until('it is noticed', () => {
    beat('ready')
    return store.length > 0
  })
  expect(store).toEqual([false])
  expect(seats.isHere('cto')).toBe(true)
})
