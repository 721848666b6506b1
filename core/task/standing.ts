import { isLinked, isPerson } from '../person.ts'
import type { Step, Task } from './task.ts'
import type { Doer, TaskWorld } from './world.ts'

/** Whether it is this doer's to write to: a seat under the epoch it was given, a person by their claim. */
export function isHolder({ claim, role }: Task, { actor, epoch }: Doer): boolean {
  if (claim === null) return false
  if (isPerson(actor)) return claim.by === actor
  return actor === role && claim.by === actor && claim.epoch === epoch
}

/** Who a role reports to; a role or `founder`. */
export function managerOf({ role }: Pick<Task, 'role'>, { roles }: TaskWorld): string | null {
  return roles.get(role)?.manager ?? null
}

export function founderTier({ tier }: Pick<Doer, 'tier'>): boolean {
  return tier === 'founder'
}

/** A person's id without what makes it one; a role's name as it is. */
export function personName(actor: string): string {
  return actor.replace(/^human-/, '')
}

/** Why somebody cannot judge a submission, or null when they can. Nobody's work is judged by its author or in its own seat. */
export function whyNotJudge(
  task: Task,
  step: Exclude<Step, { kind: 'check' }>,
  doer: Doer,
  world: TaskWorld,
): string | null {
  const { actor } = doer
  if (actor === task.result?.by || actor === task.role) return 'whoever did the work cannot also judge it'
  const person = isPerson(actor)
  if (step.kind === 'approval') return person ? null : 'a person has to say yes'
  if (founderTier(doer)) return null
  const manager = managerOf(task, world)
  const reviewer = step.by ?? manager
  if (actor === reviewer) return null
  if (person && step.by === null && actor === task.authority.requester) return null
  // Where people do a seat's work, they also do its reviews.
  if (person && reviewer !== null && world.roles.get(reviewer)?.people === true) return null
  if (step.by !== null) return `that is for ${step.by}`
  const asker = isLinked(task.authority.requester) ? `${task.authority.name} or ` : ''
  return `that is for ${asker}${manager ?? 'a founder'}`
}
