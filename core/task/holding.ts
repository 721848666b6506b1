import { isPerson } from '../person.ts'
import type { TaskEvent } from './commit.ts'
import { isHolder, personName } from './standing.ts'
import { isOver, type Task } from './task.ts'
import { type Doer, refusal } from './world.ts'

/**
 * Takes a task that nobody holds, or once more what this doorbell was given. `base` is the commit that the work begins at. Throws
 * `refused`: `over`, `not-yours`, `waiting`, `claimed`.
 */
export function claim(task: Task, doorbell: string | null, doer: Doer, base: string | null = null): TaskEvent[] {
  refuseOver(task)
  const person = isPerson(doer.actor)
  if (!person && doer.actor !== task.role) throw notYours(task)
  if (task.status === 'waiting') {
    const blockers = task.waits_for.map(({ label }) => label).join(', ')
    throw refusal('waiting', `${task.label} waits for ${blockers}.`, { blocked_by: task.waits_for })
  }
  if (task.claim === null) return given(task, doorbell, base)
  if (person && task.claim.by === doer.actor) return []
  // The doorbell rings again because whoever had it has not been heard of for the length of a lease.
  if (!person && doorbell !== null && task.claim.doorbell === doorbell && task.status !== 'verifying') {
    return given(task, doorbell, base)
  }
  throw refusal('claimed', `${task.label} is held by ${personName(task.claim.by)}.`, { by: task.claim.by })
}

function given({ epoch }: Task, doorbell: string | null, base: string | null): TaskEvent[] {
  return [{ type: 'claimed', epoch: epoch + 1, doorbell, ...(base === null ? {} : { base }) }]
}

/**
 * Sees to it that whoever writes holds the task: nothing to do, the claim that was taken from them and that nobody else has, or the
 * claim that a person means when they begin without one, at the commit `base`. Throws `refused` otherwise, `stale-epoch` for a seat that
 * never had it or whose task was handed out again.
 */
export function hold(task: Task, doer: Doer, base: string | null = null): TaskEvent[] {
  refuseOver(task)
  if (task.status === 'verifying') {
    throw refusal('verifying', `${task.label} is being verified; nothing can be done to it until that is over.`)
  }
  if (isHolder(task, doer)) return []
  const taken = takenUpAgain(task, doer)
  if (taken.length > 0) return taken
  if (isPerson(doer.actor)) return claim(task, null, doer, base)
  if (doer.actor !== task.role) throw notYours(task)
  const sentence = `${task.label} is not yours under epoch ${doer.epoch ?? 0}; what you write under it does not count.`
  throw refusal('stale-epoch', sentence, { epoch: task.claim?.epoch ?? null })
}

/** They were taken for dead, and nobody else has begun: any sign of life takes the claim back. Nothing for everybody else. */
export function takenUpAgain({ status, epoch, suspended }: Task, doer: Doer): TaskEvent[] {
  if (status !== 'open' || suspended === null || suspended.epoch !== epoch || suspended.by !== doer.actor) return []
  return isPerson(doer.actor) || doer.epoch === epoch ? [{ type: 'resumed', epoch }] : []
}

/** Throws `refused` for a task that is over. */
export function refuseOver(task: Task): void {
  if (isOver(task)) throw refusal('over', `${task.label} is ${task.status}.`, { status: task.status })
}

/** What a role hears that has no part in it. */
export function notYours(task: Task): Error {
  return refusal('not-yours', `${task.label} is with ${task.role}.`, { role: task.role })
}
