import type { OrgSubjects } from '../../core/subject.ts'
import { doorbellEnvelope } from '../../core/task/doorbell.ts'
import type { TaskWorld } from '../../core/task/world.ts'
import type { Publisher } from '../../ports/bus.ts'
import type { Book } from '../book.ts'

interface RingParts {
  bus: Publisher
  subjects: OrgSubjects
  world: TaskWorld
  book: Book
}

/**
 * Rings once more for every open task of a role where a program works. Its doorbell may be gone for good: people sat there when it
 * rang, its queue was lost, or it was given up while another's was used for it. One too many does no harm, who hears it finds
 * nothing to do; within an hour the same task rings again once, however often services take turns.
 */
export async function ringAgain({ bus, subjects, world, book }: RingParts, now: Date): Promise<void> {
  const at = now.toISOString()
  const hour = at.slice(0, 13)
  const open = [...book.live()].filter(
    ({ status, role }) => status === 'open' && world.roles.get(role)?.people === false,
  )
  await Promise.all(
    open.map((task) => {
      const bell = doorbellEnvelope(task, 'work', at)
      return bus.publish(subjects.tasks(task.role), { ...bell, id: `${bell.id}:again:${hour}` })
    }),
  )
}
