import { once } from 'node:events'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { Envelope } from '../../core/envelope.ts'
import { dayOf } from '../../core/state/measure.ts'
import type { Recorded, RecordReader } from '../../ports/bus.ts'
import { all } from '../support/collect.ts'
import { until } from '../support/process.ts'
import { type RecordHouse, recordHouse } from './record-house.ts'

let house: RecordHouse
beforeEach(async () => {
  house = await recordHouse()
})
afterEach(() => house[Symbol.asyncDispose]())

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

it('what was used counts once although the record ends with what is not kept, however often it is started', async () => {
  await house.say('use-1', 'usage')
  await house.say('hired-1', 'hired')
  for (let start = 1; start <= 3; start++) {
    const following = house.follow()
    await until('it has read', async () => (await house.file.mark('record')) !== null && following.lag() !== null)
    await house.say(`use-${start + 1}`, 'usage')
    await until('it goes on', async () => (await house.used()) >= 100 * (start + 1))
    await house.say(`hired-${start + 1}`, 'hired')
    await following.stop()
    expect(await house.used()).toBe(100 * (start + 1))
  }
})

it('what was used counts once when the record comes back from an older copy, and what comes then counts', async () => {
  for (let index = 1; index <= 3; index++) await house.say(`use-${index}`, 'usage')
  const stop = new AbortController()
  const { bus } = house.nats.as({ kind: 'state' })
  const copy: Recorded[] = []
  for await (const entry of bus.read({ record: 'events', after: 0, signal: stop.signal })) {
    copy.push(entry)
    if (entry.caughtUp) stop.abort()
  }
  const first = house.follow()
  await until('all are kept', async () => (await house.used()) === 300)
  await first.stop()
  const last = copy[2] as Recorded
  const later = { ...last, storedAt: new Date(last.storedAt.getTime() + 1_000) }
  const older = [...copy.slice(0, 2), { ...later, envelope: { ...(last.envelope as Envelope), id: 'use-anew' } }]
  const second = house.follow({ from: readerOf(older) })
  await until('the new one is kept', async () => (await house.used()) === 400)
  await second.stop()
  const third = house.follow({ from: readerOf(older) })
  await until('it has looked', () => third.lag() === 0)
  await third.stop()
  expect(await house.used()).toBe(400)
})

it('what was used counts once when it is killed while it reads the record for the first time', async () => {
  await Promise.all(Array.from({ length: 600 }, (_, index) => house.say(`use-${index}`, 'usage')))
  let kept = 0
  const killed = house.follow({
    into: {
      keep: async (batch) => {
        await house.file.keep(batch)
        kept += 1
        if (kept === 1) killed.kill()
      },
    },
  })
  await until('it was killed behind its first batch', async () => kept === 1)
  await killed.stop()
  const next = house.follow()
  await until('all of it is kept', async () => (await house.file.mark('record'))?.seq === 600)
  await next.stop()
  expect(await house.used()).toBe(60_000)
}, 30_000)

it('a role makes no days but the one on which it said what it used', async () => {
  const today = dayOf(new Date().toISOString())
  const times = ['1999-01-01T00:00:00.000Z', '9999-12-31T00:00:00.000Z', `${today}T00:00:00.000Z`]
  for (const [index, time] of times.entries()) await house.say(`use-${index}`, 'usage', { time })
  const following = house.follow()
  await until('all are kept', async () => (await house.used()) === 300)
  await following.stop()
  const days = (await all(house.file.store.metrics.all())).map(({ day }) => day)
  expect(days).toEqual([today])
})
