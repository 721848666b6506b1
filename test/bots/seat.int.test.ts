import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { followStops } from '../../adapters/process/follow-stops.ts'
import { systemClock } from '../../adapters/process/system-clock.ts'
import { createRoleBot } from '../../bots/role-bot.ts'
import { takeSeat } from '../../bots/seat.ts'
import type { ChatEnvelope, Envelope } from '../../core/envelope.ts'
import { BreakroomError } from '../../core/errors.ts'
import { type InboxEnvelope, inboxEnvelope } from '../../core/handover.ts'
import type { Heartbeat } from '../../core/heartbeat.ts'
import { orgSubjects } from '../../core/subject.ts'
import type { Bus } from '../../ports/bus.ts'
import type { KeyedState } from '../../ports/keyed-state.ts'
import type { Stop } from '../../ports/stop-switch.ts'
import { personLine } from '../support/lines.ts'
import { type NatsServer, startProvisionedNats } from '../support/nats.ts'
import { until } from '../support/process.ts'
import { quietLog, quietMetrics } from '../support/quiet.ts'

const subjects = orgSubjects('breakroom')
const card = { name: 'cto', mission: 'Keeps the technology sound.', reportsTo: 'ceo', command: null }

let nats: NatsServer
let router: Bus
let control: KeyedState<Stop>
let leave: (() => Promise<void>)[]

beforeEach(async () => {
  nats = await startProvisionedNats()
  router = nats.as({ kind: 'router' }).bus
  control = nats.as({ kind: 'desk' }).keyed('control')
  leave = []
})
afterEach(async () => {
  await Promise.all(leave.map((end) => end()))
  await nats[Symbol.asyncDispose]()
})

type Handle = (item: InboxEnvelope) => Promise<void>

/** The cto's bot as a process of its own would run it. */
async function sit(wrap: (handle: Handle) => Handle = (handle) => handle): Promise<void> {
  const { bus } = nats.as({ kind: 'role', role: 'cto' })
  const house = nats.as({ kind: 'bots' })
  const ending = new AbortController()
  const { signal } = ending
  const stops = await followStops(house.keyed('control'), signal)
  const handle = wrap(createRoleBot({ name: 'cto', card, bus, subjects, metrics: quietMetrics, now: systemClock.now }))
  const sitting = takeSeat({
    name: 'cto',
    bus,
    subjects,
    stops,
    handle,
    epoch: 1,
    clock: systemClock,
    log: quietLog,
    metrics: quietMetrics,
    signal,
  })
  leave.push(async () => {
    ending.abort()
    await sitting
  })
}

async function hand(id: string, text: string, change: (envelope: InboxEnvelope) => Envelope = (same) => same) {
  const line = personLine(id, text, { at: new Date() })
  const body = text.replace(/^cto: /, '')
  const authority = { requester: line.actor, chain: [] }
  const handover = { to: 'cto', kind: 'mention' as const, body, authority, tier: line.data.tier, trigger: id, hops: 0 }
  await router.publish(subjects.inbox('cto'), change(inboxEnvelope(line, handover, 'mention', 'test')))
}

async function said(): Promise<ChatEnvelope[]> {
  const lines: ChatEnvelope[] = []
  if ((await router.lastSeq('events')) === 0) return lines
  for await (const { envelope, caughtUp } of router.read({
    record: 'events',
    after: 0,
    signal: new AbortController().signal,
  })) {
    lines.push(envelope as ChatEnvelope)
    if (caughtUp) break
  }
  return lines
}
const texts = async () => (await said()).map(({ data }) => data.text)

describe('a seat', () => {
  it('answers each line once, in order, as itself', async () => {
    await sit()
    for (let n = 0; n < 30; n++) await hand(`m${n}`, 'cto: ping')
    await until('all are answered', async () => (await said()).length >= 30)
    const lines = await said()
    expect(lines.map(({ data }) => data.in_reply_to)).toEqual(Array.from({ length: 30 }, (_, n) => `m${n}`))
    expect(new Set(lines.map(({ actor, data }) => `${actor} ${data.text}`))).toEqual(new Set(['cto alice: pong']))
  })

  it('F5: answers once when it dies after the answer and before the acknowledgement', async () => {
    let died = false
    await sit((handle) => async (item) => {
      await handle(item)
      if (died) return
      died = true
      throw new Error('killed right after the effect')
    })
    await hand('once', 'cto: ping')
    await hand('next', 'cto: ping')
    await until('both are answered', async () => (await said()).length >= 2)
    expect((await said()).map(({ data }) => data.in_reply_to)).toEqual(['once', 'next'])
  })

  it('holds an item while the bus refuses its answer, however long, and answers it then', async () => {
    let refusals = 12
    await sit((handle) => async (item) => {
      if (refusals-- > 0) throw new BreakroomError('unavailable', 'maximum bytes exceeded')
      await handle(item)
    })
    await hand('held', 'cto: ping')
    await until('it is answered', async () => (await said()).length > 0, 20_000)
    expect(await texts()).toEqual(['alice: pong'])
  })

  it('S1: does nothing for somebody without the right to speak to it', async () => {
    await sit()
    await hand('nobody', 'cto: ping', (envelope) => ({ ...envelope, data: { ...envelope.data, tier: 'none' } }))
    await hand('alice', 'cto: ping')
    await until('the other is answered', async () => (await said()).length > 0)
    expect((await said()).map(({ data }) => data.in_reply_to)).toEqual(['alice'])
  })
})

describe('what cannot be done', () => {
  it('F27: goes to the dead letters at the fifth delivery, is said where it came from, and holds up nobody for good', async () => {
    let tries = 0
    await sit((handle) => async (item) => {
      if (item.data.line.id !== 'poison') return handle(item)
      tries += 1
      throw new Error('it breaks every time')
    })
    await hand('poison', 'cto: break')
    await hand('after', 'cto: ping')
    await until('the line behind it is answered', async () => (await texts()).includes('alice: pong'), 25_000)
    expect(tries).toBe(4)
    expect((await texts())[0]).toMatch(
      /^alice: I had to give \w{4} up\. It was tried 4 times without success\. The last time: "it breaks every time" It is kept/,
    )
    expect(await deadLetters()).toMatchObject([
      { actor: 'cto', data: { seat: 'cto', deliveries: 5, class: 'logic', subject: subjects.inbox('cto') } },
    ])
  })

  it('F58: goes to the dead letters as it came when its version is unknown', async () => {
    await sit()
    await hand('future', 'cto: ping', (envelope) => ({ ...envelope, version: 2 }) as unknown as Envelope)
    await hand('after', 'cto: ping')
    await until('the line behind it is answered', async () => (await texts()).length > 0)
    expect(await texts()).toEqual(['alice: pong'])
    const [letter] = await deadLetters()
    expect(letter?.data).toMatchObject({ class: 'validation', reason: expect.stringContaining('has version 2') })
    const bytes = Buffer.from(String(letter?.data.bytes), 'base64').toString()
    expect(JSON.parse(bytes)).toMatchObject({ version: 2, id: 'future>cto' })
  })
})

describe('stop', () => {
  it('keeps what comes while the seat is stopped, says so in its heartbeat, and answers after resume', async () => {
    const beats: Heartbeat[] = []
    router.listen(subjects.status('cto'), (data) => void beats.push(data as Heartbeat), new AbortController().signal)
    await sit()
    await until('it is ready', () => beats.some(({ state }) => state === 'ready'))
    await control.put('cto', { by: 'alice', at: new Date().toISOString() })
    await until('it says that it is stopped', () => beats.at(-1)?.state === 'stopped', 2_000)
    await hand('kept', 'cto: ping')
    await control.put('ceo', { by: 'alice', at: new Date().toISOString() })
    expect(await texts()).toEqual([])
    await control.delete('cto')
    await until('it answers', async () => (await texts()).length > 0)
    expect(await texts()).toEqual(['alice: pong'])
  })

  it('S42: holds everybody at once, and survives a restart of the seat', async () => {
    await control.put('*', { by: 'alice', at: new Date().toISOString() })
    const beats: Heartbeat[] = []
    router.listen(subjects.status('cto'), (data) => void beats.push(data as Heartbeat), new AbortController().signal)
    await router.lastSeq('events')
    await sit()
    await hand('kept', 'cto: ping')
    await until('it says that it is stopped', () => beats.at(-1)?.state === 'stopped')
    expect(await texts()).toEqual([])
  })
})

async function deadLetters(): Promise<Envelope[]> {
  const raw = await nats.raw({ kind: 'admin' })
  const reply = await raw.request('$JS.API.STREAM.MSG.GET.DEADLETTER', JSON.stringify({ seq: 1 }))
  const { message } = reply.json<{ message: { data: string } }>()
  return [JSON.parse(Buffer.from(message.data, 'base64').toString()) as Envelope]
}
