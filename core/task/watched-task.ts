import { z } from 'zod'
import { taskStatuses } from './task.ts'

/** A task that is not over and waits for nothing, as whoever watches over tasks is shown it: of a private one nothing of what it says. */
export const watchedTaskSchema = z.looseObject({
  label: z.string(),
  epoch: z.int().min(0),
  status: z.enum(taskStatuses),
  /** Whose turn it is: a role, or `founder`. */
  turn: z.string(),
  /** Whether the turn is to judge it: to review, to try, to say yes. While the house itself checks it, it is nobody's. */
  judging: z.boolean(),
  /** `lease`: by its seat, at a doorbell; else by a person, or an agent from outside. */
  held: z.looseObject({ at: z.iso.datetime(), lease: z.boolean() }).nullable(),
  /** Since when it waits for whose turn it is. */
  opened_at: z.iso.datetime(),
  /** The last sign of life of whoever has it. */
  alive_at: z.iso.datetime(),
  /** What it is stuck on, as its worker said, when it is, and when whoever watches may read it. */
  question: z.string().nullable(),
  watched: z.looseObject({ epoch: z.int(), rung: z.int(), answered: z.boolean(), at: z.iso.datetime() }).nullable(),
  /** Whether somebody above was told, and has to decide. */
  escalated: z.boolean(),
})
export type WatchedTask = z.infer<typeof watchedTaskSchema>

/** The answer to `watch`: as many as fit into a message, by label; `next` is what to ask for then, null when these are the last. */
export const watchedTasksSchema = z.looseObject({ tasks: z.array(watchedTaskSchema), next: z.int().nullable() })
