import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { systemClock } from '../../../adapters/process/system-clock.ts'
import { asChatLine, decodeEnvelope, type Envelope, encodeEnvelope } from '../../../core/envelope.ts'
import { BreakroomError } from '../../../core/errors.ts'
import { usageOf } from '../../../core/state/usage.ts'
import { tellUsage } from '../../../knowledge-proxy/models/usage.ts'
import { quietLog } from '../../support/quiet.ts'

beforeEach(() => {
  vi.useFakeTimers({ now: Date.UTC(2026, 10, 22, 12) })
})
afterEach(() => {
  vi.useRealTimers()
})

function telling() {
  const told: { subject: string; envelope: Envelope }[] = []
  const bus = { away: false }
  let ids = 0
  const usage = tellUsage({
    role: 'knowledge',
    bus: {
      async publish(subject, envelope) {
        if (bus.away) throw new BreakroomError('unavailable', 'The bus is away.')
        told.push({ subject, envelope })
        return { seq: told.length, duplicate: false }
      },
    },
    clock: { ...systemClock, now: () => new Date() },
    newId: () => `${++ids}`,
    log: quietLog,
  })
  return { told, bus, usage }
}

it('what models used is told as a sum, once a minute at most, and never when nothing was', async () => {
  const { told, usage } = telling()
  await vi.advanceTimersByTimeAsync(300_000)
  expect(told).toEqual([])
  usage.used({ input: 100, output: 20 })
  await vi.advanceTimersByTimeAsync(59_000)
  usage.used({ input: 7, output: 0 })
  expect(told).toEqual([])
  await vi.advanceTimersByTimeAsync(1_000)
  usage.used({ input: 1, output: 1 })
  expect(told.map(({ envelope }) => envelope.data)).toEqual([
    { role: 'knowledge', calls: 2, input_tokens: 107, output_tokens: 20 },
  ])
  await vi.advanceTimersByTimeAsync(600_000)
  expect(told).toHaveLength(2)
})

it('it is an entry of the house that counts for the role, and is no line of any room', async () => {
  const { told, usage } = telling()
  usage.used({ input: 100, output: 20 })
  await usage.close()
  const [first] = told
  if (first === undefined) throw new Error('nothing was told')
  expect(first.subject).toBe('events.breakroom.role.usage')
  expect(decodeEnvelope(encodeEnvelope(first.envelope))).toEqual(first.envelope)
  expect(asChatLine(first.envelope)).toBeNull()
  expect(usageOf(first.envelope, first.subject, new Date(first.envelope.time))).toMatchObject({
    role: 'knowledge',
    day: '2026-11-22',
    adds: { tokens_in: 100, tokens_out: 20 },
  })
})

it('what the bus did not take is told when it is back, under the same id', async () => {
  const { told, bus, usage } = telling()
  bus.away = true
  usage.used({ input: 100, output: 20 })
  await vi.advanceTimersByTimeAsync(61_000)
  usage.used({ input: 5, output: 5 })
  await vi.advanceTimersByTimeAsync(60_000)
  bus.away = false
  await usage.close()
  await usage.close()
  expect(told.map(({ envelope: { id, data } }) => [id, data.input_tokens])).toEqual([
    ['usage:1', 100],
    ['usage:2', 5],
  ])
})
