import { isBreakroomError } from '../core/errors.ts'
import type { Task } from '../core/task/task.ts'
import { system, type TaskWorld } from '../core/task/world.ts'
import type { Metrics } from '../ports/metrics.ts'
import type { QueueCount } from '../ports/work-counts.ts'
import type { Book } from './book.ts'
import type { TaskService } from './service.ts'

export interface LostLeasesParts {
  book: Pick<Book, 'live'>
  service: Pick<TaskService, 'command'>
  world: TaskWorld
  metrics: Metrics
}

/** Finds tasks in a program's hands whose lease is gone. */
export interface LostLeases {
  /** Looks at them beside what is on the queues now, and takes back what nobody can be working on. Rejects with `unavailable`. */
  look(queues: readonly QueueCount[]): Promise<void>
}

/**
 * The unacknowledged doorbell is the only lease of a program. Where a role has no doorbell on its queue, neither waiting nor in hand, and
 * has a task in hand all the same, at two looks in a row, nobody works on that and nobody will: it is open again, which counts as no try. Its queue may have been lost, or an answer that came too late may have been followed by another task.
 */
export function createLostLeases({ book, service, world, metrics }: LostLeasesParts): LostLeases {
  let suspects = new Set<string>()
  return {
    async look(queues) {
      const silent = new Set(
        queues.flatMap(({ role, queue, items }) => (queue === 'tasks' && items === 0 ? [role] : [])),
      )
      const held = [...book.live()].filter((task) => silent.has(task.role) && isLeased(task))
      const before = suspects
      suspects = new Set(held.map(nameOf))
      for (const task of held) if (before.has(nameOf(task))) await takeBack(task)
    },
  }

  function isLeased({ role, claim, status }: Task): boolean {
    const byProgram = world.roles.get(role)?.people === false && claim?.by === role && claim.doorbell !== null
    return byProgram && status !== 'verifying'
  }

  async function takeBack({ key, epoch, trace, watched }: Task): Promise<void> {
    const reason = 'nobody works on it any more: its doorbell is gone'
    // Whoever lives after all takes it up again with their next word.
    const command = { type: 'take_back', epoch, rung: (watched?.rung ?? 0) + 1, reason } as const
    try {
      await service.command(key, command, system, { id: `lease-lost:${key}:${epoch}`, trace, cause: null })
      metrics.count('breakroom_leases_lost_total', {})
    } catch (error) {
      // It ended meanwhile.
      if (!isBreakroomError(error, 'refused')) throw error
    }
  }
}

function nameOf({ key, epoch }: Task): string {
  return `${key}:${epoch}`
}
