import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createDiskSpool } from '../../adapters/disk/spool.ts'
import { whenUp } from '../../adapters/nats/when-up.ts'
import { createAcceptor } from '../../bridge/accept.ts'
import type { ChatEnvelope } from '../../core/envelope.ts'
import { BreakroomError } from '../../core/errors.ts'
import { eventSubject } from '../../core/subject.ts'
import type { Bus } from '../../ports/bus.ts'
import type { Spooled } from '../../ports/spool.ts'
import { personLine } from '../support/lines.ts'
import { type NatsServer, startProvisionedNats } from '../support/nats.ts'
import { temporaryFolder, until } from '../support/process.ts'
import { quietLog, quietMetrics } from '../support/quiet.ts'

const subject = eventSubject('human-alice', 'chat', 'breakroom')

let nats: NatsServer
let bus: Bus
let folder: ReturnType<typeof temporaryFolder>

beforeEach(async () => {
  nats = await startProvisionedNats()
  bus = nats.as({ kind: 'bridge' }).bus
  folder = temporaryFolder()
  await whenUp(bus, nats.url, 5_000)
})
afterEach(async () => {
  await nats[Symbol.asyncDispose]()
  folder[Symbol.dispose]()
})

async function acceptor(publisher: Bus = bus) {
  const spool = await createDiskSpool(folder.path, quietLog)
  const made = createAcceptor({ bus: publisher, spool, log: quietLog, metrics: quietMetrics, random: Math.random })
  return {
    accept: made.accept,
    spool,
    async end() {
      await made.close()
      await spool.close()
    },
  }
}

/** Everything in EVENTS, in stream order. */
async function recorded(count: number): Promise<string[]> {
  const reading = new AbortController()
  const ids: string[] = []
  await until(`${count} lines are recorded`, async () => (await bus.lastSeq('events')) >= count, 20_000)
  for await (const entry of bus.read({ record: 'events', after: 0, signal: reading.signal })) {
    ids.push((entry.envelope as ChatEnvelope).id)
    if (entry.caughtUp) reading.abort()
  }
  return ids
}

const lines = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => personLine(`line-${from + index}`, `${from + index}`))
const ids = (from: number, to: number) => lines(from, to).map(({ id }) => id)

describe('while the bus is there', () => {
  it('stores 2,000 lines that come at once in the order in which they came', async () => {
    const { accept, end } = await acceptor()
    const outcomes = await Promise.all(lines(0, 2_000).map((line) => accept(subject, line)))
    expect(new Set(outcomes)).toEqual(new Set(['stored']))
    expect(await recorded(2_000)).toEqual(ids(0, 2_000))
    await end()
  })

  it('recognises a line that was accepted before, also by an earlier process', async () => {
    const first = await acceptor()
    expect(await first.accept(subject, personLine('same', 'hi'))).toBe('stored')
    await first.end()
    const second = await acceptor()
    expect(await second.accept(subject, personLine('same', 'hi'))).toBe('duplicate')
    expect(await recorded(1)).toEqual(['same'])
    await second.end()
  })
})

describe('F14: while the bus is away', () => {
  it('accepts onto the disk, and stores in order, once, when it is back', async () => {
    const { accept, end, spool } = await acceptor()
    await Promise.all(lines(0, 50).map((line) => accept(subject, line)))
    await nats.kill()
    await until('the bus is known to be away', () => !bus.connected)
    expect(new Set(await Promise.all(lines(50, 150).map((line) => accept(subject, line))))).toEqual(
      new Set(['spooled']),
    )
    expect(spool.depth).toBe(100)
    await nats.start()
    await until('the spool is empty', () => spool.depth === 0)
    expect(await accept(subject, personLine('line-150', 'after'))).toBe('stored')
    expect(await recorded(151)).toEqual(ids(0, 151))
    await end()
  })

  it('keeps the order when the bus dies in the middle of a burst, with acknowledgements under way', async () => {
    const { accept, end, spool } = await acceptor()
    const accepting = lines(0, 3_000).map((line) => accept(subject, line))
    await accepting[200]
    await nats.kill()
    await Promise.all(accepting)
    await nats.start()
    await until('the spool is empty', () => spool.depth === 0, 20_000)
    expect(await recorded(3_000)).toEqual(ids(0, 3_000))
    await end()
  })
})

describe('F2, F3: killed between the spool, the publish and the mark that it left', () => {
  it('stores what an earlier process spooled before it accepts anything newer', async () => {
    const spool = await createDiskSpool(folder.path, quietLog)
    await spool.append(lines(0, 10).map((envelope) => ({ subject, envelope })))
    await spool.close()
    const { accept, end } = await acceptor()
    await Promise.all(lines(10, 20).map((line) => accept(subject, line)))
    expect(await recorded(20)).toEqual(ids(0, 20))
    await end()
  })

  it('stores once what was published but not yet struck from the spool', async () => {
    await Promise.all(lines(0, 5).map((line) => bus.publish(subject, line)))
    const spool = await createDiskSpool(folder.path, quietLog)
    await spool.append(lines(0, 10).map((envelope) => ({ subject, envelope })))
    await spool.close()
    const { end, spool: opened } = await acceptor()
    await until('the spool is empty', () => opened.depth === 0)
    expect(await recorded(10)).toEqual(ids(0, 10))
    await end()
  })
})

it('F23: goes on spooling when the stream refuses, and drains in order when it takes again', async () => {
  let refusing = true
  const full: Bus = Object.create(bus, {
    publish: {
      value: (...args: Parameters<Bus['publish']>) =>
        refusing ? Promise.reject(new BreakroomError('unavailable', 'maximum bytes exceeded')) : bus.publish(...args),
    },
  })
  const { accept, end, spool } = await acceptor(full)
  expect(new Set(await Promise.all(lines(0, 20).map((line) => accept(subject, line))))).toEqual(new Set(['spooled']))
  refusing = false
  await until('the spool is empty', () => spool.depth === 0)
  expect(await recorded(20)).toEqual(ids(0, 20))
  await end()
})

it('goes on when the spool cannot be read for a while', async () => {
  const spool = await createDiskSpool(folder.path, quietLog)
  await spool.append(lines(0, 5).map((envelope) => ({ subject, envelope })))
  let broken = true
  const failing = Object.create(spool, {
    peek: { value: (limit: number) => (broken ? Promise.reject(new Error('EIO')) : spool.peek(limit)) },
    depth: { get: () => spool.depth },
  })
  const made = createAcceptor({ bus, spool: failing, log: quietLog, metrics: quietMetrics, random: Math.random })
  expect(await made.accept(subject, personLine('line-5', 'while it is broken'))).toBe('spooled')
  broken = false
  await until('the spool is empty', () => spool.depth === 0)
  expect(await recorded(6)).toEqual(ids(0, 6))
  await made.close()
  await spool.close()
})

it('keeps lines in memory while neither the bus nor the disk takes them, and in order', async () => {
  const spool = await createDiskSpool(folder.path, quietLog)
  let full = true
  const failing = Object.create(spool, {
    append: { value: (items: Spooled[]) => (full ? Promise.reject(new Error('ENOSPC')) : spool.append(items)) },
    depth: { get: () => spool.depth },
  })
  await nats.kill()
  await until('the bus is known to be away', () => !bus.connected)
  const made = createAcceptor({ bus, spool: failing, log: quietLog, metrics: quietMetrics, random: Math.random })
  const accepting = lines(0, 20).map((line) => made.accept(subject, line))
  await nats.start()
  await Promise.all(accepting)
  full = false
  expect(await recorded(20)).toEqual(ids(0, 20))
  await made.close()
  await spool.close()
})

it('sets aside what the bus refuses for good, and hands on what stands behind it', async () => {
  const spool = await createDiskSpool(folder.path, quietLog)
  const refused = personLine('refused', 'never')
  await spool.append([
    { subject: 'breakroom.org.nowhere', envelope: refused },
    ...lines(0, 5).map((envelope) => ({ subject, envelope })),
  ])
  const made = createAcceptor({ bus, spool, log: quietLog, metrics: quietMetrics, random: Math.random })
  await until('the spool is empty', () => spool.depth === 0)
  expect(await recorded(5)).toEqual(ids(0, 5))
  expect(readFileSync(join(folder.path, 'set-aside.jsonl'), 'utf8')).toContain('"id":"refused"')
  await made.close()
  await spool.close()
})

it('ends when it is closed while neither the bus nor the disk takes anything', async () => {
  const spool = await createDiskSpool(folder.path, quietLog)
  const failing = Object.create(spool, {
    append: { value: () => Promise.reject(new Error('ENOSPC')) },
    depth: { get: () => spool.depth },
  })
  await nats.kill()
  await until('the bus is known to be away', () => !bus.connected)
  const made = createAcceptor({ bus, spool: failing, log: quietLog, metrics: quietMetrics, random: () => 0 })
  void made.accept(subject, personLine('lost', 'to nobody'))
  await made.close()
  await spool.close()
})
