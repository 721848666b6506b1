import { z } from 'zod'
import { stateCountsSchema, stateEntrySchema, stateSections } from './entry.ts'

/** Bytes of a page, as JSON, at most: well under what the bus carries in one message. */
export const pageBytes = 400_000

/** `history`, asked by the task service: commits after this place, in order. */
export const historyRequestSchema = z.strictObject({ after: z.int().min(0) })
export const historyReplySchema = z.looseObject({
  commits: z.array(stateEntrySchema.options[0].omit({ section: true })),
  /** Whether these are the last. */
  done: z.boolean(),
})

/** `page`, asked by the command line: entries of a section behind that one (a place, or an id). */
export const pageRequestSchema = z.strictObject({
  section: z.enum(stateSections),
  after: z.union([z.int().min(0), z.string()]).nullable(),
})
export const pageReplySchema = z.looseObject({
  entries: z.array(stateEntrySchema),
  /** What to ask after next; null after the last. */
  next: z.union([z.int(), z.string()]).nullable(),
})

/** `import_begin`: what is going to be brought. The same again goes on with it. */
export const importBeginSchema = z.strictObject({
  org: z.string().max(64),
  counts: stateCountsSchema,
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
})
/** `import`: some of it. */
export const importSchema = z.strictObject({ entries: z.array(stateEntrySchema).max(10_000) })

/** What can be begun and then looked after with `job`. */
const stateJobs = ['import', 'import_firestore', 'rebuild', 'compare'] as const
export type StateJob = (typeof stateJobs)[number]
export const beginSchema = z.strictObject({ job: z.enum(stateJobs) })

/** One store as it was when it was looked at. */
const storeDigestSchema = z.looseObject({
  title: z.string(),
  counts: stateCountsSchema,
  /** SHA-256 of all that is in it, hex; equal when the same is in it, in whatever order. */
  sha256: z.string(),
})
export type StoreDigest = z.infer<typeof storeDigestSchema>

export const jobStatusSchema = z.looseObject({
  job: z.enum(stateJobs).nullable(),
  running: z.boolean(),
  /** What it does just now, for people: `reading Firestore`. */
  doing: z.string(),
  done: z.number(),
  /** 0 while nobody knows. */
  total: z.number(),
  error: z.string().nullable(),
  took_ms: z.number().nullable(),
  /** Of a comparison: each store, and what is not the same, at most twenty: `task t-13: ... in SQLite, ... in Firestore`. */
  stores: z.array(storeDigestSchema).default([]),
  differences: z.array(z.string()).default([]),
  /** How many differences there are. */
  different: z.int().default(0),
})
export type JobStatus = z.infer<typeof jobStatusSchema>

/** What the part answers to `status`, beside its troubles. */
export const stateReportSchema = z.looseObject({
  file: z.string(),
  counts: stateCountsSchema,
  /** Entries of the ledger that are not kept yet; null while nobody knows. */
  ledger_lag: z.int().min(0).nullable(),
  /** The store behind; null where there is none. */
  behind: z
    .looseObject({
      title: z.string(),
      connected: z.boolean(),
      /** Tasks and records that it has not got yet. */
      waiting: z.int().min(0),
      /** Since when the oldest of them has waited. */
      since: z.string().nullable(),
      aside: z.array(z.string()),
      trouble: z.string().nullable(),
    })
    .nullable(),
})
export type StateReport = z.infer<typeof stateReportSchema>

/** `learned`, which the knowledge proxy is asked: answers that people taught, changed since then (null: all), behind this label. */
export const learnedRequestSchema = z.strictObject({
  since: z.iso.datetime().nullable(),
  after: z.string().max(20).nullable(),
})
