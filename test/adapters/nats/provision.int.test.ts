import { AckPolicy, type JetStreamManager, jetstreamManager } from '@nats-io/jetstream'
import { nanos } from '@nats-io/transport-node'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { keepProvisioned } from '../../../adapters/nats/keep-provisioned.ts'
import { provision, refuseBelowFloor } from '../../../adapters/nats/provision.ts'
import { buckets } from '../../../ports/keyed-state.ts'
import { all, take } from '../../support/collect.ts'
import { envelopeOf } from '../../support/envelope.ts'
import { type NatsServer, startNats } from '../../support/nats.ts'
import { freePort, until } from '../../support/process.ts'
import { quietLog, quietMetrics } from '../../support/quiet.ts'

const admin = { kind: 'admin' } as const
const fleet = { org: 'breakroom', roles: ['ceo', 'cto'] }

describe('provision', () => {
  let server: NatsServer
  let manager: JetStreamManager
  beforeEach(async () => {
    server = await startNats()
    manager = await jetstreamManager(await server.raw(admin))
  })
  afterEach(() => server[Symbol.asyncDispose]())

  it('makes every stream, bucket and queue, with the desk’s own inbox', async () => {
    await provision(server.options(admin), fleet)

    const streams = await all(manager.streams.list())
    const bucketStreams = Object.keys(buckets).map((name) => `KV_${name}`)
    expect(streams.map(({ config }) => config.name).toSorted()).toEqual(
      ['BROADCASTS', 'DEADLETTER', 'EVENTS', 'LEDGER', 'PRIVATE', 'WORK', ...bucketStreams].toSorted(),
    )
    const events = streams.find(({ config }) => config.name === 'EVENTS')?.config
    expect(events).toMatchObject({ subjects: ['events.>'], storage: 'file', deny_delete: true, deny_purge: true })
    expect(events?.duplicate_window).toBe(nanos(26 * 3_600_000))
    expect(streams.find(({ config }) => config.name === 'KV_ids')?.config.max_age).toBe(nanos(30 * 86_400_000))
    const ledger = streams.find(({ config }) => config.name === 'LEDGER')?.config
    expect(ledger).toMatchObject({ subjects: ['breakroom.ledger.tasks.*'], deny_delete: true, deny_purge: true })
    expect(streams.find(({ config }) => config.name === 'KV_leaders')?.config.max_age).toBe(nanos(4_000))
    const consumers = await all(manager.consumers.list('WORK'))
    const leases = Object.fromEntries(consumers.map(({ name, config }) => [name, config.ack_wait]))
    expect(leases).toEqual({
      'inbox-breakroom': nanos(10_000),
      'inbox-ceo': nanos(10_000),
      'inbox-cto': nanos(10_000),
      'tasks-ceo': nanos(40_000),
      'tasks-cto': nanos(40_000),
    })
    for (const { config } of consumers)
      expect(config).toMatchObject({ ack_policy: AckPolicy.Explicit, max_deliver: -1 })
  })

  it('gives doorbells the lease that is asked for', async () => {
    await provision(server.options(admin), fleet)
    await provision(server.options(admin), { ...fleet, taskLeaseMs: 2_000 })
    expect((await manager.consumers.info('WORK', 'tasks-cto')).config.ack_wait).toBe(nanos(2_000))
  })

  it('changes nothing the second time', async () => {
    await provision(server.options(admin), fleet)
    const before = await server.as({ kind: 'bridge' }).bus.publish('events.human-ada.chat.breakroom', envelopeOf('a'))
    const created = (await all(manager.streams.list())).map((info) => info.created)
    const changes: unknown[] = []
    const nc = await server.raw(admin)
    nc.subscribe('$JS.EVENT.ADVISORY.STREAM.*.>', { callback: (_error, msg) => void changes.push(msg.subject) })
    nc.subscribe('$JS.EVENT.ADVISORY.CONSUMER.*.>', { callback: (_error, msg) => void changes.push(msg.subject) })
    await nc.flush()

    await provision(server.options(admin), fleet)

    await nc.flush()
    expect(changes).toEqual([])
    expect((await all(manager.streams.list())).map((info) => info.created)).toEqual(created)
    expect(await server.as({ kind: 'router' }).bus.lastSeq('events')).toBe(before.seq)
  })

  it('mends a stream, an inbox and a bucket whose settings differ, and keeps what is in them', async () => {
    await provision(server.options(admin), { ...fleet, limits: { events: 1024 ** 2 } })
    await server.as({ kind: 'bridge' }).bus.publish('events.human-ada.chat.breakroom', envelopeOf('a'))
    await manager.consumers.update('WORK', 'inbox-cto', { ack_wait: nanos(1_000), max_ack_pending: 100 })
    await manager.streams.update('KV_ids', { max_age: nanos(1_000_000) })

    await provision(server.options(admin), fleet)

    const events = await manager.streams.info('EVENTS')
    expect(events.config.max_bytes).toBe(1024 ** 3)
    expect(events.state.messages).toBe(1)
    expect((await manager.consumers.info('WORK', 'inbox-cto')).config).toMatchObject({
      ack_wait: nanos(10_000),
      max_ack_pending: 1,
    })
    expect((await manager.streams.info('KV_ids')).config.max_age).toBe(nanos(30 * 86_400_000))
  })

  it('F28: brings back an inbox that was deleted by hand, with exactly what was not done; the waiting worker goes on', async () => {
    await provision(server.options(admin), fleet)
    const router = server.as({ kind: 'router' }).bus
    const stop = new AbortController()
    const done: string[] = []
    const working = (async () => {
      for await (const item of server.as({ kind: 'role', role: 'cto' }).bus.take('cto', stop.signal)) {
        await item.ack()
        done.push(item.envelope instanceof Error ? '?' : item.envelope.id)
      }
    })()
    await router.publish('breakroom.agents.cto.inbox', envelopeOf('before'))
    await until('the first is done', () => done.length === 1)

    await manager.consumers.delete('WORK', 'inbox-cto')
    await router.publish('breakroom.agents.cto.inbox', envelopeOf('meanwhile'))
    await provision(server.options(admin), fleet)

    await until('the second is done', () => done.length === 2)
    stop.abort()
    await working
    expect(done).toEqual(['before', 'meanwhile'])
  })

  it('F28: keeps bringing back what is deleted by hand, with the work that nobody had finished', async () => {
    await provision(server.options(admin), fleet)
    const stop = new AbortController()
    const warned: { missing?: string[] }[] = []
    const missed = () => warned.flatMap(({ missing = [] }) => missing)
    const options = {
      ...server.options(admin),
      log: { ...quietLog, warn: (fields: object) => void warned.push(fields) },
    }
    const keeping = keepProvisioned(options, () => fleet, stop.signal, 100)
    const { bus } = server.as({ kind: 'tasks' })
    const ring = (id: string) => bus.publish('breakroom.agents.cto.tasks', envelopeOf(id))
    const cto = server.as({ kind: 'role', role: 'cto' }).bus
    const held: string[] = []
    const done: string[] = []
    const work = async () => {
      for await (const item of cto.take('cto', stop.signal, 'tasks')) {
        const id = item.envelope instanceof Error ? '?' : item.envelope.id
        if (id === 'unlucky' && held.length === 0) held.push(id)
        else {
          await item.ack()
          done.push(id)
        }
      }
    }
    const working = work()
    await ring('unlucky')
    await until('one is in hand', () => held.length === 1)

    await manager.consumers.delete('WORK', 'tasks-cto')
    await ring('meanwhile')
    await until('both are done', () => done.length === 2)
    expect(done).toEqual(['unlucky', 'meanwhile'])

    await manager.streams.delete('LEDGER')
    await until('the ledger is there again', () => missed().includes('LEDGER'))
    expect((await manager.streams.info('LEDGER')).config.deny_delete).toBe(true)
    await server.kill()
    await server.start()
    const again = await jetstreamManager(await server.raw(admin))
    await again.consumers.delete('WORK', 'inbox-ceo')
    await until('the inbox is there again', () => missed().includes('inbox-ceo'))
    stop.abort()
    await Promise.all([working, keeping])
    // A server that is just back may not list at once what it has, and making that again changes nothing.
    expect([...new Set(missed())]).toEqual(['tasks-cto', 'LEDGER', 'inbox-ceo'])
  })

  it('F28: a reader whose consumer is deleted by hand reads on without a hole', async () => {
    await provision(server.options(admin), fleet)
    const { bus } = server.as({ kind: 'bridge' })
    const stop = new AbortController()
    const read: number[] = []
    const reading = (async () => {
      for await (const { seq } of bus.read({ record: 'events', after: 0, signal: stop.signal })) read.push(seq)
    })()
    await bus.publish('events.human-ada.chat.breakroom', envelopeOf('a'))
    await until('the first is read', () => read.length === 1)
    for (const { name } of await all(manager.consumers.list('EVENTS'))) await manager.consumers.delete('EVENTS', name)
    await bus.publish('events.human-ada.chat.breakroom', envelopeOf('b'))
    await until('the second is read', () => read.length === 2)
    stop.abort()
    await reading
    expect(read).toEqual([1, 2])
    await until('no consumer is left behind', async () => (await all(manager.consumers.list('EVENTS'))).length === 0)
  })

  it('F23: a full record refuses the new line and keeps every old one', async () => {
    await provision(server.options(admin), { ...fleet, limits: { events: 20_000 } })
    const { bus } = server.as({ kind: 'bridge' })
    let stored = 0
    const full = await until('it is full', async () => {
      try {
        await bus.publish('events.human-ada.chat.breakroom', envelopeOf(`line-${stored}`))
        stored += 1
        return null
      } catch (error) {
        return error
      }
    })
    expect(full).toMatchObject({ code: 'unavailable' })

    await provision(server.options(admin), fleet)
    await bus.publish('events.human-ada.chat.breakroom', envelopeOf(`line-${stored}`))
    const read = await take(bus.read({ record: 'events', after: 0, signal: new AbortController().signal }), stored + 1)
    expect(read.map(({ seq }) => seq)).toEqual(Array.from({ length: stored + 1 }, (_, index) => index + 1))
  })

  it('says that the server does not answer', async () => {
    const options = {
      servers: [`nats://127.0.0.1:${await freePort()}`],
      seed: null,
      user: 'admin',
      log: quietLog,
      metrics: quietMetrics,
    }
    await expect(provision(options, fleet, 300)).rejects.toMatchObject({ code: 'unavailable' })
  })

  it('says that the user may not set things up', async () => {
    await expect(provision(server.options({ kind: 'bridge' }), fleet)).rejects.toMatchObject({ code: 'denied' })
  })
})

describe('the floor of the server', () => {
  it.each(['2.12.6', '2.11.16', '2.10.27', '1.99.99', '2.9', 'unknown'])(
    'refuses %s, and says what is needed',
    (version) => {
      expect(() => refuseBelowFloor(version)).toThrow(
        expect.objectContaining({
          code: 'server_missing',
          detail: { name: 'nats-server', found: version, floor: '2.12.7' },
        }),
      )
    },
  )

  it.each(['2.12.7', '2.12.7-RC.1', '2.13.0', '2.15.1', '3.0.0'])('takes %s', (version) => {
    expect(() => refuseBelowFloor(version)).not.toThrow()
  })
})
