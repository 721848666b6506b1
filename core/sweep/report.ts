import { z } from 'zod'
import { agentStates, rungKinds, stallStates } from './states.ts'

const agentReportSchema = z.looseObject({
  role: z.string(),
  state: z.enum(agentStates),
  /** The task that it is about, by its label. */
  task: z.string().nullable(),
  since: z.iso.datetime(),
  why: z.string(),
})

const actSchema = z.looseObject({
  role: z.string(),
  task: z.string().nullable(),
  epoch: z.int(),
  state: z.enum(stallStates),
  rung: z.int(),
  /** What was done. */
  kind: z.enum(rungKinds),
  /** What came of it, or why nothing did. */
  outcome: z.string(),
  ok: z.boolean(),
})
export type SweepAct = z.infer<typeof actSchema>

/** One of the fleet's organs: a connection, a queue, a clockwork, an index, a disk. */
const organSchema = z.looseObject({
  organ: z.string(),
  state: z.enum(['well', 'ailing', 'unknown']),
  why: z.string(),
})
export type OrganReport = z.infer<typeof organSchema>

/** What one sweep saw and did: the `data` of `events.<role>.sweep.report`, and what `breakroom sweep --json` prints. */
export const sweepReportSchema = z.looseObject({
  at: z.iso.datetime(),
  /** Why it was made. */
  asked: z.boolean(),
  took_ms: z.number(),
  /** Roles by what they are; each once. */
  states: z.partialRecord(z.enum(agentStates), z.array(z.string())),
  /** Those that are not simply healthy, and why. */
  agents: z.array(agentReportSchema),
  organs: z.array(organSchema),
  acts: z.array(actSchema),
  /** When set: so much is silent at once that it has one cause, and nobody was treated for it. */
  held: z.string().nullable(),
  /** When to look again, sooner than usual: something was seen for the first time of which nobody can know since when it is so. */
  again_at: z.iso.datetime().optional(),
})
export type SweepReport = z.infer<typeof sweepReportSchema>
