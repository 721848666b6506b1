import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Publisher, Recorded, RecordReader } from '../../ports/bus.ts'
import { take } from '../support/collect.ts'
import { envelopeOf } from '../support/envelope.ts'
import { until } from '../support/process.ts'

export interface RecordUnderTest {
  publisher: Publisher
  reader: RecordReader
  /** Ends what keeps the record without warning; nothing answers until `start`. */
  kill(): Promise<void>
  start(): Promise<void>
}

const subject = 'events.human-ada.chat.breakroom'
const other = 'events.cto.chat.lab'

/** What a publisher and a reader of the same records promise. `create` gives them over empty records. */
export function publisherReaderContract(name: string, create: () => Promise<RecordUnderTest>): void {
  describe(`publisher and reader on ${name}`, () => {
    let stop: AbortController
    beforeEach(() => {
      stop = new AbortController()
    })
    afterEach(() => stop.abort())

    it('stores an id once: the second time it says so and nothing is added', async () => {
      const { publisher, reader } = await create()
      expect(await publisher.publish(subject, envelopeOf('a'))).toEqual({ seq: 1, duplicate: false })
      expect(await publisher.publish(subject, envelopeOf('a'))).toEqual({ seq: 1, duplicate: true })
      expect(await publisher.publish(subject, envelopeOf('b'))).toEqual({ seq: 2, duplicate: false })
      expect(await reader.lastSeq('events')).toBe(2)
    })

    it('tells ids apart whatever characters they are made of', async () => {
      const { publisher, reader } = await create()
      const ids = ['a', 'a ', ' a', 'A', 'ä', 'a\r\nNats-Msg-Id: b', 'a\u0000', '🎉'.repeat(100)]
      for (const id of ids) expect(await publisher.publish(subject, envelopeOf(id))).toMatchObject({ duplicate: false })
      const read = await take(reader.read({ record: 'events', after: 0, signal: stop.signal }), ids.length)
      expect(idsOf(read)).toEqual(ids)
    })

    it('stores 2,000 calls made at once in call order', async () => {
      const { publisher, reader } = await create()
      const ids = Array.from({ length: 2_000 }, (_, index) => `burst-${index}`)

      const stored = await Promise.all(ids.map((id) => publisher.publish(subject, envelopeOf(id))))

      expect(stored.map(({ seq }) => seq)).toEqual(ids.map((_, index) => index + 1))
      const read = await take(reader.read({ record: 'events', after: 0, signal: stop.signal }), ids.length)
      expect(idsOf(read)).toEqual(ids)
    })

    it('reads after a sequence, and says which entry was the newest', async () => {
      const { publisher, reader } = await create()
      for (const id of ['a', 'b', 'c']) await publisher.publish(subject, envelopeOf(id))

      const read = await take(reader.read({ record: 'events', after: 1, signal: stop.signal }), 2)

      expect(read.map(({ seq, subject, caughtUp }) => ({ seq, subject, caughtUp }))).toEqual([
        { seq: 2, subject, caughtUp: false },
        { seq: 3, subject, caughtUp: true },
      ])
      expect(read[0]?.envelope).toEqual(envelopeOf('b'))
    })

    it('reads only what a filter matches, and each entry once when several do', async () => {
      const { publisher, reader } = await create()
      await publisher.publish(subject, envelopeOf('a'))
      await publisher.publish(other, envelopeOf('b', { actor: 'cto', room: { name: 'lab', visibility: 'public' } }))
      await publisher.publish('events.cto.presence.join', envelopeOf('c', { actor: 'cto' }))

      const filters = ['events.*.chat.lab', 'events.*.presence.*']
      const read = await take(reader.read({ record: 'events', filters, after: 0, signal: stop.signal }), 2)

      expect(idsOf(read)).toEqual(['b', 'c'])
    })

    it('S23: hands over an error for an envelope that names another actor than its subject', async () => {
      const { publisher, reader } = await create()
      await publisher.publish('events.cto.chat.breakroom', envelopeOf('forged', { actor: 'ceo' }))
      await publisher.publish('breakroom.private.dm.cto', envelopeOf('forged', { actor: 'ceo' }))

      for (const record of ['events', 'private'] as const) {
        const [entry] = await take(reader.read({ record, after: 0, signal: stop.signal }), 1)
        expect(entry?.envelope).toMatchObject({
          code: 'denied',
          detail: { rule: 'actor_is_publisher', requester: 'cto' },
        })
        expect(entry?.bytes.length).toBeGreaterThan(0)
      }
    })

    it('hands over an error for a line that names another room than its subject', async () => {
      const { publisher, reader } = await create()
      await publisher.publish('events.cto.chat.made-up', envelopeOf('stray', { actor: 'cto' }))
      const [entry] = await take(reader.read({ record: 'events', after: 0, signal: stop.signal }), 1)
      expect(entry?.envelope).toMatchObject({ code: 'denied', detail: { rule: 'room_is_subject', requester: 'cto' } })
    })

    it('keeps the two records apart', async () => {
      const { publisher, reader } = await create()
      const room = { name: 'dm-ada-cto', visibility: 'private' as const }
      await publisher.publish('breakroom.private.dm-ada-cto.human-ada', envelopeOf('secret', { room }))
      expect(await reader.lastSeq('events')).toBe(0)
      const read = await take(reader.read({ record: 'private', after: 0, signal: stop.signal }), 1)
      expect(idsOf(read)).toEqual(['secret'])
    })

    it('waits for what is published later, and ends when its signal aborts', async () => {
      const { publisher, reader } = await create()
      const read: string[] = []
      const reading = (async () => {
        for await (const entry of reader.read({ record: 'events', after: 0, signal: stop.signal }))
          read.push(...idsOf([entry]))
      })()
      await publisher.publish(subject, envelopeOf('late'))
      await until('the entry is read', () => read.length === 1)

      stop.abort()
      await reading
      expect(read).toEqual(['late'])
    })

    it('knows after which sequence everything is newer than a time', async () => {
      const { publisher, reader } = await create()
      await publisher.publish(subject, envelopeOf('a'))
      await publisher.publish(subject, envelopeOf('b'))
      // The record's clock must have moved on, or `between` would fall on the same millisecond as an entry.
      const between = new Date(Date.now() + 2)
      await until('time has passed', () => Date.now() > between.getTime() + 1)
      await publisher.publish(subject, envelopeOf('c'))

      expect(await reader.seqBefore('events', new Date(0))).toBe(0)
      expect(await reader.seqBefore('events', between)).toBe(2)
      expect(await reader.seqBefore('events', new Date(Date.now() + 60_000))).toBe(3)
    })

    it('F14: rejects at once while the record is away and goes on by itself when it is back', async () => {
      const { publisher, reader, kill, start } = await create()
      await publisher.publish(subject, envelopeOf('before'))
      await reader.lastSeq('events')
      await kill()
      await until('it is noticed', () =>
        publisher.publish(subject, envelopeOf('lost')).then(
          () => false,
          () => true,
        ),
      )

      const began = performance.now()
      await expect(publisher.publish(subject, envelopeOf('lost'))).rejects.toMatchObject({ code: 'unavailable' })
      await expect(reader.lastSeq('events')).rejects.toMatchObject({ code: 'unavailable' })
      expect(performance.now() - began).toBeLessThan(200)

      await start()
      await until('it takes entries again', () => stored(publisher, 'after'))
      const read = await take(reader.read({ record: 'events', after: 0, signal: stop.signal }), 2)
      expect(idsOf(read)).toEqual(['before', 'after'])
    })

    it('F3, F14: loses, repeats and reorders nothing for a reader while the record is killed under load', async () => {
      const { publisher, reader, kill, start } = await create()
      const ids = Array.from({ length: 3_000 }, (_, index) => `id-${index}`)
      const read: Recorded[] = []
      const reading = (async () => {
        for await (const entry of reader.read({ record: 'events', after: 0, signal: stop.signal })) read.push(entry)
      })()
      const writing = (async () => {
        for (const id of ids) await until(`${id} is stored`, () => stored(publisher, id))
      })()

      for (const count of [700, 1_900]) {
        await until(`${count} are read`, () => read.length >= count, 20_000)
        await kill()
        await start()
      }
      await writing
      await until('all are read', () => read.length >= ids.length)
      stop.abort()
      await reading

      expect(idsOf(read)).toEqual(ids)
      expect(read.every(({ seq }, index) => seq === index + 1)).toBe(true)
    })

    it('lets a reader that has fallen far behind catch up without a hole', async () => {
      const { publisher, reader } = await create()
      await Promise.all(Array.from({ length: 1_500 }, (_, index) => publisher.publish(subject, envelopeOf(`${index}`))))
      const seqs: number[] = []
      for await (const { seq, caughtUp } of reader.read({ record: 'events', after: 0, signal: stop.signal })) {
        seqs.push(seq)
        if (seq === 300)
          await Promise.all(
            Array.from({ length: 500 }, (_, index) => publisher.publish(subject, envelopeOf(`more-${index}`))),
          )
        if (caughtUp) break
      }
      expect(seqs).toEqual(Array.from({ length: 2_000 }, (_, index) => index + 1))
    })
  })
}

function stored(publisher: Publisher, id: string): Promise<boolean> {
  return publisher.publish(subject, envelopeOf(id)).then(
    () => true,
    () => false,
  )
}

function idsOf(entries: Recorded[]): string[] {
  return entries.map(({ envelope }) => (envelope instanceof Error ? envelope.message : envelope.id))
}
