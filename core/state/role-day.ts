import { z } from 'zod'

const count = z.int().min(0)

/**
 * What one role did on one day (UTC), as absolute figures: keeping them again changes nothing. A higher revision is a later one.
 * The completion rate is `completed` of `completed`, `failed` and `cancelled`.
 */
export const roleDaySchema = z.looseObject({
  /** `2026-11-22.cto` */
  id: z.string().regex(/^\d{4}-\d\d-\d\d\.[A-Za-z0-9_-]{1,64}$/),
  revision: z.int().min(1).max(1e12),
  role: z.string().max(64),
  day: z.iso.date(),
  /** Tasks that came to the role, new or from another one. */
  assigned: count,
  completed: count,
  failed: count,
  cancelled: count,
  /** Hand-ins that were not accepted. */
  returned: count,
  claims: count,
  hand_ins: count,
  /** From claim to hand-in: sum and longest, ms. */
  execution_ms: count,
  longest_ms: count,
  checks_passed: count,
  checks_failed: count,
  /** What checks took, ms. */
  check_ms: count,
  model_calls: count,
  tokens_in: count,
  tokens_out: count,
  usd: z.number().min(0),
})
export type RoleDay = z.infer<typeof roleDaySchema>
