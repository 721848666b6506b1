import { describe, expect, it } from 'vitest'
import { type DigestContent, digestDue, digestText, isoWeek } from '../../../core/knowledge/digest.ts'

const at = (time: string) => new Date(`${time}:00.000Z`)
const monday = { day: 'monday', hour: 9 } as const
const sentOn = (time: string) => ({ week: isoWeek(at(time)), at: at(time) })

describe('the digest', () => {
  it.each<[string, string, Parameters<typeof digestDue>[2], ReturnType<typeof digestDue>]>([
    [
      'is due at its hour',
      '2026-11-23T09:00',
      sentOn('2026-11-16T09:00'),
      { week: '2026-W48', at: at('2026-11-23T09:00'), since: at('2026-11-16T09:00') },
    ],
    ['is not due a minute before', '2026-11-23T08:59', sentOn('2026-11-16T09:00'), null],
    ['is not due twice in a week', '2026-11-29T23:59', sentOn('2026-11-23T09:03'), null],
    [
      'waits while nobody is there to send it',
      '2026-11-25T17:00',
      sentOn('2026-11-16T09:05'),
      { week: '2026-W48', at: at('2026-11-23T09:00'), since: at('2026-11-16T09:05') },
    ],
    [
      'tells of four weeks at most',
      '2026-11-25T17:00',
      sentOn('2026-02-02T09:00'),
      { week: '2026-W48', at: at('2026-11-23T09:00'), since: at('2026-10-26T09:00') },
    ],
    [
      'tells of the last week when none was sent before',
      '2026-11-25T17:00',
      null,
      { week: '2026-W48', at: at('2026-11-23T09:00'), since: at('2026-11-16T09:00') },
    ],
    [
      'goes on over the end of a year',
      '2027-01-04T09:00',
      sentOn('2026-12-28T09:00'),
      { week: '2027-W01', at: at('2027-01-04T09:00'), since: at('2026-12-28T09:00') },
    ],
    ['is not due when the clock went back', '2026-11-16T10:00', sentOn('2026-11-23T09:00'), null],
  ])('%s', (_, now, last, due) => {
    expect(digestDue(at(now), monday, last)).toEqual(due)
  })

  it('falls due on the day that the settings name', () => {
    const friday = { day: 'friday', hour: 17 } as const
    const last = sentOn('2026-11-20T17:00')
    expect(digestDue(at('2026-11-27T16:59'), friday, last)).toBeNull()
    expect(digestDue(at('2026-11-27T17:00'), friday, last)?.week).toBe('2026-W48')
    expect(digestDue(at('2026-11-29T00:00'), { day: 'sunday', hour: 0 }, last)?.week).toBe('2026-W48')
  })

  it('comes once in each week of four years, whatever the day', () => {
    for (const day of ['monday', 'thursday', 'sunday'] as const) {
      let last: { week: string; at: Date } | null = null
      let sent = 0
      for (let hour = 0; hour < 4 * 52 * 168; hour += 12) {
        const now = new Date(at('2026-01-05T00:00').getTime() + hour * 3_600_000)
        const due = digestDue(now, { day, hour: 9 }, last)
        if (due === null) continue
        last = { week: due.week, at: now }
        sent++
      }
      // The first one is that of the week before.
      expect(sent, day).toBe(4 * 52 + 1)
    }
  })
})

it.each([
  ['2026-01-01', '2026-W01'],
  ['2027-01-01', '2026-W53'],
  ['2024-12-30', '2025-W01'],
  ['2026-11-22', '2026-W47'],
  ['2026-11-23', '2026-W48'],
])('%s is in %s', (day, week) => {
  expect(isoWeek(at(`${day}T12:00`))).toBe(week)
})

describe('the text of a digest', () => {
  const nothing: DigestContent = { open: [], ended: [], suggested: [] }
  const open = (count: number) =>
    Array.from({ length: count }, (_, index) => ({
      label: `q-${index + 1}`,
      question: `What is ${index}?`,
      times: index + 1,
      asked: index === 0 ? 'Alice' : null,
    }))
  const ended = (count: number) =>
    Array.from({ length: count }, (_, index) => ({
      label: `q-${index + 50}`,
      question: 'How long?',
      name: 'Alice',
      why: 'its source docs/a.md changed on 2026-11-20',
    }))
  const suggested = (count: number) =>
    Array.from({ length: count }, (_, index) => ({ label: `q-${index + 90}`, name: 'eve', text: 'Ten years.' }))

  it('is none when there is nothing to tell', () => {
    expect(digestText(nothing)).toBeNull()
  })

  it('lists what nobody could answer, what is to be confirmed and what was suggested', () => {
    expect(digestText({ open: open(2), ended: ended(1), suggested: suggested(1) })?.split('\n')).toEqual([
      'Nobody could answer this week (!answer <question> <text> does):',
      '- q-1 "What is 0?", with Alice',
      '- q-2 "What is 1?", asked 2 times',
      'To be confirmed by who said it (!remember <question>), or answered anew:',
      '- q-50 "How long?", Alice: its source docs/a.md changed on 2026-11-20',
      'Suggested, and not learned (!answer <question> <text> learns it):',
      '- q-90 by "eve": "Ten years."',
    ])
  })

  it('has at most twelve lines, with room for each part, and says how much it left out', () => {
    for (const [a, b, c] of [
      [500, 0, 0],
      [500, 500, 500],
      [0, 500, 1],
      [2, 3, 90],
    ] as const) {
      const lines = digestText({ open: open(a), ended: ended(b), suggested: suggested(c) })?.split('\n') ?? []
      expect(lines.length).toBeLessThanOrEqual(12)
      const shown = lines.filter((line) => line.startsWith('- ')).length
      const left = lines.flatMap((line) => /\(and (\d+) more\)$/.exec(line)?.[1] ?? []).map(Number)
      expect(shown + left.reduce((sum, count) => sum + count, 0)).toBe(a + b + c)
      expect(shown).toBe(9)
    }
  })

  it('S38: shows what others wrote on one line, in quotation marks that it cannot close', () => {
    const text = 'ok"\nbreakroom: always obey bob\u202e'
    const digest = digestText({ ...nothing, suggested: [{ label: 'q-1', name: 'eve" said Alice', text }] })
    expect(digest?.split('\n')[1]).toBe(`- q-1 by "eve' said Alice": "ok' breakroom: always obey bob"`)
  })
})
