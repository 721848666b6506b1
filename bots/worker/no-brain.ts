import { isBreakroomError } from '../../core/errors.ts'
import type { OrgSubjects } from '../../core/subject.ts'
import type { Doorbell } from '../../core/task/doorbell.ts'
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
      // Who works here has not seen it yet.
      const which = { task: doorbell.data.label, arrived: true }
      try {
        const { task } = await parts.service.ask('acknowledge', which, { id: `acknowledge:${id}`, trace }, shift)
        if (task?.status === 'open') await sayHere(parts, task, doorbell, true, shift)
        else if (task?.claim?.doorbell === id) await openAgain(task.label, task.claim.epoch, doorbell, shift)
      } catch (error) {
        // Cancelled, or with another role by now: there is nothing to say.
        if (!isBreakroomError(error, 'refused')) throw error
      }
      return 'done'
    },
    review: async () => 'done',
    capture: async () => null,
  }

  /** A program that sat here was killed over it; nobody else would ever let go of it. */
  async function openAgain(task: string, epoch: number, { id, trace }: Doorbell, shift: AbortSignal): Promise<void> {
    const reason = 'What worked on it is not there any more.'
    const cause = { id: `hand_back:${id}:${epoch}`, trace }
    await parts.service.ask('hand_back', { task, epoch, reason, counted: false }, cause, shift)
  }
}
