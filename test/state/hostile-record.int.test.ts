import { once } from 'node:events'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { systemClock, systemSleep } from '../../adapters/process/system-clock.ts'
import { openStateFile } from '../../adapters/sqlite/state/state-file.ts'
import { type Envelope, envelopeVersion } from '../../core/envelope.ts'
import { dayOf } from '../../core/state/measure.ts'
import { eventSubject } from '../../core/subject.ts'
import type { Recorded, RecordReader } from '../../ports/bus.ts'
import type { StateFile } from '../../ports/state-file.ts'
import { followRecord } from '../../state/follow-record.ts'
import { createKeepMeasured } from '../../state/keep-measured.ts'
import { all } from '../support/collect.ts'
import { type NatsServer, startProvisionedNats } from '../support/nats.ts'
import { temporaryFolder, until } from '../support/process.ts'
import { quietLog, quietMetrics } from '../support/quiet.ts'

let nats: NatsServer
let folder: ReturnType<typeof temporaryFolder>
let file: StateFile
let cto: ReturnType<NatsServer['as']>

beforeEach(async () => {
  nats = await startProvisionedNats()
  cto = nats.as({ kind: 'role', role: 'cto' })
  folder = temporaryFolder()
  file = openStateFile({
    file: join(folder.path, 'state.sqlite'),
    clock: systemClock,
    log: quietLog,
    newId: () => 'a-fleet',
  })
})
afterEach(async () => {
  await file.close()
  await nats[Symbol.asyncDispose]()
  folder[Symbol.dispose]()
})

/** The cto says something on one of its own subjects. */
async function say(id: string, verb: 'usage' | 'hired', changes: Partial<Envelope> = {}): Promise<void> {
  await cto.bus.publish(eventSubject('cto', 'role', verb), {
    ...{ specversion: '1.0', version: envelopeVersion, id, source: 'bots/cto', type: `role.${verb}` },
    ...{
      time: new Date().toISOString(),
      actor: 'cto',
      authority: { requester: 'cto', chain: [] },
      trace: 't',
      hops: 0,
    },
    data: { input_tokens: 100, output_tokens: 10 },
    ...changes,
  })
}

/** A record that has these entries, and ends there. */
function readerOf(entries: readonly Recorded[]): RecordReader {
  return {
    async *read({ after, signal }) {
      for (const entry of entries) if (entry.seq > after) yield entry
      if (!signal.aborted) await once(signal, 'abort')
    },
    lastSeq: async () => entries.at(-1)?.seq ?? 0,
    seqBefore: async () => 0,
  }
}

function follow(into: Partial<StateFile> = {}, bus: RecordReader = nats.as({ kind: 'state' }).bus) {
  const stop = new AbortController()
  const with_ = { ...file, ...into }
  const following = followRecord({
    bus,
    file: with_,
    keep: createKeepMeasured(with_),
    nameOf: (actor) => actor,
    clock: systemClock,
    sleep: systemSleep,
    log: quietLog,
    metrics: quietMetrics,
    signal: stop.signal,
  })
  return {
    lag: following.lag,
    kill: () => stop.abort(),
    async stop() {
      stop.abort()
      await following.ended
    },
  }
}

const used = async () => (await all(file.store.metrics.all())).reduce((sum, { tokens_in }) => sum + tokens_in, 0)

it('what was used counts once although the record ends with what is not kept, however often it is started', async () => {
  await say('use-1', 'usage')
  await say('hired-1', 'hired')
  for (let start = 1; start <= 3; start++) {
    const following = follow()
    await until('it has read', async () => (await file.mark('record')) !== null && following.lag() !== null)
    await say(`use-${start + 1}`, 'usage')
    await until('it goes on', async () => (await used()) >= 100 * (start + 1))
    await say(`hired-${start + 1}`, 'hired')
    await following.stop()
    expect(await used()).toBe(100 * (start + 1))
  }
})

it('what was used counts once when the record comes back from an older copy, and what comes then counts', async () => {
  for (let index = 1; index <= 3; index++) await say(`use-${index}`, 'usage')
  const stop = new AbortController()
  const { bus } = nats.as({ kind: 'state' })
  const copy: Recorded[] = []
  for await (const entry of bus.read({ record: 'events', after: 0, signal: stop.signal })) {
    copy.push(entry)
    if (entry.caughtUp) stop.abort()
  }
  const first = follow()
  await until('all are kept', async () => (await used()) === 300)
  await first.stop()
  const last = copy[2] as Recorded
  const later = { ...last, storedAt: new Date(last.storedAt.getTime() + 1_000) }
  const older = [...copy.slice(0, 2), { ...later, envelope: { ...(last.envelope as Envelope), id: 'use-anew' } }]
  const second = follow({}, readerOf(older))
  await until('the new one is kept', async () => (await used()) === 400)
  await second.stop()
  const third = follow({}, readerOf(older))
  await until('it has looked', () => third.lag() === 0)
  await third.stop()
  expect(await used()).toBe(400)
})

it('what was used counts once when it is killed while it reads the record for the first time', async () => {
  await Promise.all(Array.from({ length: 600 }, (_, index) => say(`use-${index}`, 'usage')))
  let kept = 0
  const killed = follow({
    keep: async (batch) => {
      await file.keep(batch)
      kept += 1
      if (kept === 1) killed.kill()
    },
  })
  await until('it was killed behind its first batch', async () => kept === 1)
  await killed.stop()
  const next = follow()
  await until('all of it is kept', async () => (await file.mark('record'))?.seq === 600)
  await next.stop()
  expect(await used()).toBe(60_000)
}, 30_000)

it('a role makes no days but the one on which it said what it used', async () => {
  const today = dayOf(new Date().toISOString())
  const times = ['1999-01-01T00:00:00.000Z', '9999-12-31T00:00:00.000Z', `${today}T00:00:00.000Z`]
  for (const [index, time] of times.entries()) await say(`use-${index}`, 'usage', { time })
  const following = follow()
  await until('all are kept', async () => (await used()) === 300)
  await following.stop()
  const days = (await all(file.store.metrics.all())).map(({ day }) => day)
  expect(days).toEqual([today])
})
