import type { TaskDraft } from './request.ts'
import type { FollowUp, Step } from './task.ts'

/**
 * A task as far as it was said. What has a key of its own has its own place too, so that saying it later takes the place of nothing
 * else: `qa` and `review` beside the steps of `verify:`, `also` beside the row of `then:`.
 */
export type AssignmentDraft = Partial<Omit<TaskDraft, 'role'>> & {
  /** Who tries it. */
  qa?: string
  /** Who reviews it. */
  review?: string[]
  /** What follows beside `on_complete`. */
  also?: FollowUp[]
}

/** Everything that verifies the task, in the order in which its parts stand there: `verify:`, `qa:`, `review:`. */
export function stepsOf({ verification = [], qa, review = [] }: AssignmentDraft): Step[] {
  return [
    ...verification,
    ...(qa === undefined ? [] : [{ kind: 'review', by: qa, stage: 'qa' } as const]),
    ...review.map((by) => ({ kind: 'review', by }) as const),
  ]
}

/** Everything that follows the task; undefined when nothing was said about that. */
export function followUpsOf({ on_complete, also }: AssignmentDraft): FollowUp[] | undefined {
  return on_complete === undefined && also === undefined ? undefined : [...(on_complete ?? []), ...(also ?? [])]
}
