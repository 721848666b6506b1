import { z } from 'zod'

const moment = z.iso.datetime().nullable()

/**
 * What can be seen from outside of a brain at work: when it last did what shows, never what it did. Each may be unknown. It travels with the
 * heartbeat of its seat.
 */
export const sessionCaptureSchema = z.looseObject({
  started_at: z.iso.datetime(),
  /** When it last printed or said something. */
  output_at: moment,
  /** The newest change of a file in its workspace, as far as that was looked at. */
  files_at: moment,
  /** When it, with all it started, was last seen to use the processor. */
  cpu_at: moment,
  /** How often in a row the last of its output, or of its calls, was the same; 1 when it is not. */
  repeats: z.int().min(1).max(1_000_000).default(1),
  /** Since when; null when nothing repeats itself. */
  repeats_since: moment.default(null),
  /** What it waits to be told: something that may be written down, or leave to do something, which nobody gives but a person. */
  asks: z
    .looseObject({ kind: z.enum(['question', 'permission']), text: z.string().max(1_000), at: z.iso.datetime() })
    .nullable()
    .default(null),
})
export type SessionCapture = z.infer<typeof sessionCaptureSchema>

/** The same with all its moments so many ms later; none before 1970. */
export function shiftedBy(session: SessionCapture, ms: number): SessionCapture {
  const later = (time: string) => new Date(Math.max(0, Date.parse(time) + ms)).toISOString()
  const laterIf = (time: string | null) => (time === null ? null : later(time))
  const { started_at, output_at, files_at, cpu_at, repeats_since, asks } = session
  return {
    ...session,
    started_at: later(started_at),
    output_at: laterIf(output_at),
    files_at: laterIf(files_at),
    cpu_at: laterIf(cpu_at),
    repeats_since: laterIf(repeats_since),
    asks: asks === null ? null : { ...asks, at: later(asks.at) },
  }
}
