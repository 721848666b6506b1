import { expect, test } from 'vitest'
import { createSessionWatch } from '../../bots/session-watch.ts'
import { heartbeatSchema } from '../../core/heartbeat.ts'
import type { SessionCapture } from '../../core/sweep/session.ts'
import { createVirtualClock } from '../support/virtual-clock.ts'

const moment = '2026-11-21T12:00:00.000Z'
const capture = (changes: Partial<SessionCapture> = {}): SessionCapture => ({
  started_at: moment,
  output_at: moment,
  files_at: moment,
  cpu_at: moment,
  repeats: 1,
  repeats_since: null,
  asks: null,
  ...changes,
})

/** A seat that asks every second, as its heartbeat does; the brain answers each look as it is told. */
function seat(...answers: (() => Promise<SessionCapture | null>)[]) {
  const clock = createVirtualClock()
  let looks = 0
  const look = () => answers[Math.min(looks++, answers.length - 1)]?.() ?? Promise.resolve(null)
  const seenOf = createSessionWatch({ capture: look }, clock)
  return {
    looks: () => looks,
    /** What it would say in the next so many heartbeats. */
    async beats(times: number, work = 't-1 1') {
      const seen: (SessionCapture | undefined)[] = []
      for (let beat = 0; beat < times; beat++) {
        await clock.advance(1_000)
        seen.push(seenOf(work))
      }
      return seen
    },
  }
}

test('a heartbeat has what was seen last, and a brain is looked at every five seconds', async () => {
  const cto = seat(
    async () => capture({ repeats: 1 }),
    async () => capture({ repeats: 2 }),
  )
  const seen = (await cto.beats(11)).map((session) => session?.repeats)
  expect(seen).toEqual([undefined, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2])
  expect(cto.looks()).toBe(3)
})

test('what was seen of one task is not said of the next', async () => {
  const cto = seat(async () => capture())
  expect((await cto.beats(2)).at(-1)).toBeDefined()
  expect(await cto.beats(2, 't-2 1')).toEqual([undefined, capture()])
  expect((await cto.beats(1, 't-2 2')).at(-1)).toBeUndefined()
})

test('a session that is about to begin is seen with the second heartbeat after it did', async () => {
  const cto = seat(
    async () => null,
    async () => null,
    async () => capture(),
  )
  expect((await cto.beats(4)).map((session) => session !== undefined)).toEqual([false, false, false, true])
})

test('a look that fails is left out, and so is what it cannot be', async () => {
  const cto = seat(
    async () => capture(),
    () => Promise.reject(new Error('gone')),
    async () => ({ ...capture(), repeats: 0 }),
    async () => capture({ repeats: 4 }),
  )
  const seen = (await cto.beats(10)).map((session) => session?.repeats)
  expect(seen).toEqual([undefined, 1, 1, 1, 1, 1, undefined, undefined, 4, 4])
})

test('of a look that hangs nothing is said, and there is no other at the same work', async () => {
  const never = () => new Promise<never>(() => {})
  const cto = seat(
    async () => capture(),
    never,
    async () => capture(),
  )
  const seen = (await cto.beats(20)).map((session) => session !== undefined)
  expect(seen.indexOf(false, 1)).toBe(10)
  expect(seen.slice(10)).not.toContain(true)
  expect(cto.looks()).toBe(2)
  expect((await cto.beats(2, 't-2 1')).at(-1)).toBeDefined()
})

test('S21: what it asks is short and without secrets, and the heartbeat small', async () => {
  const text = `ghp_0123456789abcdefghijABCDEFGHIJ012345 ${'why? '.repeat(190)}`
  const asks = { kind: 'question' as const, text, at: moment, screen: 'all of it' }
  const cto = seat(async () => ({
    ...capture({ asks, repeats: 1_000_000, repeats_since: moment }),
    more: 'x'.repeat(5_000),
  }))
  const session = (await cto.beats(2)).at(-1)
  expect(session?.asks?.text).toMatch(/^«redacted:github-token:....» why\? .*…$/)
  const on = 'slack:T012345:C012345:1700000000.000100'
  const beat = {
    role: 'cto',
    state: 'working',
    epoch: Date.now(),
    on,
    task: 't-12345',
    task_epoch: 12,
    session,
    at: moment,
  }
  expect(heartbeatSchema.safeParse(beat).success).toBe(true)
  expect(Buffer.byteLength(JSON.stringify(beat))).toBeLessThan(1_000)
})
