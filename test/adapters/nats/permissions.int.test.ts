import { jetstreamManager } from '@nats-io/jetstream'
import {
  AuthorizationError,
  connect,
  headers,
  type NatsConnection,
  nkeyAuthenticator,
  nkeys,
  PermissionViolationError,
} from '@nats-io/transport-node'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createNats } from '../../../adapters/nats/nats.ts'
import { BreakroomError } from '../../../core/errors.ts'
import { take } from '../../support/collect.ts'
import { envelopeOf } from '../../support/envelope.ts'
import { type NatsServer, startProvisionedNats } from '../../support/nats.ts'
import { until } from '../../support/process.ts'

const cto = { kind: 'role', role: 'cto' } as const
const ceo = { kind: 'role', role: 'ceo' } as const

describe('rights on a real server', () => {
  let server: NatsServer
  let asCto: NatsConnection
  let refused: string[]

  beforeAll(async () => {
    server = await startProvisionedNats()
    asCto = await server.raw(cto)
    refused = []
    void (async () => {
      for await (const status of asCto.status()) {
        if (status.type === 'error' && status.error instanceof PermissionViolationError)
          refused.push(status.error.subject)
      }
    })()
  })
  afterAll(() => server[Symbol.asyncDispose]())

  async function refusal(subject: string): Promise<string> {
    return until(`${subject} is refused`, () => refused.find((seen) => seen === subject), 2_000)
  }

  it('S23: a role publishes as itself', async () => {
    const bus = server.as(cto).bus
    await expect(bus.publish('events.cto.chat.breakroom', envelopeOf('own'))).resolves.toMatchObject({
      duplicate: false,
    })
    await expect(bus.publish('breakroom.private.dm.cto', envelopeOf('own dm'))).resolves.toMatchObject({
      duplicate: false,
    })
    await expect(bus.publish('breakroom.org.deadletter.cto', envelopeOf('own letter'))).resolves.toMatchObject({
      duplicate: false,
    })
  })

  it.each([
    'events.ceo.chat.breakroom',
    'events.human-ada.chat.breakroom',
    'breakroom.private.dm.ceo',
    'breakroom.org.deadletter',
    'breakroom.org.deadletter.ceo',
    'breakroom.org.deadletter.breakroom',
    'breakroom.agents.ceo.inbox',
    'breakroom.agents.cto.inbox',
    'breakroom.agents.ceo.status',
    'breakroom.agents.cto.tasks',
    'breakroom.agents.ceo.tasks',
    'breakroom.ledger.tasks.some-task',
    '$KV.control.kall',
    '$KV.leaders.ktasks',
    'breakroom.svc.desk.stop',
    'breakroom.svc.tasks.assign.ceo',
    'breakroom.svc.tasks.assign.breakroom',
    'breakroom.svc.tasks.assign.cli',
    'breakroom.svc.tasks.show.knowledge-proxy',
    'breakroom.svc.knowledge.ask.ceo',
    'breakroom.svc.knowledge.teach.breakroom',
    'breakroom.svc.knowledge.teach.cli',
  ])('S23: a role is denied publishing to %s, and nothing is stored', async (subject) => {
    await expect(server.as(cto).bus.publish(subject, envelopeOf(`forged ${subject}`))).rejects.toMatchObject({
      code: 'denied',
    })
    const manager = await jetstreamManager(await server.raw({ kind: 'admin' }))
    for await (const { config } of manager.streams.list()) {
      const info = await manager.streams.info(config.name, { subjects_filter: subject })
      expect(info.state.subjects ?? {}).toEqual({})
    }
  })

  it.each([
    '>',
    '_INBOX.>',
    '_INBOX_role-ceo.>',
    '_INBOX_*.>',
    '*.>',
    '$SYS.>',
    '$JS.>',
    '$KV.>',
    'events.>',
    'breakroom.agents.ceo.inbox',
    'breakroom.private.>',
    'breakroom.ledger.>',
    'breakroom.svc.tasks.>',
    'breakroom.svc.knowledge.>',
  ])('S24: a role is denied listening to %s, alone and in a queue', async (subject) => {
    const alone = asCto.subscribe(subject, { callback: () => {} })
    await refusal(subject)
    refused.length = 0
    asCto.subscribe(subject, { queue: 'sneaky', callback: () => {} })
    await refusal(subject)
    expect(alone.isClosed()).toBe(true)
  })

  it.each([
    ['$JS.API.STREAM.DELETE.EVENTS', {}],
    ['$JS.API.STREAM.PURGE.EVENTS', {}],
    ['$JS.API.STREAM.MSG.DELETE.EVENTS', { seq: 1 }],
    ['$JS.API.STREAM.MSG.GET.PRIVATE', { seq: 1 }],
    ['$JS.API.STREAM.CREATE.MINE', { name: 'MINE', subjects: ['x.>'] }],
    ['$JS.API.CONSUMER.CREATE.EVENTS.spy', { stream_name: 'EVENTS', config: { name: 'spy', ack_policy: 'none' } }],
    ['$JS.API.CONSUMER.CREATE.WORK.spy', { stream_name: 'WORK', config: { name: 'spy', ack_policy: 'explicit' } }],
    ['$JS.API.CONSUMER.DELETE.WORK.inbox-cto', {}],
    ['$JS.API.CONSUMER.MSG.NEXT.WORK.inbox-ceo', { batch: 1 }],
    ['$JS.ACK.WORK.inbox-ceo.1.1.1.1.0', {}],
    ['$JS.API.CONSUMER.MSG.NEXT.WORK.tasks-ceo', { batch: 1 }],
    ['$JS.ACK.WORK.tasks-ceo.1.1.1.1.0', {}],
    ['$JS.API.STREAM.MSG.GET.LEDGER', { seq: 1 }],
    ['$JS.API.DIRECT.GET.LEDGER', { seq: 1 }],
    ['$JS.API.CONSUMER.CREATE.LEDGER.spy', { stream_name: 'LEDGER', config: { name: 'spy', ack_policy: 'none' } }],
  ])('S24: a role is denied %s', async (subject, body) => {
    asCto.publish(subject, JSON.stringify(body), { reply: '_INBOX_role-cto.answer' })
    await refusal(subject)
  })

  it.each([
    [{ kind: 'cli' }, 'breakroom'],
    [{ kind: 'cli' }, 'cto'],
    [{ kind: 'gateway' }, 'cli'],
    [{ kind: 'desk' }, 'cli'],
    [{ kind: 'router' }, 'breakroom'],
  ] as const)('S50: %o cannot ask the task service as %s', async (user, caller) => {
    const { bus } = server.as(user)
    await until('it is up', () => bus.request('breakroom.svc.nobody.there', {}, 100).catch(() => bus.connected))
    await expect(bus.request(`breakroom.svc.tasks.assign.${caller}`, {}, 1_000)).rejects.toMatchObject({
      code: 'denied',
    })
  })

  it.each([
    [{ kind: 'cli' }, 'breakroom'],
    [{ kind: 'cli' }, 'cto'],
    [{ kind: 'gateway' }, 'cli'],
    [{ kind: 'desk' }, 'cto'],
    [{ kind: 'bridge' }, 'bridge'],
    [{ kind: 'knowledge' }, 'breakroom'],
  ] as const)('S50: %o cannot ask the knowledge proxy as %s', async (user, caller) => {
    const { bus } = server.as(user)
    // What anybody may publish: the connection is up when it is stored.
    const writer = user.kind === 'desk' ? 'breakroom' : user.kind
    await bus.publish(`breakroom.org.deadletter.${writer}`, envelopeOf(`up ${user.kind} ${caller}`))
    await expect(bus.request(`breakroom.svc.knowledge.teach.${caller}`, {}, 1_000)).rejects.toMatchObject({
      code: 'denied',
    })
  })

  it('carries a question of each door, and of a role, to the knowledge proxy and the answer back', async () => {
    const stop = new AbortController()
    const subject = 'breakroom.svc.knowledge.ask.*'
    const handler = async (_: unknown, asked: string) => ({ caller: asked.split('.').at(-1) })
    await server.as({ kind: 'knowledge' }).bus.serve('knowledge', { ask: { subject, handler } }, stop.signal)
    const doors = [
      [{ kind: 'desk' }, 'breakroom'],
      [{ kind: 'cli' }, 'cli'],
      [{ kind: 'gateway' }, 'gateway'],
      [cto, 'cto'],
    ] as const
    for (const [user, caller] of doors) {
      const answer = await server.as(user).bus.request(`breakroom.svc.knowledge.ask.${caller}`, {}, 2_000)
      expect(answer).toEqual({ caller })
    }
    stop.abort()
  })

  it('S24: another’s work survives an attempt to acknowledge it', async () => {
    const router = server.as({ kind: 'router' }).bus
    await router.publish('breakroom.agents.ceo.inbox', envelopeOf('for the ceo'))
    const stop = new AbortController()
    for await (const item of server.as(ceo).bus.take('ceo', stop.signal)) {
      asCto.publish('$JS.ACK.WORK.inbox-ceo.1.1.1.1.0', '+TERM')
      await refusal('$JS.ACK.WORK.inbox-ceo.1.1.1.1.0')
      item.later(0)
      break
    }
    for await (const item of server.as(ceo).bus.take('ceo', stop.signal)) {
      expect(item.delivery).toBe(2)
      await item.ack()
      break
    }
  })

  it('S24: a trace header cannot make the server publish where the role may not', async () => {
    const before = await server.as({ kind: 'bridge' }).bus.lastSeq('events')
    const trace = headers()
    trace.set('Nats-Trace-Dest', 'events.ceo.chat.breakroom')
    asCto.publish('breakroom.agents.cto.status', '{}', { headers: trace })
    await asCto.flush()
    expect(await server.as({ kind: 'bridge' }).bus.lastSeq('events')).toBe(before)
  })

  it('S23, S24: what a reply subject makes the server write elsewhere is never read as an envelope', async () => {
    const router = server.as({ kind: 'router' }).bus
    await router.publish('breakroom.agents.cto.inbox', envelopeOf('bait', { actor: 'ceo' }))
    const before = await router.lastSeq('events')
    const next = { batch: 1, expires: 1e9 }
    asCto.publish('$JS.API.CONSUMER.MSG.NEXT.WORK.inbox-cto', JSON.stringify(next), { reply: 'events.ceo.chat.lab' })
    asCto.publish('events.cto.chat.lab', 'x', { reply: 'events.ceo.chat.lab' })
    // A status: the server stores it as an empty message.
    const nothing = { batch: 1, no_wait: true }
    asCto.publish('$JS.API.CONSUMER.MSG.NEXT.WORK.tasks-cto', JSON.stringify(nothing), { reply: 'events.ceo.chat.lab' })
    await until('the server has written them', async () => (await router.lastSeq('events')) === before + 4)

    const read = await take(router.read({ record: 'events', after: before, signal: AbortSignal.timeout(4_000) }), 4)
    expect(read.map(({ subject }) => subject).toSorted()).toEqual([
      'breakroom.agents.cto.inbox',
      'events.ceo.chat.lab',
      'events.ceo.chat.lab',
      'events.cto.chat.lab',
    ])
    expect(read.every(({ envelope }) => envelope instanceof BreakroomError)).toBe(true)
  })

  it('keeps the record even from the administrator', async () => {
    const manager = await jetstreamManager(await server.raw({ kind: 'admin' }))
    await expect(manager.streams.purge('EVENTS')).rejects.toThrow(/not permitted/)
    await expect(manager.streams.deleteMessage('EVENTS', 1)).rejects.toThrow(/not permitted/)
  })

  it('refuses who has no key or a wrong one', async () => {
    await expect(connect({ servers: server.url, reconnect: false })).rejects.toBeInstanceOf(AuthorizationError)
    const stranger = nkeyAuthenticator(nkeys.createUser().getSeed())
    await expect(connect({ servers: server.url, reconnect: false, authenticator: stranger })).rejects.toBeInstanceOf(
      AuthorizationError,
    )

    const seed = new TextDecoder().decode(nkeys.createUser().getSeed())
    const { bus } = createNats({ ...server.options(cto), seed })
    await expect(bus.publish('events.cto.chat.breakroom', envelopeOf('stranger'))).rejects.toMatchObject({
      code: 'unavailable',
    })
    expect(bus.connected).toBe(false)
    await bus.close()
  })
})
