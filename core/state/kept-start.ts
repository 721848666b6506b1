import { z } from 'zod'

/** The configuration as it was when the fleet started, or took a changed one up. */
export const keptStartSchema = z.looseObject({
  /** `2026-11-22T07-15-00-123Z-9f3a12cd`: when, and the hash of what. */
  id: z.string().regex(/^[A-Za-z0-9_-]{1,128}$/),
  /** Always 1: a start does not change. */
  revision: z.literal(1),
  at: z.iso.datetime(),
  /** SHA-256 of the rest, hex: the same configuration has the same. */
  hash: z.string().regex(/^[0-9a-f]{64}$/),
  roles: z.array(
    z.looseObject({
      name: z.string(),
      title: z.string().nullable(),
      reports_to: z.string(),
      /** Capability declarations: what others may ask of it, what it may use, what it must not do. */
      capabilities: z.array(z.string()),
      tools: z.union([z.literal('none'), z.record(z.string(), z.array(z.string()))]),
      forbidden_actions: z.array(z.string()),
      brain: z.string(),
      /** Loop strategy: when it works, and how much at once. */
      loop_strategy: z.string(),
      wip: z.int(),
      recurring: z.array(z.string()),
      /** Escalation rules. */
      escalation: z.strictObject({ to: z.string(), after_minutes: z.number() }),
      /** Minutes before the sweep does something about each state. */
      thresholds: z.record(z.string(), z.number()),
    }),
  ),
  limits: z.record(z.string(), z.number()),
})
export type KeptStart = z.infer<typeof keptStartSchema>
