import { z } from 'zod'
import { BreakroomError } from '../errors.ts'
import { features } from './rank/evidence.ts'
import { signs } from './rank/signs.ts'

const probability = z.number().min(0).max(1)

/** All numbers that were fitted on data, and where they come from. */
const fittedSchema = z.strictObject({
  /** How much each feature of a sentence counts. */
  ranker: z.partialRecord(z.enum(features), z.number()),
  confidence: z.strictObject({
    intercept: z.number(),
    /** How much each sign of a finding counts. */
    weights: z.partialRecord(z.enum(signs), z.number()),
    /** Corners of the rising line from what the signs add up to (0-1) to how often that was right. */
    steps: z.array(z.tuple([probability, probability])).min(1),
  }),
  /** The least probability of each band, read off the risk-coverage curve; below `low` it is "I don't know". */
  bands: z.strictObject({ high: probability, medium: probability, low: probability }),
  /** How it was made, for whoever wants to make it again. */
  provenance: z.strictObject({
    script: z.string(),
    date: z.iso.date(),
    sets: z.array(z.strictObject({ name: z.string(), licence: z.string(), questions: z.number().int() })),
    mix: z.string(),
    options: z.record(z.string(), z.union([z.number(), z.string()])),
    figures: z.record(z.string(), z.number()),
  }),
})
export type Fitted = z.infer<typeof fittedSchema>

/** Reads fitted numbers. Throws `config_invalid` when they are of another version or no such numbers; `what` names them. */
export function parseFitted(value: unknown, what: string): Fitted {
  const read = fittedSchema.safeParse(value)
  if (read.success) return read.data
  const [issue] = read.error.issues
  throw new BreakroomError(
    'config_invalid',
    `${what} holds no fitted numbers of this version (${issue?.path.join('.')}: ${issue?.message}); make them again with bench/knowledge/fit.`,
  )
}
