import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isEveryHour, whyNotCron } from '../../../core/recurring/cron.ts'
import { newestOccurrence, nextOccurrence, occurrencesBetween } from '../../../core/recurring/occurrences.ts'
import { scheduleOf, type When } from '../../../core/recurring/schedule.ts'

const [minute, hour, day] = [60_000, 3_600_000, 86_400_000]

/** Half hours, two hours, midnight, a day that never was, southern summers, clocks that were set for good. */
const zones = [
  'UTC',
  'Europe/Berlin',
  'Europe/Dublin',
  'America/New_York',
  'America/St_Johns',
  'America/Havana',
  'America/Sao_Paulo',
  'America/Asuncion',
  'Asia/Kathmandu',
  'Asia/Tehran',
  'Asia/Beirut',
  'Asia/Gaza',
  'Asia/Pyongyang',
  'Africa/Casablanca',
  'Africa/Cairo',
  'Australia/Lord_Howe',
  'Antarctica/Troll',
  'Pacific/Chatham',
  'Pacific/Apia',
]

const formats = new Map(
  zones.map((zone) => [
    zone,
    new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'short' }),
  ]),
)

/** What the wall shows, to the minute, as if it were UTC. */
function wallOf(zone: string, instant: number): number {
  return Date.parse(`${formats.get(zone)?.format(instant).replace(' ', 'T')}Z`)
}

/** About when clocks in the zone were or will be set. */
function changesOf(zone: string): number[] {
  const changes: number[] = []
  let before: number | null = null
  for (let at = Date.UTC(2004, 0, 1); at < Date.UTC(2036, 0, 1); at += 5 * day) {
    const offset = wallOf(zone, at) - at
    if (before !== null && before !== offset) {
      let from = at - 5 * day
      while (wallOf(zone, from + hour) - (from + hour) === before) from += hour
      changes.push(from)
    }
    before = offset
  }
  return changes
}

function matches(expression: string, wall: number): boolean {
  const [minutes = '', hours = '', days = '', months = '', weekdays = ''] = expression.split(' ')
  const shown = new Date(wall)
  const has = (field: string, value: number) =>
    field.split(',').some((item) => {
      const [span = '', step = '1'] = item.split('/')
      const [from = 0, to = from] = span === '*' ? [0, 99] : span.split('-').map(Number)
      return value >= from && value <= to && (value - from) % Number(step) === 0
    })
  const isLast = new Date(wall + day).getUTCDate() === 1
  const dayFits = days === 'L' ? isLast : has(days, shown.getUTCDate())
  const weekdayFits = has(weekdays, shown.getUTCDay())
  const either = days !== '*' && weekdays !== '*' ? dayFits || weekdayFits : dayFits && weekdayFits
  return (
    has(minutes, shown.getUTCMinutes()) &&
    has(hours, shown.getUTCHours()) &&
    has(months, shown.getUTCMonth() + 1) &&
    either
  )
}

/** By looking at the wall every minute: each time once, at its first showing, and what was left out as long after as it was late. */
function byLooking(expression: string, zone: string, from: number, to: number): number[] {
  const found = new Set<number>()
  const seen = new Set<number>()
  let before = wallOf(zone, from - 2 * day)
  for (let at = from - 2 * day + minute; at <= to; at += minute) {
    const wall = wallOf(zone, at)
    for (let left = before + minute; left < wall; left += minute) {
      if (matches(expression, left)) found.add(at + left - before - minute)
    }
    if ((!seen.has(wall) || isEveryHour(expression)) && matches(expression, wall)) found.add(at)
    seen.add(wall)
    before = wall
  }
  return [...found].filter((at) => at > from && at <= to).sort((a, b) => a - b)
}

const expressions = fc
  .tuple(
    fc.constantFrom('*', '*/15', '*/7', '0', '30', '59', '0,30', '10-20/5'),
    fc.constantFrom('*', '0', '1', '2', '3', '0-4', '1-3', '2,3', '*/3', '22,23', '9'),
    fc.constantFrom('*', '*', '*', '31', 'L', '29-31', '1'),
    fc.constantFrom('*', '*', '*', '3,10', '2', '1-12/3'),
    fc.constantFrom('*', '*', '*', '0', '1-5', '0,6'),
  )
  .map((fields) => fields.join(' '))
  .filter((expression) => whyNotCron(expression) === null)

const cron = (at: string, zone: string) => scheduleOf({ at }, zone)
const times = (when: When, zone: string, after: string, most: number) =>
  occurrencesBetween(scheduleOf(when, zone), new Date(after), new Date('2300-01-01'), most).map((at) =>
    new Date(wallOf(zone, at.getTime())).toISOString().slice(0, 16).replace('T', ' '),
  )

describe('F51: what comes back by the clock', () => {
  const around = new Map(zones.map((zone) => [zone, [Date.UTC(2024, 1, 28), ...changesOf(zone)]]))

  it('comes when somebody who looks at the wall every minute would say, in every zone, whatever is done to the clock', () => {
    const places = fc.constantFrom(...zones).chain((zone) =>
      fc.record({
        zone: fc.constant(zone),
        near: fc.constantFrom(...(around.get(zone) ?? [])),
        early: fc.integer({ min: 0, max: 2 * day }),
      }),
    )
    fc.assert(
      fc.property(expressions, places, (expression, { zone, near, early }) => {
        const from = near - early
        const schedule = cron(expression, zone)
        const expected = byLooking(expression, zone, Math.floor(from / minute) * minute - minute, from + 3 * day)
        const wanted = expected.filter((at) => at > from)
        const found = occurrencesBetween(schedule, new Date(from), new Date(from + 3 * day), 10_000)
        expect(found.map((at) => at.getTime())).toEqual(wanted)
        const newest = newestOccurrence(schedule, new Date(from), new Date(from + 3 * day))
        expect(newest?.getTime()).toBe(wanted.at(-1))
      }),
      { numRuns: 60 },
    )
  }, 30_000)

  it('is asked for from any moment with the same answer: nothing twice, nothing left out', () => {
    fc.assert(
      fc.property(expressions, fc.constantFrom(...zones), fc.nat(30 * 365 * day), (expression, zone, since) => {
        const schedule = cron(expression, zone)
        const start = Date.UTC(2004, 0, 1) + since
        let last = start
        for (let count = 0; count < 12; count++) {
          const next = nextOccurrence(schedule, new Date(last)).getTime()
          expect(next).toBeGreaterThan(last)
          const between = last + Math.floor((next - last) / 3)
          expect(nextOccurrence(schedule, new Date(between)).getTime()).toBe(next)
          expect(nextOccurrence(schedule, new Date(next - 1)).getTime()).toBe(next)
          last = next
        }
        expect(newestOccurrence(schedule, new Date(start), new Date(last))?.getTime()).toBe(last)
      }),
      { numRuns: 100 },
    )
  }, 30_000)

  it('comes once on the day when clocks are set forward over it, an hour later on the wall', () => {
    expect(times({ at: '30 2 * * *' }, 'Europe/Berlin', '2026-03-28T00:00:00Z', 3)).toEqual([
      '2026-03-28 02:30',
      '2026-03-29 03:30',
      '2026-03-30 02:30',
    ])
  })

  it('comes once on the day when clocks are set back over it', () => {
    expect(times({ at: '30 2 * * *' }, 'Europe/Berlin', '2026-10-24T00:00:00Z', 3)).toEqual([
      '2026-10-24 02:30',
      '2026-10-25 02:30',
      '2026-10-26 02:30',
    ])
  })

  it('comes in both of two hours with one name when it comes every hour', () => {
    expect(times({ at: '0 * * * *' }, 'Europe/Berlin', '2026-10-24T23:30:00Z', 3)).toEqual([
      '2026-10-25 02:00',
      '2026-10-25 02:00',
      '2026-10-25 03:00',
    ])
  })

  it('comes on the 31st only in months that have one, and on the last day in all', () => {
    expect(times({ at: '0 9 31 * *' }, 'America/New_York', '2026-01-01T00:00:00Z', 4)).toEqual([
      '2026-01-31 09:00',
      '2026-03-31 09:00',
      '2026-05-31 09:00',
      '2026-07-31 09:00',
    ])
    expect(times({ at: '0 9 L * *' }, 'America/New_York', '2024-02-01T00:00:00Z', 3)).toEqual([
      '2024-02-29 09:00',
      '2024-03-31 09:00',
      '2024-04-30 09:00',
    ])
  })

  it('comes on 29 February, also where a century leaves one out', () => {
    expect(times({ at: '0 9 29 2 *' }, 'Australia/Lord_Howe', '2092-03-01T00:00:00Z', 3)).toEqual([
      '2096-02-29 09:00',
      '2104-02-29 09:00',
      '2108-02-29 09:00',
    ])
  })

  it('comes a day later where a whole day was left out', () => {
    expect(times({ at: '0 9 30 12 *' }, 'Pacific/Apia', '2010-12-31T00:00:00Z', 2)).toEqual([
      '2011-12-31 09:00',
      '2012-12-30 09:00',
    ])
  })

  it('comes at nine of every day, or every third', () => {
    // No clock is set at nine; only Apia's calendar once left a day out.
    const whole = zones.filter((zone) => zone !== 'Pacific/Apia')
    fc.assert(
      fc.property(fc.constantFrom(...whole), fc.nat(30 * 365), fc.constantFrom(1, 3), (zone, since, days) => {
        const schedule = scheduleOf({ every: `${days}d` }, zone)
        const from = new Date(Date.UTC(2004, 0, 1) + since * day)
        const walls = occurrencesBetween(schedule, from, new Date(from.getTime() + 90 * day), 200).map((at) =>
          wallOf(zone, at.getTime()),
        )
        expect(walls.length).toBeGreaterThanOrEqual(Math.floor(89 / days))
        for (const [index, wall] of walls.entries()) {
          expect(wall).toBe((walls[0] ?? 0) + index * days * day)
          expect(Math.abs(wall - Date.UTC(2024, 0, 1, 9)) % (days * day)).toBe(0)
        }
      }),
      { numRuns: 60 },
    )
    expect(times({ every: '1d' }, 'Pacific/Apia', '2011-12-28T12:00:00Z', 3)).toEqual([
      '2011-12-28 09:00',
      '2011-12-29 09:00',
      '2011-12-31 09:00',
    ])
    expect(times({ every: '1w' }, 'Europe/Berlin', '2026-03-20T00:00:00Z', 3)).toEqual([
      '2026-03-23 09:00',
      '2026-03-30 09:00',
      '2026-04-06 09:00',
    ])
  })

  it('comes after so many minutes whatever is done to the clock, wherever the house was started', () => {
    const schedule = scheduleOf({ every: '90m' }, 'Europe/Berlin')
    const found = occurrencesBetween(schedule, new Date('2026-03-28T22:10:00Z'), new Date('2026-03-29T04:00:00Z'), 10)
    expect(found.map((at) => at.toISOString().slice(11, 16))).toEqual(['22:30', '00:00', '01:30', '03:00'])
    expect(nextOccurrence(schedule, new Date('1999-12-31T23:59:59Z')).toISOString()).toBe('2000-01-01T00:00:00.000Z')
  })

  it('has a time zone of its own when it says so', () => {
    const schedule = scheduleOf({ at: '0 9 * * *', time_zone: 'Asia/Kathmandu' }, 'Europe/Berlin')
    expect(nextOccurrence(schedule, new Date('2026-06-01T00:00:00Z')).toISOString()).toBe('2026-06-01T03:15:00.000Z')
  })

  it('is listed up to a bound, however often it comes', () => {
    const found = occurrencesBetween(cron('* * * * *', 'UTC'), new Date(0), new Date('2300-01-01'), 7)
    expect(found).toHaveLength(7)
    expect(occurrencesBetween(cron('* * * * *', 'UTC'), new Date(0), new Date(0), 7)).toEqual([])
  })

  it('finds the newest of ten years at once', () => {
    const begun = performance.now()
    const schedule = cron('*/5 * * * *', 'Europe/Berlin')
    expect(newestOccurrence(schedule, new Date('2016-01-01'), new Date('2026-01-01T00:03:00Z'))?.toISOString()).toBe(
      '2026-01-01T00:00:00.000Z',
    )
    expect(newestOccurrence(schedule, new Date('2026-01-01T00:00:00Z'), new Date('2026-01-01T00:03:00Z'))).toBeNull()
    // One by one it is a minute.
    expect(performance.now() - begun).toBeLessThan(2_000)
  })
})
