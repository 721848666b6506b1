import { z } from 'zod'

/** Slack's limit for what a form carries unseen. */
const metaLimit = 3_000

/** Where a form was asked for: what is sent with it is said from there. */
const formMetaSchema = z.strictObject({
  /** The fleet's room, or null outside of rooms. */
  room: z.string().min(1).max(300).nullable(),
  /** The channel's id, where an answer is shown; null on the home page. */
  channel: z.string().min(1).max(100).nullable(),
})
export type FormMeta = z.infer<typeof formMetaSchema>

/** Reads what a form carries, by its schema; null when it is not as we write it. */
export function readMeta<T>(schema: z.ZodType<T>, metadata: unknown): T | null {
  if (typeof metadata !== 'string' || metadata.length > metaLimit) return null
  try {
    const read = schema.safeParse(JSON.parse(metadata))
    return read.success ? read.data : null
  } catch {
    return null
  }
}

export { formMetaSchema }
