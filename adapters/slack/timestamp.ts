import { z } from 'zod'

/** Slack's `ts`: seconds and six digits behind the point. It is a message's id in its channel and the time it was said. */
export const timestamp = z.string().regex(/^\d{9,12}\.\d{6}$/)

/** The moment of a timestamp, cut to the millisecond. */
export function dateOf(ts: string): Date {
  // As a number of seconds it would lose its last digits.
  return new Date(Number(ts.slice(0, -7)) * 1000 + Number(ts.slice(-6, -3)))
}

/** The first timestamp of a millisecond. */
export function timestampOf(date: Date): string {
  const ms = date.getTime()
  return `${Math.floor(ms / 1000)}.${String(ms % 1000).padStart(3, '0')}000`
}

/** The last timestamp of a millisecond. */
export function endOfMillisecond(date: Date): string {
  return timestampOf(date).replace(/000$/, '999')
}

/** Negative when `one` is the earlier. */
export function compareTimestamps(one: string, other: string): number {
  return one.length - other.length || (one < other ? -1 : one > other ? 1 : 0)
}

export function isAfter(one: string, other: string): boolean {
  return compareTimestamps(one, other) > 0
}
