import { describe, expect, it } from 'vitest'
import type { Spool, Spooled } from '../../ports/spool.ts'
import { envelopeOf } from '../support/envelope.ts'

/** What every spool promises. `open` opens the same one again after its `close`. */
export function spoolContract(name: string, create: () => Promise<{ spool: Spool; open(): Promise<Spool> }>): void {
  describe(`spool on ${name}`, () => {
    it('gives back what was appended, oldest first, and forgets only what is dropped', async () => {
      const { spool } = await create()
      expect(spool.depth).toBe(0)
      expect(await spool.peek(10)).toEqual([])
      await spool.append(items(0, 5))
      expect(spool.depth).toBe(5)
      expect(await spool.peek(2)).toEqual(items(0, 2))
      await spool.drop(2)
      expect(spool.depth).toBe(3)
      expect(await spool.peek(10)).toEqual(items(2, 5))
      await spool.append(items(5, 6))
      await spool.drop(100)
      expect(spool.depth).toBe(0)
      expect(await spool.peek(10)).toEqual([])
      await spool.drop(0)
    })

    it('has what waited in it when it is opened again, in order, without what was dropped', async () => {
      const { spool, open } = await create()
      await spool.append(items(0, 10))
      await spool.drop(4)
      await spool.close()

      const again = await open()
      expect(again.depth).toBe(6)
      expect(await again.peek(100)).toEqual(items(4, 10))
      await again.append(items(10, 11))
      await again.drop(6)
      expect(await again.peek(100)).toEqual(items(10, 11))
      await again.close()
    })

    it('keeps any text as it was', async () => {
      const { spool, open } = await create()
      const texts = ['', 'line\nbreak\r\n', '\u0000\u001b[31m', '🎉 ünïcode \u2028', '"quotes" \\', 'x'.repeat(200_000)]
      const odd = texts.map((text, index) => ({
        subject: 'events.a.chat.b',
        envelope: envelopeOf(`${index}`, { data: { text } }),
      }))
      await spool.append(odd)
      await spool.close()
      const again = await open()
      expect(await again.peek(100)).toEqual(odd)
      await again.close()
    })

    it('keeps the order of calls that do not wait for each other', async () => {
      const { spool } = await create()
      await Promise.all(Array.from({ length: 300 }, (_, index) => spool.append(items(index, index + 1))))
      expect(await spool.peek(1_000)).toEqual(items(0, 300))
    })

    it('refuses what is appended after it was closed', async () => {
      const { spool } = await create()
      await Promise.all([spool.close(), spool.close()])
      await expect(spool.append(items(0, 1))).rejects.toMatchObject({ code: 'closed' })
    })
  })
}

/** Items with these numbers. */
export function items(from: number, to: number): Spooled[] {
  return Array.from({ length: to - from }, (_, index) => ({
    subject: 'events.human-ada.chat.breakroom',
    envelope: envelopeOf(`item-${from + index}`),
  }))
}
