import { median, msInHand, queueHint } from '../core/task/admission.ts'
import type { Task } from '../core/task/task.ts'
import type { TaskWorld } from '../core/task/world.ts'
import type { TaskStore } from '../ports/task-store.ts'
import type { Book } from './book.ts'

/** Of so many of a role's last tasks the pace is told. */
const lastTasks = 20
/** Roles do not change their pace from one moment to the next. */
const knownForMs = 5_000

/** What whoever asked for a task is told of its place in the queue, or null when it can begin at once. */
export type QueueHints = (task: Task) => Promise<string | null>

export function createQueueHints(parts: {
  book: Book
  store: Pick<TaskStore, 'list' | 'commits'>
  world: TaskWorld
}): QueueHints {
  const { book, store, world } = parts
  const paces = new Map<string, { until: number; msEach: Promise<number | null> }>()

  return async (task) => {
    if (task.status !== 'open') return null
    const { role } = task
    const { inHand } = book.load.of(role)
    const place = {
      role,
      ahead: book.of(role).open.ahead(task),
      inHand,
      limit: world.roles.get(role)?.wip ?? Number.POSITIVE_INFINITY,
    }
    if (queueHint({ ...place, msEach: null }) === null) return null
    return queueHint({ ...place, msEach: await paceOf(role) })
  }

  function paceOf(role: string): Promise<number | null> {
    const now = performance.now()
    const known = paces.get(role)
    if (known !== undefined && known.until > now) return known.msEach
    const msEach = lookUp(role).then(
      (pace) => {
        if (pace === null) paces.delete(role)
        return pace
      },
      // Without it the answer is still one.
      () => null,
    )
    paces.set(role, { until: now + knownForMs, msEach })
    return msEach
  }

  async function lookUp(role: string): Promise<number | null> {
    const done = await store.list({ role, statuses: ['done'], limit: lastTasks })
    const commits = await Promise.all(done.map(({ key }) => store.commits(key)))
    return median(commits.map(msInHand))
  }
}
