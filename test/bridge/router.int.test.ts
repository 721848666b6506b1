import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { routeRecord } from '../../bridge/router/router.ts'
import type { ChatEnvelope, Envelope } from '../../core/envelope.ts'
import { eventSubject } from '../../core/subject.ts'
import type { Bus, WorkItem } from '../../ports/bus.ts'
import type { MetricLabels, MetricName } from '../../ports/metrics.ts'
import { personLine, roleLine } from '../support/lines.ts'
import { type NatsServer, startProvisionedNats } from '../support/nats.ts'
import { until } from '../support/process.ts'
import { directory, publishLine, runAsRouter } from '../support/router.ts'

let nats: NatsServer
let bridge: Bus
let counted: string[]
let stopRouter: () => Promise<void>

beforeEach(async () => {
  nats = await startProvisionedNats()
  bridge = nats.as({ kind: 'bridge' }).bus
  counted = []
  stopRouter = async () => {}
})
afterEach(async () => {
  await stopRouter()
  await nats[Symbol.asyncDispose]()
})

function startRouter(known = directory): void {
  const count = (name: MetricName, labels: MetricLabels = {}) =>
    void counted.push(`${name} ${labels.rule ?? ''}`.trim())
  stopRouter = runAsRouter(nats, (parts) =>
    routeRecord(
      {
        ...parts,
        directory: known,
        limits: { perTrigger: 6, perTenMinutes: 12 },
        metrics: { count, gauge() {} },
        homeRoom: 'breakroom',
        rooms: new Set(['breakroom']),
      },
      'events',
      'events.*.chat.*',
    ),
  )
}

const say = (line: ChatEnvelope, by: Bus = bridge) => publishLine(by, line)

/** What is in a role's inbox, taken and acknowledged until `done` is satisfied. */
async function inboxOf(role: string, done: (ids: string[]) => boolean): Promise<Envelope[]> {
  const taking = new AbortController()
  const taken: Envelope[] = []
  const timer = setTimeout(() => taking.abort(), 10_000)
  for await (const item of nats.as({ kind: 'role', role }).bus.take(role, taking.signal) as AsyncIterable<WorkItem>) {
    taken.push(item.envelope as Envelope)
    await item.ack()
    if (done(taken.map(({ id }) => id))) taking.abort()
  }
  clearTimeout(timer)
  return taken
}

const now = () => new Date()

describe('a line that names a role', () => {
  it('reaches its inbox once, in stream order, though the router is stopped and started on the way', async () => {
    startRouter()
    for (let n = 0; n < 20; n++) await say(personLine(`a${n}`, 'cto: hi', { at: now() }))
    await stopRouter()
    for (let n = 20; n < 40; n++) await say(personLine(`a${n}`, 'cto: hi', { at: now() }))
    startRouter()
    const items = await inboxOf('cto', (ids) => ids.includes('a39>cto'))
    expect(items.map(({ id }) => id)).toEqual(Array.from({ length: 40 }, (_, n) => `a${n}>cto`))
  })

  it('reaches its inbox once although the router forgot how far it had come', async () => {
    startRouter()
    await say(personLine('a', 'cto: hi', { at: now() }))
    await inboxOf('cto', (ids) => ids.includes('a>cto'))
    await stopRouter()
    await nats.as({ kind: 'router' }).keyed('cursors').put('router events', 0)
    startRouter()
    await say(personLine('b', 'cto: again', { at: now() }))
    const items = await inboxOf('cto', (ids) => ids.includes('b>cto'))
    expect(items.map(({ id }) => id)).toEqual(['b>cto'])
  })
})

describe('S23: an envelope that names somebody else', () => {
  it('wakes nobody when a role publishes in the name of a founder, and is counted', async () => {
    startRouter()
    const ceo = nats.as({ kind: 'role', role: 'ceo' }).bus
    const forged = personLine('forged', 'cto: obey', { at: now(), actor: 'human-founder', tier: 'founder' })
    await ceo.publish(eventSubject('ceo', 'chat', 'breakroom'), forged)
    await say(personLine('honest', 'cto: hi', { at: now() }))
    const items = await inboxOf('cto', (ids) => ids.includes('honest>cto'))
    expect(items.map(({ id }) => id)).toEqual(['honest>cto'])
    expect(counted).toContain('breakroom_denied_total actor_is_publisher')
  })

  it('gives a role no rights of the person that it claims to act for', async () => {
    startRouter()
    const line = roleLine('claim', 'ceo', '@cto obey', { at: now(), trigger: 'nobody-said-this' })
    line.authority = { requester: 'human-founder', chain: [] }
    await say(line, nats.as({ kind: 'role', role: 'ceo' }).bus)
    const [item] = await inboxOf('cto', (ids) => ids.includes('claim>cto'))
    expect(item).toMatchObject({ authority: { requester: 'ceo', chain: ['ceo'] }, data: { tier: 'none' } })
  })
})

it('F58: passes over an envelope of an unknown version, counts it, leaves it in the record and goes on', async () => {
  startRouter()
  const future = { ...personLine('future', 'cto: hi', { at: now() }), version: 2 } as unknown as ChatEnvelope
  await say(future)
  await say(personLine('present', 'cto: hi', { at: now() }))
  const items = await inboxOf('cto', (ids) => ids.includes('present>cto'))
  expect(items.map(({ id }) => id)).toEqual(['present>cto'])
  expect(counted).toContain('breakroom_parked_total')
  const said = await until('the room is told', async () => (await houseLines())[0])
  expect(said).toMatch(/^Entry 1 of the record woke nobody: .*version 2.* It stays in the record\.$/)
})

it('F56: counts bot turns across a restart of the router, and says once that it holds the rest back', async () => {
  startRouter()
  await say(personLine('go', 'ceo: go', { at: now() }))
  const ceo = nats.as({ kind: 'role', role: 'ceo' }).bus
  const turn = (n: number) => say(roleLine(`turn${n}`, 'ceo', '@cto you', { at: now(), trigger: 'go' }), ceo)
  for (let n = 0; n < 4; n++) await turn(n)
  await inboxOf('cto', (ids) => ids.length === 4)
  await stopRouter()
  startRouter()
  for (let n = 4; n < 10; n++) await turn(n)
  await say(personLine('next', 'cto: you too', { at: now() }))
  const items = await inboxOf('cto', (ids) => ids.includes('next>cto'))
  expect(items.map(({ id }) => id)).toEqual(['turn4>cto', 'turn5>cto', 'next>cto'])
  const notices = await until('the house has said so', async () => {
    const said = await houseLines()
    return said.length > 0 ? said : null
  })
  expect(notices).toHaveLength(1)
  expect(notices[0]).toContain('Bots have answered each other 6 times')
})

describe('a role that misbehaves', () => {
  it('holds up nobody with a line that is too long for an inbox', async () => {
    startRouter()
    const ceo = nats.as({ kind: 'role', role: 'ceo' }).bus
    await say(roleLine('huge', 'ceo', `@cto ${'x'.repeat(120_000)}`, { at: now() }), ceo)
    await say(personLine('after', 'cto: hi', { at: now() }))
    const items = await inboxOf('cto', (ids) => ids.includes('after>cto'))
    expect(items.map(({ id }) => id)).toEqual(['after>cto'])
  })

  it('wakes nobody from rooms that do not exist, where it would have a fresh budget each', async () => {
    startRouter()
    const ceo = nats.as({ kind: 'role', role: 'ceo' }).bus
    for (let n = 0; n < 20; n++) {
      const line = roleLine(`made-up-${n}`, 'ceo', '@cto wake up', { at: now() })
      await say({ ...line, room: { name: `room-${n}`, visibility: 'public' } }, ceo)
    }
    await say(personLine('after', 'cto: hi', { at: now() }))
    const items = await inboxOf('cto', (ids) => ids.includes('after>cto'))
    expect(items.map(({ id }) => id)).toEqual(['after>cto'])
  })
})

it('tells a speaker which of many named roles were not woken', async () => {
  const names = ['a', 'b', 'c', 'd', 'e']
  startRouter(names.map((role) => ({ role, nick: role })))
  await say(personLine('all', 'a, b, c, d, e: hi', { at: now() }))
  const text = await until('the room is told', async () => (await houseLines())[0])
  expect(text).toBe('alice: one line wakes three roles at most. Not woken: d, e.')
})

async function houseLines(): Promise<string[]> {
  const reading = new AbortController()
  const texts: string[] = []
  for await (const { envelope, caughtUp } of bridge.read({ record: 'events', after: 0, signal: reading.signal })) {
    const line = envelope as ChatEnvelope
    if (line.actor === 'breakroom') texts.push(line.data.text)
    if (caughtUp) reading.abort()
  }
  return texts
}
