import { z } from 'zod'

/** Slack's limit for what a form carries unseen. */
const metaLimit = 3_000

/** Where a form was asked for: what is sent with it is said from there. */
export const formMetaSchema = z.strictObject({
  /** The fleet's room, or null outside of rooms. */
  room: z.string().min(1).max(300).nullable(),
  /** The channel's id, where an answer is shown; null on the home page. */
  channel: z.string().min(1).max(100).nullable(),
})
export type FormMeta = z.infer<typeof formMetaSchema>

/** A form that was sent: what it carried unseen, and its fields by block. */
interface SentForm<T> {
  meta: T
  /** A text or one choice. */
  value(block: string): string | null
  /** Choices of which there can be several. */
  values(block: string): string[]
}

const option = z.looseObject({ value: z.string().max(150) })
const elementSchema = z.looseObject({
  value: z.string().max(10_000).nullish(),
  selected_option: option.nullish(),
  selected_options: z.array(option).max(100).nullish(),
})
const viewSchema = z.looseObject({
  callback_id: z.string(),
  private_metadata: z.string().max(metaLimit),
  state: z.looseObject({ values: z.record(z.string(), z.record(z.string(), z.unknown())) }),
})

/** Reads a view that Slack sent, with one field a block; null when it is not the form of this name as we draw it. */
export function readSentForm<T>(view: unknown, callback: string, metaSchema: z.ZodType<T>): SentForm<T> | null {
  const read = viewSchema.safeParse(view)
  if (!read.success || read.data.callback_id !== callback) return null
  const meta = metaSchema.safeParse(parsed(read.data.private_metadata))
  if (!meta.success) return null
  const blocks = new Map(Object.entries(read.data.state.values))
  return {
    meta: meta.data,
    value(block) {
      const element = elementOf(block)
      return element?.value ?? element?.selected_option?.value ?? null
    },
    values: (block) => elementOf(block)?.selected_options?.map(({ value }) => value) ?? [],
  }

  function elementOf(block: string): z.infer<typeof elementSchema> | null {
    const [element] = Object.values(blocks.get(block) ?? {})
    const read = elementSchema.safeParse(element)
    return read.success ? read.data : null
  }
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch {
    return null
  }
}
