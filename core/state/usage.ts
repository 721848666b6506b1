import { z } from 'zod'
import type { Envelope } from '../envelope.ts'
import { isPerson } from '../person.ts'
import { desk } from '../route.ts'
import { dayOf, type Measured } from './measure.ts'

/** Of one entry; what is over is a mistake, or a joke. */
const mostCalls = 1_000_000
const mostTokens = 1_000_000_000
const mostUsd = 100_000

/** What a role used for calls of models, as far as it is known. */
const usageSchema = z.looseObject({
  /** One, where nothing is said. */
  calls: z.int().min(1).max(mostCalls).default(1),
  input_tokens: z.int().min(0).max(mostTokens),
  output_tokens: z.int().min(0).max(mostTokens),
  /** What it cost. */
  usd: z.number().min(0).max(mostUsd).optional(),
  role: z.string().min(1).max(64).optional(),
})

/** So long an entry may have been on its way, ms, and so far ahead a clock may be. */
const longestWayMs = 86_400_000
const aheadMs = 300_000

/**
 * What an entry of the record that came on this subject (`events.<actor>.role.usage`) adds to the day on which it was used, or null. A
 * role speaks for itself; the desk may name another role, for which it counts then. An entry that is off in any part counts as nothing.
 * One that claims a time far from when it was stored counts for the day of that: nobody makes days that never were.
 */
export function usageOf({ type, actor, time, data }: Envelope, subject: string, storedAt: Date): Measured | null {
  if (type !== 'role.usage' || !subject.endsWith('.role.usage') || isPerson(actor) || actor.length > 64) return null
  const usage = usageSchema.safeParse(data)
  if (!usage.success) return null
  const { calls, input_tokens, output_tokens, usd = 0, role = actor } = usage.data
  // Nobody has another one pay.
  if (isPerson(role) || (role !== actor && actor !== desk)) return null
  const adds = { model_calls: calls, tokens_in: input_tokens, tokens_out: output_tokens, usd }
  const way = storedAt.getTime() - Date.parse(time)
  const isLikely = way <= longestWayMs && way >= -aheadMs
  return { role, day: dayOf(isLikely ? time : storedAt.toISOString()), adds }
}
