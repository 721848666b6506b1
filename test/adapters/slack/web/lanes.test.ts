import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createLanes } from '../../../../adapters/slack/web/lanes.ts'
import { createVirtualClock } from '../../../support/virtual-clock.ts'

/** Lanes on a clock of their own, and what was called when: `method channel @ second`. */
function lanesAt() {
  const clock = createVirtualClock()
  const lanes = createLanes({ clock, sleep: clock.sleep })
  const called: string[] = []
  const refusals = new Map<string, number[]>()
  return {
    clock,
    called,
    /** The next calls of this kind are too many, and are asked to wait so many seconds. */
    refuse: (kind: string, ...seconds: number[]) => refusals.set(kind, seconds),
    call(
      method: string,
      channel?: string,
      { takesMs = 0, signal = undefined as AbortSignal | undefined, label = '' } = {},
    ) {
      return lanes.run(method, { ...(channel && { channel }), ...(signal && { signal }) }, async () => {
        const kind = [method, channel].filter(Boolean).join(' ')
        called.push(`${[kind, label].filter(Boolean).join(' ')} @ ${clock.monotonic() / 1000}`)
        await clock.sleep(takesMs)
        const seconds = refusals.get(kind)?.shift()
        return seconds === undefined ? { done: label } : { waitMs: seconds * 1000 }
      })
    },
  }
}

describe('the limits of one token', () => {
  it('lets one channel wait out its Retry-After and nobody else', async () => {
    const { clock, called, refuse, call } = lanesAt()
    refuse('chat.postMessage C1', 30)
    for (const [method, channel] of [
      ['chat.postMessage', 'C1'],
      ['chat.postMessage', 'C1'],
      ['chat.postMessage', 'C2'],
      ['reactions.add', 'C1'],
      ['auth.test'],
    ] as const) {
      void call(method, channel)
    }
    await clock.advance(0)
    expect(called).toEqual([
      'chat.postMessage C1 @ 0',
      'chat.postMessage C2 @ 0',
      'reactions.add C1 @ 0',
      'auth.test @ 0',
    ])
    await clock.advance(29_999)
    expect(called).toHaveLength(4)
    await clock.advance(1)
    expect(called.slice(4)).toEqual(['chat.postMessage C1 @ 30', 'chat.postMessage C1 @ 30'])
  })

  it('lets every channel wait when a tier was used up, because a tier counts them together', async () => {
    const { clock, called, refuse, call } = lanesAt()
    refuse('conversations.history C1', 10)
    void call('conversations.history', 'C1')
    await clock.advance(0)
    void call('conversations.history', 'C2')
    await clock.advance(9_999)
    expect(called).toEqual(['conversations.history C1 @ 0'])
    await clock.advance(1)
    expect(called.slice(1)).toEqual(['conversations.history C1 @ 10', 'conversations.history C2 @ 10'])
  })

  it('waits as often as it is told to', async () => {
    const { clock, refuse, call } = lanesAt()
    refuse('users.info', 1, 2, 3)
    const answer = call('users.info', undefined, { label: 'done' })
    await clock.advance(6_000)
    expect(await answer).toBe('done')
    expect(clock.pending).toBe(0)
  })

  it('keeps the order of a channel, whatever the calls take and however often they are refused', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ takesMs: fc.nat(3_000), channel: fc.constantFrom('C1', 'C2') }), { maxLength: 20 }),
        fc.array(fc.integer({ min: 1, max: 5 }), { maxLength: 6 }),
        async (calls, refusals) => {
          const { clock, call, refuse } = lanesAt()
          refuse('chat.postMessage C1', ...refusals)
          const done: Record<string, number[]> = { C1: [], C2: [] }
          const all = Promise.all(
            calls.map(async ({ takesMs, channel }, n) => {
              await call('chat.postMessage', channel, { takesMs })
              done[channel]?.push(n)
            }),
          )
          await clock.advance(200_000)
          await all
          for (const order of Object.values(done)) expect(order).toEqual([...order].sort((a, b) => a - b))
        },
      ),
      { numRuns: 20 },
    )
  })

  it('lets a slow call without a channel hold up nobody', async () => {
    const { clock, called, call } = lanesAt()
    void call('views.open', undefined, { takesMs: 10_000, label: 'slow' })
    void call('views.open', undefined, { label: 'quick' })
    await clock.advance(0)
    expect(called).toEqual(['views.open slow @ 0', 'views.open quick @ 0'])
  })

  it('F37: never reads more than fifty pages in any minute as Slack counts them, and no slower than that', async () => {
    const { clock, called, call } = lanesAt()
    for (let n = 0; n < 120; n++) void call('conversations.history', `C${n % 30}`, { takesMs: 200 })
    for (let n = 0; n < 30; n++) void call('conversations.replies', 'C1')
    await clock.advance(125_000)
    const history = called.filter((one) => one.startsWith('conversations.history'))
    const seconds = history.map((one) => Number(one.split('@ ')[1]))
    expect(seconds).toHaveLength(120)
    for (const [index, at] of seconds.entries()) {
      const before = seconds[index - 50]
      // 0.2 is what a call takes: Slack may have counted it at its end.
      if (before !== undefined) expect(at - before).toBeGreaterThanOrEqual(60.2 - 1e-6)
    }
    expect(Math.max(...seconds)).toBeLessThan(122)
    expect(called.filter((one) => one.startsWith('conversations.replies') && one.endsWith('@ 0'))).toHaveLength(30)
  })

  it('gives up a call that waits when its signal aborts, and lets the next one go', async () => {
    const { clock, called, refuse, call } = lanesAt()
    const giveUp = new AbortController()
    refuse('chat.postMessage C1', 60)
    const first = call('chat.postMessage', 'C1', { signal: giveUp.signal, label: 'first' })
    const queued = call('chat.postMessage', 'C1', { signal: giveUp.signal, label: 'queued' })
    const last = call('chat.postMessage', 'C1', { label: 'last' })
    const ends = Promise.allSettled([first, queued])
    await clock.advance(1_000)
    giveUp.abort()
    for (const end of await ends) expect(end).toMatchObject({ status: 'rejected', reason: { code: 'closed' } })
    await clock.advance(59_000)
    expect(await last).toBe('last')
    expect(called).toEqual(['chat.postMessage C1 first @ 0', 'chat.postMessage C1 last @ 60'])
  })

  it('rejects with what the call failed with, and goes on', async () => {
    const clock = createVirtualClock()
    const lanes = createLanes({ clock, sleep: clock.sleep })
    const failing = lanes.run('chat.update', { channel: 'C1' }, () => Promise.reject(new Error('no')))
    const next = lanes.run('chat.update', { channel: 'C1' }, async () => ({ done: 'yes' }))
    await expect(failing).rejects.toThrow('no')
    expect(await next).toBe('yes')
  })
})
