import { z } from 'zod'
import { isTimeZone, type TimeZone, timeZone } from '../time-zone.ts'
import { whyNotCron } from './cron.ts'

const minuteMs = 60_000
const everyPattern = /^([1-9][0-9]{0,3})([mhdw])$/

/** The keys of a role's `recurring` entry that say when. */
export const whenKeys = {
  every: z
    .string()
    .regex(everyPattern, 'must be a number and m, h, d or w, such as "30m" or "1w"')
    .optional()
    .describe(
      'How often: a number and m, h, d or w. Days begin at 09:00 of the time zone, weeks on Mondays; minutes and hours are counted whatever the clock on the wall does.',
    ),
  at: z
    .string()
    .max(200, 'has at most 200 characters')
    .optional()
    .describe(
      'Instead of "every": when, as a cron expression of five fields, such as "0 9 1 * *" for the first of each month at 09:00; L is the last day of the month.',
    ),
  time_zone: z
    .string()
    .refine(isTimeZone, 'must be a time zone such as "Europe/Berlin" or "UTC"')
    .optional()
    .describe('The time zone of "at" and of days and weeks; left out, that of breakroom.yaml.'),
}

/** When something comes back, as it is written. */
export interface When {
  every?: string | undefined
  at?: string | undefined
  time_zone?: string | undefined
}

/** Says what is wrong with keys that are each fine alone. */
export function checkWhen({ every, at, time_zone }: When, say: (path: string[], message: string) => void): void {
  if (at !== undefined) {
    if (every !== undefined) say(['at'], 'stands beside "every"; one of them is enough')
    const why = whyNotCron(at)
    if (why !== null) say(['at'], why)
  } else if (every === undefined) {
    say([], 'needs "every", such as "1d", or "at", such as "0 9 1 * *"')
  } else if (time_zone !== undefined && /[mh]$/.test(every)) {
    say(['time_zone'], 'means nothing to minutes and hours; they are the same everywhere')
  }
}

/** When something comes back: after so much time, or by the clock and calendar on a wall. */
export type Schedule =
  | { kind: 'elapsed'; everyMs: number }
  | { kind: 'days'; days: number; zone: TimeZone }
  | { kind: 'cron'; expression: string; zone: TimeZone }

/** The schedule that an entry means in a fleet of this time zone. Expects what the schema takes. */
export function scheduleOf({ every = '', at, time_zone }: When, fleetZone: string): Schedule {
  const zone = () => timeZone(time_zone ?? fleetZone)
  if (at !== undefined) return { kind: 'cron', expression: at, zone: zone() }
  const [, number, unit] = everyPattern.exec(every) ?? []
  const count = Number(number)
  if (unit === 'd' || unit === 'w') return { kind: 'days', days: unit === 'w' ? count * 7 : count, zone: zone() }
  return { kind: 'elapsed', everyMs: count * (unit === 'h' ? 60 : 1) * minuteMs }
}

/** The schedule in a few characters: two that differ here are two schedules. */
export function scheduleText(schedule: Schedule): string {
  switch (schedule.kind) {
    case 'elapsed':
      return `${schedule.everyMs / minuteMs}m`
    case 'days':
      return `${schedule.days}d ${schedule.zone.name}`
    case 'cron':
      return `${schedule.expression} ${schedule.zone.name}`
    default:
      return schedule satisfies never
  }
}
