import { isLinked } from '../person.ts'
import { founder } from '../role.ts'
import { asksForPermission } from '../sweep/permission.ts'
import type { TaskEvent } from './commit.ts'
import { above, judgeOf } from './standing.ts'
import { isPersonStep, pendingStep } from './steps.ts'
import type { Task } from './task.ts'
import type { WatchedStall } from './watch.ts'
import { refusal, type TaskWorld } from './world.ts'

/** How whoever watches helps with what a task is stuck on. */
export type HelpCommand =
  /** `question`: what the session of its worker asks, where the task does not say it. */
  | (WatchedStall & { type: 'answer'; question: string | null; text: string; sources: readonly string[] })
  | (WatchedStall & { type: 'ask'; question: string | null })

/**
 * Tells it what is written down about what it is stuck on. Throws `refused`: `no-question` when that is nothing, or nobody has it;
 * `permission` when what it waits for is a yes, which only people give.
 */
export function answer(task: Task, command: Extract<HelpCommand, { type: 'answer' }>): TaskEvent[] {
  const { epoch, rung, text, sources } = command
  const own = stuckOn(task)
  const question = command.question ?? own
  if (question === null || task.claim === null) throw noQuestion(task.label)
  // Whoever watches does not choose which of the two it is.
  if (asksForPermission(question) || (own !== null && asksForPermission(own))) {
    throw refusal('permission', `${task.label} waits for a yes, and only a person says yes.`)
  }
  return [{ type: 'answered', epoch, rung, reason: question, text, sources: [...sources] }]
}

/** Asks whoever should know, or who has to act, where it is stuck on nothing that it says. */
export function ask(task: Task, command: Extract<HelpCommand, { type: 'ask' }>, world: TaskWorld): TaskEvent[] {
  const { epoch, rung } = command
  const question = command.question ?? stuckOn(task)
  const to = question === null ? whoActs(task, world) : whoKnows(task, world)
  return [{ type: 'asked', epoch, rung, reason: question ?? command.reason, stuck: question !== null, to }]
}

/** What its worker said that it is stuck on, or null. */
export function stuckOn({ status, reason }: Pick<Task, 'status' | 'reason'>): string | null {
  return status === 'blocked' ? reason : null
}

/** The refusal of an answer to what nobody asked. */
export function noQuestion(label: string): Error {
  return refusal('no-question', `${label} is stuck on nothing that could be answered.`)
}

/** Who asked for it, when that is a person whom we know and somebody else than the worker; else the first above it who is a person. */
function whoKnows(task: Task, world: TaskWorld): string {
  const { claim, authority, role } = task
  const { requester } = authority
  return isLinked(requester) && requester !== claim?.by ? requester : firstPerson(above(role, world), world)
}

/** Who has to judge it, or else who has it, or should; where a program has it, and waits for leave, a person. */
function whoActs(task: Task, world: TaskWorld): string {
  const step = pendingStep(task)
  if (step === null || !isPersonStep(step)) {
    const by = task.claim?.by ?? task.role
    return task.claim !== null && world.roles.get(by)?.people === false ? whoKnows(task, world) : by
  }
  const { requester } = task.authority
  const isTheirs = step.kind === 'approval' || step.by === null
  if (isTheirs && isLinked(requester) && requester !== task.result?.by) return requester
  return step.kind === 'approval' ? founder : judgeOf(task, step, world)
}

/** A role where people sit, from here up the line; the founder at its end. A program does not read what is said in a room. */
function firstPerson(role: string, world: TaskWorld): string {
  let at = role
  // Whatever role files say, the line ends.
  for (let steps = 0; at !== founder && steps <= world.roles.size; steps++) {
    if (world.roles.get(at)?.people === true) return at
    at = above(at, world)
  }
  return founder
}
