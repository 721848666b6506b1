import { afterEach, beforeEach, expect, it } from 'vitest'
import { giveReceipts } from '../../bridge/router/receipts.ts'
import type { ChatEnvelope } from '../../core/envelope.ts'
import type { SeatState } from '../../core/receipt.ts'
import type { Bus } from '../../ports/bus.ts'
import { personLine, roleLine } from '../support/lines.ts'
import { type NatsServer, startProvisionedNats } from '../support/nats.ts'
import { until } from '../support/process.ts'
import { publishLine, runAsRouter } from '../support/router.ts'

let nats: NatsServer
let bridge: Bus
let state: SeatState
let end: () => Promise<void>

beforeEach(async () => {
  nats = await startProvisionedNats()
  bridge = nats.as({ kind: 'bridge' }).bus
  state = 'offline'
  end = async () => {}
})
afterEach(async () => {
  await end()
  await nats[Symbol.asyncDispose]()
})

function startGiving(afterMs: number): void {
  end = runAsRouter(nats, (parts) =>
    giveReceipts({ ...parts, seatState: () => state, afterMs }, 'events', 'events.*.chat.*'),
  )
}

const say = (line: ChatEnvelope, by: Bus = bridge) => publishLine(by, line)
const asks = (id: string, text: string) => say(personLine(id, text, { at: new Date() }))
const answers = (id: string, role: string) =>
  say(
    roleLine(`answer:${id}:${role}`, role, 'yes', { at: new Date(), in_reply_to: id }),
    nats.as({ kind: 'role', role }).bus,
  )

async function receipts(): Promise<string[]> {
  const reading = new AbortController()
  const texts: string[] = []
  for await (const { envelope, caughtUp } of bridge.read({ record: 'events', after: 0, signal: reading.signal })) {
    const line = envelope as ChatEnvelope
    if (line.actor === 'breakroom') texts.push(line.data.text.replace(/ · \w{4}$/, ''))
    if (caughtUp) reading.abort()
  }
  return texts
}

it('tells the speaker what became of a line that nobody answers in time', async () => {
  startGiving(100)
  await asks('1', 'cto: are you there')
  const [text] = await until('a receipt', async () => ((await receipts()).length > 0 ? receipts() : null))
  expect(text).toBe('alice: cto is offline; kept, it answers when it is back')
})

it('says nothing when the answer came in time', async () => {
  startGiving(300)
  await asks('1', 'cto: are you there')
  await answers('1', 'cto')
  // A later line whose receipt shows that the time of the first one is over.
  await asks('2', 'ceo: and you')
  await until('the receipt of the later line', async () => (await receipts()).length > 0)
  expect(await receipts()).toEqual(['alice: ceo is offline; kept, it answers when it is back'])
})

it('names only those who have not answered', async () => {
  state = 'woken'
  startGiving(300)
  await asks('1', 'cto, ceo: are you there')
  await answers('1', 'ceo')
  await until('a receipt', async () => (await receipts()).length > 0)
  expect(await receipts()).toEqual(['alice: cto has it'])
})

it('owes a receipt across a restart, and never gives it twice', async () => {
  startGiving(60_000)
  await asks('1', 'cto: are you there')
  await asks('2', 'nobody in particular')
  await end()
  startGiving(50)
  await until('a receipt', async () => (await receipts()).length > 0)
  await end()
  // As if it had been killed right after the receipt, before its cursor was stored.
  await nats.as({ kind: 'router' }).keyed('cursors').put('receipts events', 0)
  startGiving(50)
  await asks('3', 'ceo: you too')
  await until('the receipt of a later line', async () => (await receipts()).length > 1)
  expect(await receipts()).toEqual([
    'alice: cto is offline; kept, it answers when it is back',
    'alice: ceo is offline; kept, it answers when it is back',
  ])
})

it('forgets none of many that are due at once when it is killed while it gives them', async () => {
  startGiving(60_000)
  for (let n = 0; n < 60; n++) await asks(`m${n}`, 'cto: are you there')
  await end()
  startGiving(10)
  await until('it has begun to give them', async () => (await receipts()).length > 0)
  // A new line moves the cursor while others are still owed.
  await asks('new', 'nobody in particular')
  await end()
  startGiving(10)
  await until('all have theirs', async () => (await receipts()).length >= 60)
  expect(await receipts()).toHaveLength(60)
})

it('gives no receipts for lines that were answered while it was away', async () => {
  startGiving(60_000)
  await asks('1', 'cto: are you there')
  await end()
  await answers('1', 'cto')
  startGiving(50)
  await asks('2', 'ceo: and you')
  await until('a receipt', async () => (await receipts()).length > 0)
  expect(await receipts()).toEqual(['alice: ceo is offline; kept, it answers when it is back'])
})
