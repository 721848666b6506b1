import { CronExpressionParser } from 'cron-parser'
import type { TimeZone } from '../time-zone.ts'
import { isEveryHour } from './cron.ts'
import type { Schedule } from './schedule.ts'

const dayMs = 86_400_000
/** A Monday. What comes every so often is counted from here, so that it does not depend on when the house was started. */
const anchor = Date.UTC(2024, 0, 1)
const dayBegins = 9 * 3_600_000

/**
 * The first occurrence after `after`, never at it. What goes by the wall comes once for each wall time that it names: the first time
 * where clocks are set back over it, and where they are set forward over it as long after midnight as on other days (02:30 at what
 * is then 03:30). An expression for every hour comes in both of two hours with one name.
 */
export function nextOccurrence(schedule: Schedule, after: Date): Date {
  const from = after.getTime()
  switch (schedule.kind) {
    case 'elapsed': {
      const { everyMs } = schedule
      return new Date(anchor + (Math.floor((from - anchor) / everyMs) + 1) * everyMs)
    }
    case 'days':
      return new Date(nextOnWall(schedule.zone, (wall) => daysAfter(schedule.days, wall), false, from))
    case 'cron': {
      const { expression, zone } = schedule
      return new Date(nextOnWall(zone, (wall) => cronAfter(expression, wall), isEveryHour(expression), from))
    }
    default:
      return schedule satisfies never
  }
}

/** The occurrences after `after` and not after `upTo`, oldest first, at most `most`. */
export function occurrencesBetween(schedule: Schedule, after: Date, upTo: Date, most: number): Date[] {
  const found: Date[] = []
  for (let at = after; found.length < most; ) {
    at = nextOccurrence(schedule, at)
    if (at > upTo) break
    found.push(at)
  }
  return found
}

/** The newest occurrence after `after` and not after `upTo`, or null. Takes a few dozen steps, however many lie between. */
export function newestOccurrence(schedule: Schedule, after: Date, upTo: Date): Date | null {
  let newest = nextOccurrence(schedule, after)
  if (newest > upTo) return null
  // Nothing comes after `end` and up to `upTo`.
  for (let end = upTo; newest < end; ) {
    const middle = new Date(Math.floor((newest.getTime() + end.getTime()) / 2))
    const next = nextOccurrence(schedule, middle)
    if (next <= upTo) newest = next
    else end = middle
  }
  return newest
}

/** The earliest instant after `after` that shows one of the wall times; `both`: also where it shows it for the second time. */
function nextOnWall(
  zone: TimeZone,
  wallsAfter: (wall: number) => Iterable<number>,
  both: boolean,
  after: number,
): number {
  let next = Number.POSITIVE_INFINITY
  // Wall times do not come in the order of their instants where clocks change, so it is looked a little further than the first.
  let enough = Number.POSITIVE_INFINITY
  for (const wall of wallsAfter(after + Math.min(...offsetsAround(zone, after)))) {
    if (wall >= enough) break
    const instants = zone.instantsOf(wall)
    for (const instant of both ? instants : instants.slice(0, 1)) {
      if (instant <= after || instant >= next) continue
      next = instant
      enough = next + Math.max(...offsetsAround(zone, next))
    }
  }
  return next
}

function offsetsAround(zone: TimeZone, instant: number): number[] {
  return [instant - dayMs, instant, instant + dayMs].map((one) => zone.offsetAt(one))
}

function* daysAfter(days: number, wall: number): Iterable<number> {
  const [first, step] = [anchor + dayBegins, days * dayMs]
  for (let next = Math.floor((wall - first) / step) + 1; ; next++) yield first + next * step
}

/** What the expression names, on a wall whose clock is never set. */
function* cronAfter(expression: string, wall: number): Iterable<number> {
  const cron = CronExpressionParser.parse(expression.toUpperCase(), { tz: 'UTC', currentDate: new Date(wall) })
  for (;;) yield cron.next().getTime()
}
