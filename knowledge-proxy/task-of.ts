import { isBreakroomError } from '../core/errors.ts'
import { knowledgeCaller } from '../core/knowledge/caller.ts'
import type { OrgSubjects } from '../core/subject.ts'
import { type TaskRequest, taskReplySchema } from '../core/task/request.ts'
import type { Task } from '../core/task/task.ts'
import type { Services } from '../ports/bus.ts'

const answerWithinMs = 3_000

/** Asks the task service for a public task by its label; null when there is none that we may see. Rejects with `unavailable`. */
export function createTaskOf(bus: Services, subjects: OrgSubjects): (label: string) => Promise<Task | null> {
  return async function taskOf(label) {
    const id = `knowledge-proxy:${label}`
    const request: TaskRequest = { id, trace: id, by: null, place: null, args: { task: label } }
    try {
      const reply = await bus.request(subjects.taskService('show', knowledgeCaller), request, answerWithinMs)
      return taskReplySchema.parse(reply).task
    } catch (error) {
      if (isBreakroomError(error, 'unavailable')) throw error
      return null
    }
  }
}
