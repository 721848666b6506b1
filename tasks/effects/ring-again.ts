import type { OrgSubjects } from '../../core/subject.ts'
import { doorbellEnvelope } from '../../core/task/doorbell.ts'
import type { Task } from '../../core/task/task.ts'
import type { TaskWorld } from '../../core/task/world.ts'
import type { Publisher } from '../../ports/bus.ts'
import type { Applied } from '../../ports/task-store.ts'
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
 * nothing to do; within an hour the same task rings again once, however often services take turns. `doorbells` are those that wait or
 * are in hand at a role: where there are enough of them only one rings, so that they do not pile up at a seat that is away.
 */
export async function ringAgain(
  parts: RingParts,
  now: Date,
  doorbells: (role: string) => number = () => 0,
): Promise<void> {
  const at = now.toISOString()
  const hour = at.slice(0, 13)
  const { world, book } = parts
  const byRole = Map.groupBy(
    [...book.live()].filter(({ status, role }) => status === 'open' && world.roles.get(role)?.people === false),
    ({ role }) => role,
  )
  const due = [...byRole].flatMap(([role, open]) => {
    const unheard = doorbells(role) - book.load.of(role).inHand
    return open.slice(0, Math.max(1, open.length - Math.max(0, unheard)))
  })
  await Promise.all(due.map((task) => ring(parts, task, at, (id) => `${id}:again:${hour}`)))
}

/**
 * Rings for a role that has a place free again and turned a doorbell away when it had none. Twice for the same commit is once. Rejects
 * with `unavailable` when it could not be rung; doing it again is safe.
 */
export async function ringForFreePlace(parts: RingParts, { commit }: Applied, role: string): Promise<void> {
  const { world, book } = parts
  const seat = world.roles.get(role)
  const { first, size } = book.of(role).open
  // People were told why, and look by themselves.
  if (seat?.people !== false || first === undefined) return
  if (book.load.of(role).inHand >= seat.wip || !book.owed.take(role, size)) return
  try {
    await ring(parts, first, commit.at, () => `doorbell:${commit.key}:${commit.version}:free`)
  } catch (error) {
    book.owed.add(role)
    throw error
  }
}

async function ring(
  { bus, subjects }: RingParts,
  task: Task,
  at: string,
  named: (id: string) => string,
): Promise<void> {
  const bell = doorbellEnvelope(task, 'work', at)
  await bus.publish(subjects.tasks(task.role), { ...bell, id: named(bell.id) })
}
