import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Pace } from '../../../../adapters/irc/wire/pace.ts'
import { createSendQueue, type Sayable } from '../../../../adapters/irc/wire/send-queue.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

describe('the send queue', () => {
  it('sends everything at once where there is no pace', () => {
    const { queue, out } = create(null)
    for (let n = 0; n < 100; n++) queue.chat(line(`${n}`))
    expect(out).toHaveLength(100)
  })

  it('F43: holds a burst and then a steady rate, and drops nothing', () => {
    const { queue, out } = create({ burst: 4, perSecond: 2 })
    for (let n = 0; n < 10; n++) queue.chat(line(`${n}`))
    expect(out).toHaveLength(4)
    vi.advanceTimersByTime(1_000)
    expect(out).toHaveLength(6)
    vi.advanceTimersByTime(2_000)
    expect(out).toEqual(Array.from({ length: 10 }, (_, n) => `${n}`))
    expect(queue.waiting).toBe(0)
  })

  it('counts bytes too', () => {
    const { queue, out } = create({ burst: 4, perSecond: 100, bytesPerSecond: 500 })
    for (let n = 0; n < 8; n++) queue.chat(line('x'.repeat(400)))
    expect(out).toHaveLength(4)
    vi.advanceTimersByTime(1_000)
    expect(out).toHaveLength(5)
  })

  it('F43: never lets a PONG wait behind chat', () => {
    const { queue, out } = create({ burst: 1, perSecond: 1 })
    for (let n = 0; n < 5; n++) queue.chat(line(`${n}`))
    queue.control('PONG :x')
    expect(out).toEqual(['0', 'PONG :x'])
    vi.advanceTimersByTime(6_000)
    expect(out).toEqual(['0', 'PONG :x', '1', '2', '3', '4'])
  })

  it('joins what waits for one target, in order, while it fits and may be joined', () => {
    const { queue, out } = create({ burst: 1, perSecond: 1 })
    queue.chat(line('first'))
    for (const text of ['a', 'b']) queue.chat(line(text, '#x', true))
    queue.chat(line('elsewhere', '#y', true))
    queue.chat(line('c', '#x', true))
    queue.chat(line('alone', '#x', false))
    queue.chat(line('d', '#x', true))
    vi.advanceTimersByTime(10_000)
    expect(out).toEqual(['first', 'a · b · c', 'elsewhere', 'alone', 'd'])
  })

  it('joins no more than one line holds', () => {
    const { queue, out } = create({ burst: 1, perSecond: 1 })
    queue.chat(line('first'))
    for (let n = 0; n < 6; n++) queue.chat({ ...line('x'.repeat(40), '#x', true), budget: 100 })
    vi.advanceTimersByTime(10_000)
    expect(out.slice(1).map((text) => text.length)).toEqual([83, 83, 83])
  })

  it('sends a courtesy only when nobody waits', () => {
    const { queue, out } = create({ burst: 2, perSecond: 1 })
    queue.courtesy('NOTICE a :1')
    queue.chat(line('chat'))
    queue.chat(line('waits'))
    queue.courtesy('NOTICE a :2')
    vi.advanceTimersByTime(5_000)
    expect(out).toEqual(['NOTICE a :1', 'chat', 'waits'])
  })

  it('is silent once closed', () => {
    const { queue, out } = create({ burst: 1, perSecond: 1 })
    for (let n = 0; n < 5; n++) queue.chat(line(`${n}`))
    queue.close()
    queue.control('PONG :x')
    vi.advanceTimersByTime(10_000)
    expect(out).toEqual(['0'])
  })
})

function line(text: string, target = '#x', mergeable = false): Sayable {
  return { text, target, mergeable, budget: 400 }
}

function create(pace: Pace | null) {
  const out: string[] = []
  const queue = createSendQueue<Sayable>({
    pace,
    clock: { now: () => new Date(), monotonic: () => performance.now() },
    write: (text) => void out.push(text),
    say: (items) => void out.push(items.map((item) => item.text).join(' · ')),
  })
  return { queue, out }
}
