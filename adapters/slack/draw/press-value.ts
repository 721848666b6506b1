import { z } from 'zod'

/** Slack's limit for the value of a button. */
const valueLimit = 2_000

const pressValueSchema = z.strictObject({
  /** As it would be typed, without a prefix: `ack t-13`. */
  command: z.string().min(1).max(1_000),
  /** What has to be asked before it is a command. */
  asks: z.enum(['result', 'plan', 'reason', 'role']).nullable(),
  /** Until when it can be pressed, or null. */
  until: z.iso.datetime().nullable(),
})
export type PressValue = z.infer<typeof pressValueSchema>

/** What a button carries, or null when that is longer than Slack takes. */
export function pressValue({ command, asks, until }: PressValue): string | null {
  const value = JSON.stringify({ command, asks, until })
  return value.length <= valueLimit ? value : null
}

/** What a pressed button carries, or null when it is not as we write it: whatever else sends presses is not a button of ours. */
export function readPressValue(value: unknown): PressValue | null {
  if (typeof value !== 'string' || value.length > valueLimit) return null
  try {
    const read = pressValueSchema.safeParse(JSON.parse(value))
    return read.success ? read.data : null
  } catch {
    return null
  }
}
