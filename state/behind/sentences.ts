import type { Backlog } from './backlog.ts'
import type { Condition } from './condition.ts'

/** What is off about the store behind, for people, the worst first. */
export function troublesOf(
  title: string,
  condition: Pick<Condition, 'sentence'>,
  backlog: Pick<Backlog, 'waiting' | 'aside' | 'late'>,
): string[] {
  const { waiting, aside } = backlog
  const hindrance = condition.sentence()
  const late = hindrance === null ? backlog.late() : null
  const [first, ...more] = aside
  return [
    ...(hindrance === null ? [] : [`${hindrance}${waiting === 0 ? '' : `; ${waits(waiting)}`}`]),
    ...(late === null ? [] : [`${title} is ${late} behind; ${waits(waiting)}`]),
    ...(first === undefined
      ? []
      : [`${title} does not take ${first}${more.length === 0 ? '' : ` (and ${more.length} more)`}`]),
  ]
}

function waits(changes: number): string {
  return changes === 1 ? '1 change waits' : `${changes} changes wait`
}
