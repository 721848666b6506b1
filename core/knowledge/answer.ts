import { z } from 'zod'

/** How sure an answer is, in words people know. `none` is "I don't know": then there is no answer. */
const bands = ['high', 'medium', 'low', 'none'] as const
export type Band = (typeof bands)[number]

/** How likely it is that an answer is right, worked out from what was found, never asked of whoever wrote it. */
const confidenceSchema = z.strictObject({
  /** Calibrated on data: of answers with .8, eight in ten are right. */
  probability: z.number().min(0).max(1),
  band: z.enum(bands),
  /** Why, in a few words for people: "says so in so many words", "two of your words stand nowhere". */
  why: z.string().max(300),
})
export type Confidence = z.infer<typeof confidenceSchema>

/** Where an answer stands. */
const citedSchema = z.strictObject({
  /** Id of the document: `docs/handbook.md`. */
  document: z.string(),
  title: z.string(),
  heading: z.array(z.string()),
  /** ISO date, or null when nobody knows. */
  date: z.string().nullable(),
  author: z.string().nullable(),
  /** The sentences themselves. */
  quote: z.string(),
  /** Why it should be read with care, in a few words ("superseded", "from 2021", "a draft"), or null. */
  stale: z.string().nullable(),
  /** Who confirmed it, when a person answered this before; null for a document. */
  verified_by: z.string().nullable(),
})
export type Cited = z.infer<typeof citedSchema>

/** What the knowledge proxy answers. */
export const answerSchema = z.looseObject({
  /** `q-17`, by which people vote on it, correct it and ask a person. */
  id: z.string(),
  /** One to three sentences; empty when it does not know. */
  text: z.string(),
  confidence: confidenceSchema,
  /** At most three, the best one first. Where nobody worded the answer, it is what the first one says. */
  sources: z.array(citedSchema).max(3),
  /** Two sources that say different things, side by side; then neither is picked. */
  conflict: z.tuple([citedSchema, citedSchema]).nullable(),
  /** How the question was understood, when that is not how it was written (typos mended, what a thread was about). */
  understood: z.string().nullable(),
  /** Something that has to be known beside it: what was cut off, what could not be used. */
  note: z.string().nullable(),
  /** Who was, or can be, asked instead: a person's name; null when nobody. */
  asked: z.string().nullable(),
  /** Id of the person who is rung by it where that is possible; only there when they are asked with this answer. */
  calls: z
    .string()
    .regex(/^[a-z0-9-]{1,40}$/)
    .optional(),
})
export type Answer = z.infer<typeof answerSchema>
