import { isLinked, isPerson } from '../person.ts'
import { founder } from '../role.ts'
import { isPersonStep, isQa, type PersonStep, pendingStep } from './steps.ts'
import type { Task } from './task.ts'
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
export function whyNotJudge(task: Task, step: PersonStep, doer: Doer, world: TaskWorld): string | null {
  const { actor } = doer
  if (actor === task.result?.by || actor === task.role) return 'whoever did the work cannot also judge it'
  const person = isPerson(actor)
  if (!isQa(step) && hasTried(task, actor)) return 'whoever tried it cannot also review it'
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

/** Whether somebody tried this submission, as its adversary: what they said is looked at by another. */
function hasTried({ evidence, result, verification }: Task, actor: string): boolean {
  return evidence.some(({ step, epoch, by }) => {
    const tried = verification[step]
    return by === actor && epoch === result?.epoch && tried !== undefined && isQa(tried)
  })
}

/** Whether somebody may speak for the seat whose turn it is: its program, whoever holds the task, a founder, people at a seat of people. */
export function mayWorkAt(task: Task, doer: Doer, { roles }: TaskWorld): boolean {
  const { actor } = doer
  if (!isPerson(actor)) return actor === task.role && (task.claim === null || isHolder(task, doer))
  return isHolder(task, doer) || founderTier(doer) || roles.get(task.role)?.people === true
}

/**
 * Whose turn it is: a role, or `founder`. Of a review without a name that is whom the worker reports to; of a person's yes, the
 * founder.
 */
export function turnOf(task: Task, world: TaskWorld): string {
  const step = pendingStep(task)
  if (step === null || !isPersonStep(step)) return task.role
  if (step.kind === 'approval') return founder
  return step.by ?? managerOf(task, world) ?? founder
}

/** One step up the line: whom a role reports to; the founder is above everybody. Null above the founder. */
export function above(role: string, { roles }: TaskWorld): string | null {
  return role === founder ? null : (roles.get(role)?.manager ?? founder)
}
