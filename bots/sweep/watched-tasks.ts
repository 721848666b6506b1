import type { OrgSubjects } from '../../core/subject.ts'
import type { TaskRequest } from '../../core/task/request.ts'
import { type WatchedTask, watchedTasksSchema } from '../../core/task/watched-task.ts'
import type { Services } from '../../ports/bus.ts'

/** It answers in milliseconds. */
const answerWithinMs = 2_000

/** All live tasks, page by page, as one role may watch them. Rejects with `unavailable`, or with what the task service refuses. */
export async function watchedTasks(
  { bus, subjects, role }: { bus: Services; subjects: OrgSubjects; role: string },
  id: string,
): Promise<WatchedTask[]> {
  const all: WatchedTask[] = []
  for (let after: number | null = null; ; ) {
    const request: TaskRequest = { id, trace: id, by: null, place: null, args: { after } }
    const page = await bus.request(subjects.taskService('watch', role), request, answerWithinMs)
    const { tasks, next } = watchedTasksSchema.parse(page)
    all.push(...tasks)
    // A service that goes round in circles is not believed either.
    if (next === null || (after !== null && next <= after)) return all
    after = next
  }
}
