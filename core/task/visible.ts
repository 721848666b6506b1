import { managerOf } from './standing.ts'
import type { Task } from './task.ts'
import type { TaskWorld } from './world.ts'

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
 * elsewhere only alone to those it is between: who asked, and the roles that work on it or review it.
 */
export function isVisible(task: Task, { actor, room, alone }: Onlooker, world: TaskWorld): boolean {
  const { place, authority, role, verification } = task
  if (place.room.visibility === 'public' || place.room.name === room) return true
  if (!alone) return false
  const reviewers = verification.map((step) => (step.kind === 'review' ? (step.by ?? managerOf(task, world)) : null))
  return [authority.requester, role, ...authority.chain, ...reviewers].includes(actor)
}
