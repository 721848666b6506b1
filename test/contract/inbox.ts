import { setTimeout as pause } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Inbox, WorkItem, WorkQueue } from '../../ports/bus.ts'
import { until } from '../support/process.ts'

export interface InboxUnderTest {
  /** The role's process, and a second one of the same role. */
  inbox: Inbox
  second: Inbox
  role: string
  send(id: string): Promise<void>
  /** How long a lease lasts here. */
  leaseMs: number
  kill(): Promise<void>
  start(): Promise<void>
}

/** What a queue of a role promises. `create` gives an empty one. */
export function inboxContract(name: string, queue: WorkQueue, create: () => Promise<InboxUnderTest>): void {
  describe(`${queue} on ${name}`, () => {
    let stop: AbortController
    beforeEach(() => {
      stop = new AbortController()
    })
    afterEach(() => stop.abort())

    /** Takes one item and holds it; `leave` ends the taking without settling it. */
    async function next(from: Inbox, role: string) {
      const taking = from.take(role, stop.signal, queue)[Symbol.asyncIterator]()
      const { value, done } = await taking.next()
      if (done) throw new Error('the queue ended')
      return { item: value as WorkItem, leave: async () => void (await taking.return?.()) }
    }

    if (queue === 'inbox') {
      it('hands items over one at a time, oldest first, however many processes share it', async () => {
        const { inbox, second, role, send } = await create()
        const order: string[] = []
        let held = 0
        let most = 0
        const ids = Array.from({ length: 40 }, (_, index) => `w${index}`)
        const work = async (taker: Inbox) => {
          for await (const item of taker.take(role, stop.signal, queue)) {
            held += 1
            most = Math.max(most, held)
            order.push(idOf(item))
            await pause(1)
            held -= 1
            await item.ack()
          }
        }
        const working = [work(inbox), work(second)]
        for (const id of ids) await send(id)
        await until('all are done', () => order.length >= ids.length)
        stop.abort()
        await Promise.all(working)

        expect(order).toEqual(ids)
        expect(most).toBe(1)
      })

      it('delivers again later what is put off, before anything newer', async () => {
        const { inbox, role, send } = await create()
        await send('first')
        await send('second')
        const seen: string[] = []
        for await (const item of inbox.take(role, stop.signal, queue)) {
          seen.push(`${idOf(item)} ${item.delivery}`)
          if (item.delivery === 1 && idOf(item) === 'first') item.later(50)
          else await item.ack()
          if (seen.length === 3) break
        }
        expect(seen).toEqual(['first 1', 'first 2', 'second 1'])
      })
    } else {
      it('lets the processes of one role work side by side', async () => {
        const { inbox, second, role, send } = await create()
        await send('a')
        await send('b')
        const items = await Promise.all([next(inbox, role), next(second, role)])
        expect(items.map(({ item }) => idOf(item)).toSorted()).toEqual(['a', 'b'])
        for (const { item } of items) await item.ack()
      })
    }

    it('delivers what was acknowledged never again, also after a restart', async () => {
      const { inbox, role, send, kill, start } = await create()
      await send('done')
      const first = await next(inbox, role)
      await first.item.ack()
      await first.leave()
      await kill()
      await start()
      await until('it takes items again', () =>
        send('new').then(
          () => true,
          () => false,
        ),
      )

      const after = await next(inbox, role)
      expect(idOf(after.item)).toBe('new')
      expect(after.item.delivery).toBe(1)
    })

    it('takes an acknowledgement twice', async () => {
      const { inbox, role, send } = await create()
      await send('a')
      const { item } = await next(inbox, role)
      await item.ack()
      await item.ack()
    })

    it('delivers again what a worker that died had taken', async () => {
      const { inbox, second, role, send } = await create()
      await send('unlucky')
      const dying = await next(inbox, role)
      expect(dying.item.delivery).toBe(1)

      const { item } = await next(second, role)
      expect(idOf(item)).toBe('unlucky')
      expect(item.delivery).toBe(2)
      await item.ack()
    })

    it('keeps the lease of a worker that says it is still at it', async () => {
      const { inbox, second, role, send, leaseMs } = await create()
      await send('long')
      const began = performance.now()
      const { item } = await next(inbox, role)
      const elsewhere: number[] = []
      const waiting = (async () => {
        for await (const again of second.take(role, stop.signal, queue)) elsewhere.push(again.delivery)
      })()

      await until('two and a half leases have passed', () => {
        item.working()
        return performance.now() - began > 2.5 * leaseMs
      })
      expect(elsewhere).toEqual([])
      await item.ack()
      stop.abort()
      await waiting
    })

    it('F26: delivers until it is given up, however often, and the next all the same', async () => {
      const { inbox, role, send } = await create()
      await send('poison')
      await send('next')
      const seen: string[] = []
      for await (const item of inbox.take(role, stop.signal, queue)) {
        seen.push(`${idOf(item)} ${item.delivery}`)
        if (idOf(item) === 'next') await item.ack()
        else if (item.delivery < 7) item.later(0)
        else item.giveUp('it cannot be done')
        if (seen.length === 8) break
      }
      expect(seen).toContain('next 1')
      expect(seen.filter((line) => line !== 'next 1')).toEqual(Array.from({ length: 7 }, (_, n) => `poison ${n + 1}`))
    })

    it('never delivers again what was given up', async () => {
      const { inbox, role, send } = await create()
      await send('hopeless')
      await send('next')
      const seen: string[] = []
      for await (const item of inbox.take(role, stop.signal, queue)) {
        seen.push(idOf(item))
        if (seen.length === 1) item.giveUp('copied to the\r\ndead letters')
        else break
      }
      expect(seen).toEqual(['hopeless', 'next'])
    })

    it('leaves nothing leased behind when it is stopped while it waits', async () => {
      const { inbox, second, role, send, leaseMs } = await create()
      for (let round = 0; round < 20; round++) {
        const leaving = new AbortController()
        const left: WorkItem[] = []
        const waiting = (async () => {
          for await (const item of inbox.take(role, leaving.signal, queue)) left.push(item)
        })()
        // The item comes at about the moment at which the taker leaves.
        const sent = send(`round-${round}`)
        setTimeout(() => leaving.abort(), (round % 5) / 2)
        await Promise.all([waiting, sent])
        for (const item of left) await item.ack()
        if (left.length > 0) continue

        const began = performance.now()
        const { item, leave } = await next(second, role)
        expect(idOf(item)).toBe(`round-${round}`)
        expect(performance.now() - began).toBeLessThan(leaseMs / 2)
        await item.ack()
        await leave()
      }
    })

    it('F14: a waiting worker gets what is sent after a restart', async () => {
      const { inbox, role, send, kill, start } = await create()
      const seen: string[] = []
      const waiting = (async () => {
        for await (const item of inbox.take(role, stop.signal, queue)) {
          seen.push(idOf(item))
          await item.ack()
        }
      })()
      await send('before')
      await until('the first is done', () => seen.length === 1)
      await kill()
      await start()
      await until('it takes items again', () =>
        send('after').then(
          () => true,
          () => false,
        ),
      )
      await until('the second is done', () => seen.length === 2)
      stop.abort()
      await waiting
      expect(seen).toEqual(['before', 'after'])
    })
  })
}

function idOf({ envelope }: WorkItem): string {
  return envelope instanceof Error ? envelope.message : envelope.id
}
