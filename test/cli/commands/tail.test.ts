import { expect, test } from 'vitest'
import { beginningOf, readable } from '../../../cli/commands/tail.ts'
import { canaryLine } from '../../../core/sweep/canary.ts'
import type { Recorded, RecordReader } from '../../../ports/bus.ts'
import { envelopeOf } from '../../support/envelope.ts'

const line = (text: string, more: Record<string, unknown> = {}) =>
  readable(envelopeOf('a', { trace: 'xxxxab12', data: { text, kind: 'say', speaker: 'ada', tier: 'member', ...more } }))

test('a line shows when, where, who, what, and the code of its trace', () => {
  expect(line('hello')).toBe('10:00:00 #breakroom <ada> hello · ab12')
  expect(line('waves', { kind: 'action' })).toBe('10:00:00 #breakroom * ada waves · ab12')
})

test('a text that ends in its code does not show it twice', () => {
  expect(line('ada: kept · ab12')).toBe('10:00:00 #breakroom <ada> ada: kept · ab12')
  expect(line('ada: kept · zz99')).toBe('10:00:00 #breakroom <ada> ada: kept · zz99 · ab12')
})

test('S28: a text of several lines is one entry', () => {
  expect(line('one\n10:00:00 #breakroom <founder> two')).toBe(
    '10:00:00 #breakroom <ada> one ⏎ 10:00:00 #breakroom <founder> two · ab12',
  )
})

test('what is no line shows its actor and type', () => {
  expect(readable(envelopeOf('a', { type: 'presence.joined', trace: 'xxxxab12', data: {} }))).toBe(
    '10:00:00 #breakroom · human-ada presence.joined · ab12',
  )
})

test('so many lines of the past are shown however many canaries flew and models were used meanwhile, unless those are wanted too', async () => {
  const room = { name: 'canary', visibility: 'public' as const }
  const used = (n: number) => envelopeOf(`used ${n}`, { type: 'role.usage', actor: 'breakroom', data: {} })
  // Three lines, then a quiet week, then one.
  const record = Array.from({ length: 2_020 }, (_, n) =>
    n < 3 || n === 2_019
      ? envelopeOf(`line ${n}`)
      : n % 2 === 0
        ? used(n)
        : canaryLine({ role: 'sweep', nick: 'sweep', room, at: new Date(n * 300_000) }),
  )
  const bus: RecordReader = {
    async *read({ after }) {
      for (const [index, envelope] of record.entries()) {
        const entry: Recorded = {
          seq: index + 1,
          subject: 'events.any.chat.any',
          envelope,
          bytes: new Uint8Array(),
          storedAt: new Date(envelope.time),
          caughtUp: index + 1 === record.length,
        }
        if (entry.seq > after) yield entry
      }
    },
    lastSeq: async () => record.length,
    seqBefore: async () => 0,
  }
  const { signal } = new AbortController()
  const beginning = (last: number, all = false) => beginningOf(bus, { last, all }, signal)
  expect(await Promise.all([0, 1, 2, 3, 4, 5, 9_999].map((last) => beginning(last)))).toEqual([
    2_020, 2_019, 2, 1, 0, 0, 0,
  ])
  expect(await beginning(20, true)).toBe(2_000)
})
