import { z } from 'zod'
import { aliveAt } from './alive.ts'
import { turnOf } from './standing.ts'
import { isPersonStep, pendingStep } from './steps.ts'
import { stuckOn } from './stuck.ts'
import { isOver, type Task, taskStatuses } from './task.ts'
import { isVisible, type Onlooker } from './visible.ts'
import type { TaskWorld } from './world.ts'

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
  /** What it is stuck on, as its worker said, when whoever watches may read it; null once it was answered, or somebody was asked. */
  question: z.string().nullable(),
  watched: z.looseObject({ epoch: z.int(), rung: z.int(), answered: z.boolean(), at: z.iso.datetime() }).nullable(),
  /** Whether somebody above was told, and has to decide. */
  escalated: z.boolean(),
})
export type WatchedTask = z.infer<typeof watchedTaskSchema>

/** The answer to `watch`: as many as fit into a message, by label; `next` is what to ask for then, null when these are the last. */
export const watchedTasksSchema = z.looseObject({ tasks: z.array(watchedTaskSchema), next: z.int().nullable() })

/**
 * A task as this onlooker is shown it, or null when it cannot stand still by anybody's fault: it is over, waits for other tasks, or the
 * house itself checks it.
 */
export function watchedTaskOf(task: Task, onlooker: Onlooker, world: TaskWorld): WatchedTask | null {
  const { label, epoch, status, claim, watched } = task
  if (isOver(task) || status === 'waiting') return null
  const step = pendingStep(task)
  const judging = step !== null && isPersonStep(step)
  if (status === 'verifying' && !judging) return null
  return {
    label,
    epoch,
    status,
    turn: turnOf(task, world),
    judging,
    // What was handed in is in nobody's hands.
    held: claim === null || judging ? null : { at: claim.at, lease: claim.doorbell !== null },
    opened_at: task.turned_at || task.opened_at || task.created_at,
    alive_at: aliveAt(task),
    question: task.help === null && isVisible(task, onlooker, world) ? stuckOn(task) : null,
    watched:
      watched === null
        ? null
        : { epoch: watched.epoch, rung: watched.rung, answered: watched.answered, at: watched.at },
    escalated: task.escalation !== null,
  }
}
