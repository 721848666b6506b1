import { isLinked, isPerson } from '../person.ts'
import { founder } from '../role.ts'
import { isPersonStep, isQa, type PersonStep, pendingStep, seatsOf } from './steps.ts'
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

/**
 * Whom a look at a submission is for: the role that was named, else whom the worker reports to, or the first above them who had no part
 * in it; `founder` when nobody else is left.
 */
export function judgeOf(task: Task, step: Extract<PersonStep, { kind: 'review' }>, world: TaskWorld): string {
  if (step.by !== null) return step.by
  const parts = seatsOf(task)
  let judge = above(task.builder ?? task.role, world)
  // Whatever role files say, the line ends.
  for (let steps = 0; parts.includes(judge) && steps < world.roles.size; steps++) judge = above(judge, world)
  return parts.includes(judge) ? founder : judge
}

/**
 * Why somebody cannot judge a submission, or null when they can. Nobody's work is judged by its author or in its own seat, nor by whoever
 * wrote the plan, except by a founder; and whoever tried it does not also review it.
 */
export function whyNotJudge(task: Task, step: PersonStep, doer: Doer, world: TaskWorld): string | null {
  const { actor } = doer
  if (actor === task.result?.by || actor === task.role) return 'whoever did the work cannot also judge it'
  const person = isPerson(actor)
  if (!isQa(step) && hasTried(task, actor)) return 'whoever tried it cannot also review it'
  if (step.kind === 'approval' && !person) return 'a person has to say yes'
  if (founderTier(doer)) return null
  if (actor === task.plan?.by || actor === task.prep) return 'whoever planned it cannot also judge it'
  if (step.kind === 'approval') return null
  const judge = judgeOf(task, step, world)
  if (actor === judge) return null
  if (person && step.by === null && actor === task.authority.requester) return null
  // Where people do a seat's work, they also do its reviews.
  if (person && world.roles.get(judge)?.people === true) return null
  if (step.by !== null) return `that is for ${step.by}`
  const asker = isLinked(task.authority.requester) ? `${task.authority.name} or ` : ''
  return `that is for ${asker}${judge}`
}

/** Whether somebody tried this submission, as its adversary: what they said is looked at by another. */
function hasTried({ evidence, result }: Task, actor: string): boolean {
  return evidence.some(({ epoch, by, tried }) => tried === true && by === actor && epoch === result?.epoch)
}

/** Whether somebody may speak for the seat whose turn it is: whoever holds the task, a founder, people at a seat of people. */
export function mayWorkAt(task: Task, doer: Doer, { roles }: TaskWorld): boolean {
  if (isHolder(task, doer) || !isPerson(doer.actor)) return isHolder(task, doer)
  return founderTier(doer) || roles.get(task.role)?.people === true
}

/**
 * Whose turn it is: a role, or `founder`. Of a review without a name that is whom the worker reports to; of a person's yes, the
 * founder.
 */
export function turnOf(task: Task, world: TaskWorld): string {
  const step = pendingStep(task)
  if (step === null || !isPersonStep(step)) return task.role
  return step.kind === 'approval' ? founder : judgeOf(task, step, world)
}

/** One step up the line: whom a role reports to; the founder is above everybody, and a role that is gone. */
export function above(role: string, { roles }: TaskWorld): string {
  return roles.get(role)?.manager ?? founder
}
