import { z } from 'zod'
import { sessionCaptureSchema } from './sweep/session.ts'

/** What a seat says of itself every few seconds, and at each change. */
export const heartbeatSchema = z.looseObject({
  role: z.string().min(1).max(64),
  state: z.enum(['starting', 'ready', 'working', 'stopped', 'leaving']),
  /** Grows with each start of the bot; a lower one is a zombie's. */
  epoch: z.number().int().nonnegative(),
  /** Envelope id of the line it has taken. */
  on: z.string().max(300).optional(),
  /** Label of the task that it works on, and under which epoch. */
  task: z.string().max(20).optional(),
  task_epoch: z.int().min(1).optional(),
  /** What can be seen of its brain at work. */
  session: sessionCaptureSchema.optional(),
  /** ISO time of the heartbeat. */
  at: z.iso.datetime(),
})
export type Heartbeat = z.infer<typeof heartbeatSchema>

export const heartbeatEveryMs = 5_000
/** While it works on something: then even a short silence says something. */
export const workingHeartbeatEveryMs = 1_000
/** A seat that has been quiet for this long is not here: three heartbeats. */
export const presenceTtlMs = 15_000
