import type { TaskCommit } from './commit.ts'
import { evolve } from './evolve.ts'
import type { Task } from './task.ts'
import { requesterName, spanWords } from './wording.ts'
import { refusal, system } from './world.ts'

/** Where a task takes a place: among those that wait for a role, in its hands, or nowhere. */
export function placeOf({ status }: Pick<Task, 'status'>): 'waiting' | 'in-hand' | null {
  if (status === 'waiting' || status === 'open') return 'waiting'
  return status === 'claimed' || status === 'working' || status === 'blocked' ? 'in-hand' : null
}

/** Tasks that wait for a role: all of them, and those of one requester. */
export interface Waiting {
  all: number
  own: number
}

/**
 * Whether one more task may wait for a role. Throws `refused` with the rule `queue-full` when `limit` wait already, or when its
 * requester has half of the places, so that others have one, also where the house publishes (`by`) what follows their tasks. What the
 * house asks for itself only meets the limit.
 */
export function admit(
  role: string,
  authority: Task['authority'],
  by: string,
  { all, own }: Waiting,
  limit: number,
): void {
  if (hasPlace(authority, { all, own }, limit)) return
  const share = shareOf(limit)
  const theirs = authority.requester === by ? 'yours' : `${requesterName({ authority })}'s`
  const why =
    all >= limit
      ? `${role} has ${all} tasks waiting, ${own} of them ${theirs}, and takes no more`
      : `${own} of the ${all} tasks that wait for ${role} are ${theirs}, and nobody may have more than ${share}, so that others have a place`
  throw refusal(
    'queue-full',
    `${why}. Try again when some are done, cancel what is not needed any more (!tasks ${role} shows them), or ask another role.`,
    { path: 'role', role, waiting: all, own, limit },
  )
}

/** Whether `admit` takes it. */
export function hasPlace(
  { requester }: Pick<Task['authority'], 'requester'>,
  { all, own }: Waiting,
  limit: number,
): boolean {
  return all < limit && (requester === system.actor || own < shareOf(limit))
}

/** How many of the places one requester may have. */
function shareOf(limit: number): number {
  return Math.max(1, Math.floor(limit / 2))
}

/** Throws `refused` with the rule `wip` when a role has as many tasks in hand as it may. */
export function refuseBeyondLimit(role: string, inHand: number, limit: number): void {
  if (inHand < limit) return
  const many = inHand === 1 ? '1 task' : `${inHand} tasks`
  const sentence = `${role} has ${many} in hand, and no more than ${limit} at the same time: finish one first, or give one back (!tasks ${role} shows them).`
  throw refusal('wip', sentence, { role, in_hand: inHand, limit })
}

/** What is known of a new task's place among the others of its role. */
export interface QueuePlace {
  role: string
  /** Open tasks that are given out before it. */
  ahead: number
  inHand: number
  /** How many the role may have in hand. */
  limit: number
  /** How long its last tasks were in hand, in ms; null when none of them is done. */
  msEach: number | null
}

/** What whoever asks is told when the task does not begin at once: its place, and when it will begin if that is known; else null. */
export function queueHint({ role, ahead, inHand, limit, msEach }: QueuePlace): string | null {
  if (ahead === 0 && inHand < limit) return null
  const place = ahead + 1
  const begins =
    msEach === null
      ? ''
      : `; at the pace of the last ones it begins in about ${soonest((place * msEach) / Math.max(1, inHand))}`
  return `It is number ${place} in line for ${role}${begins}.`
}

function soonest(ms: number): string {
  return spanWords(Math.max(1_000, ms))
}

/** How long a task was in hand, in ms, from all of its commits. */
export function msInHand(commits: readonly TaskCommit[]): number {
  let [task, since, sum]: [Task | null, number | null, number] = [null, null, 0]
  for (const commit of commits) {
    task = evolve(task, commit)
    const at = Date.parse(commit.at)
    if (since !== null) sum += Math.max(0, at - since)
    since = placeOf(task) === 'in-hand' ? at : null
  }
  return sum
}

/** The middle one, the upper of two; null for none. */
export function median(values: readonly number[]): number | null {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? null
}
