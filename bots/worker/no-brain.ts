import { isBreakroomError } from '../../core/errors.ts'
import type { OrgSubjects } from '../../core/subject.ts'
import type { Publisher } from '../../ports/bus.ts'
import type { Clock } from '../../ports/clock.ts'
import { sayHere } from './say-of-task.ts'
import type { TaskService } from './task-service.ts'
import type { TaskBrain } from './worker.ts'

export interface NoBrainParts {
  name: string
  bus: Publisher
  subjects: OrgSubjects
  service: TaskService
  clock: Clock
}

/**
 * People or agents from outside do the work: the seat acknowledges what reaches it, and says once how it is claimed. What waits for a
 * review the house has said already.
 */
export function createNoBrain(parts: NoBrainParts): TaskBrain {
  return {
    async work(doorbell, { shift }) {
      const { id, trace } = doorbell
      const which = { task: doorbell.data.label }
      try {
        const { task } = await parts.service.ask('acknowledge', which, { id: `acknowledge:${id}`, trace }, shift)
        if (task?.status === 'open') await sayHere(parts, task, doorbell, true, shift)
      } catch (error) {
        // Cancelled, or with another role by now: there is nothing to say.
        if (!isBreakroomError(error, 'refused')) throw error
      }
      return 'done'
    },
    review: async () => 'done',
  }
}
