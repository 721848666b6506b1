import { z } from 'zod'
import type { Random } from '../soak/random.ts'

const minuteMs = 60_000
/** The share of 99 % of a normal distribution lies below so many standard deviations. */
const ninetyNinth = 2.326_347_874

const minutes = z.number().min(0).max(1_000_000)

const parts = z.strictObject({
  fixed: minutes.optional(),
  min: minutes.optional(),
  max: minutes.optional(),
  p50: minutes.positive().optional(),
  p99: minutes.positive().optional(),
})
type Parts = z.infer<typeof parts>

/** How long something lasts, in minutes. A plain number is always the same. */
export const distributionSchema = z.union([
  minutes,
  parts.refine(isWhole, 'give "fixed", or "min" and "max", or "p50" and "p99" (and "max", above which nothing is)'),
])
export type Distribution = z.infer<typeof distributionSchema>

function isWhole({ fixed, min, max, p50, p99 }: Parts): boolean {
  const given = [fixed, min, p50].filter((part) => part !== undefined).length
  if (given !== 1) return false
  if (fixed !== undefined) return max === undefined && p99 === undefined
  if (min !== undefined) return max !== undefined && max >= min && p99 === undefined
  return p50 !== undefined && p99 !== undefined && p99 >= p50
}

/** Draws spans, in milliseconds. */
export type Draw = (random: Random) => number

/** `p50` and `p99` are those of a lognormal distribution: most are short and a few are very long. */
export function drawFrom(distribution: Distribution): Draw {
  if (typeof distribution === 'number') return () => distribution * minuteMs
  const { fixed, min, max, p50, p99 } = distribution
  if (fixed !== undefined) return () => fixed * minuteMs
  if (min !== undefined) return (random) => (min + random.next() * ((max ?? min) - min)) * minuteMs
  const middle = Math.log((p50 ?? 1) * minuteMs)
  const width = Math.log((p99 ?? 1) / (p50 ?? 1)) / ninetyNinth
  const most = (max ?? Number.POSITIVE_INFINITY) * minuteMs
  return (random) => Math.min(most, Math.exp(middle + width * normal(random)))
}

/** The longest that is to be expected, in milliseconds: the most, or what 99 of 100 stay below. */
export function longestOf(distribution: Distribution): number {
  if (typeof distribution === 'number') return distribution * minuteMs
  const { fixed, max, p99 } = distribution
  return (fixed ?? max ?? p99 ?? 0) * minuteMs
}

/** Until the next of what happens so many times in a day, each by itself; in milliseconds. */
export function untilNext(random: Random, perDay: number): number {
  return perDay === 0 ? Number.POSITIVE_INFINITY : (-Math.log(1 - random.next()) / perDay) * 1_440 * minuteMs
}

function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next())
}

/** A stream of its own for each purpose: what one of them draws changes nothing for the others. */
export function seedFor(seed: number, purpose: string): number {
  let mixed = seed >>> 0
  for (const character of purpose) mixed = Math.imul(mixed ^ (character.codePointAt(0) ?? 0), 0x01000193) >>> 0
  return Math.imul(mixed ^ (mixed >>> 15), 0x2c1b3c6d) >>> 0
}
