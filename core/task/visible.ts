import { judgeOf } from './standing.ts'
import { seatsOf } from './steps.ts'
import type { Task } from './task.ts'
import { refusal, type TaskWorld } from './world.ts'

/** Somebody who asks about tasks, and who hears the answer. */
export interface Onlooker {
  actor: string
  /** The room where the answer is said, or null outside of rooms. */
  room: string | null
  /** Whether nobody else hears it. */
  alone: boolean
}

/**
 * Whether a task may be told of. What was asked for in public is public. What was asked for in private is told in that room, and
 * elsewhere only alone to those it is between: who asked, and the roles that plan it, work on it or judge it.
 */
export function isVisible(task: Task, { actor, room, alone }: Onlooker, world: TaskWorld): boolean {
  const { place, authority, verification } = task
  if (place.room.visibility === 'public' || place.room.name === room) return true
  if (!alone) return false
  const judges = verification.flatMap((step) => (step.kind === 'review' ? [judgeOf(task, step, world)] : []))
  return [authority.requester, ...authority.chain, ...seatsOf(task), ...judges].includes(actor)
}

/** What somebody hears of a task that they may not be told of, and of one that there is not. */
export function unknownTask(label: string): Error {
  return refusal('unknown-task', `There is no task ${label} that you can see.`, { path: 'task' })
}
