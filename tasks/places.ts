import { isPerson } from '../core/person.ts'
import { admit, placeOf, refuseBeyondLimit } from '../core/task/admission.ts'
import type { TaskCommit } from '../core/task/commit.ts'
import type { Task } from '../core/task/task.ts'
import type { TaskWorld } from '../core/task/world.ts'
import type { Book } from './book.ts'

/**
 * Keeps places for what is about to be stored, so that many at the same time do not pass together. Each is given back when it is disposed
 * of; by then the book has counted the task, or it did not come.
 */
export interface Places {
  /** Among those that wait for a role. Throws `refused`: `queue-full`. */
  amongWaiting(task: Pick<Task, 'key' | 'role' | 'authority'>, by: string): Disposable
  /**
   * For what a commit does to a task: in the hands of its role when it is claimed, among those that wait for another when a person
   * reassigns it. Throws `refused`: `wip`, `queue-full`.
   */
  after(before: Task | null, task: Task, commit: Pick<TaskCommit, 'by' | 'events'>): Disposable
  /** It may be stored, or is, and the book does not know yet: the same again must not be refused. */
  inDoubt(key: string): void
  /** The book has it. */
  settled(key: string): void
}

/** Far more than are under way at the same time. */
const mostDoubts = 10_000

const noPlace: Disposable = { [Symbol.dispose]() {} }

/** `tasksWaiting`: how many may wait for one role. */
export function createPlaces(book: Book, world: TaskWorld, tasksWaiting: number): Places {
  const doubts = new Set<string>()
  const { load } = book

  return {
    amongWaiting,
    after(before, task, { by, events }) {
      if (before === null) return noPlace
      const claimed = events.find(({ type }) => type === 'claimed')
      const isNew = placeOf(task) === 'in-hand' && placeOf(before) !== 'in-hand'
      if (claimed?.type === 'claimed' && isNew) return inHand(task, claimed.doorbell !== null)
      const isMoved = task.role !== before.role && events.some(({ type }) => type === 'reassigned')
      return isMoved && isPerson(by) ? amongWaiting(task, by) : noPlace
    },
    inDoubt(key) {
      doubts.add(key)
      const [oldest] = doubts
      if (doubts.size > mostDoubts && oldest !== undefined) doubts.delete(oldest)
    },
    settled: (key) => void doubts.delete(key),
  }

  function amongWaiting(task: Pick<Task, 'key' | 'role' | 'authority'>, by: string): Disposable {
    const { waiting, waitingOf } = load.of(task.role)
    if (!doubts.has(task.key)) {
      const counts = { all: waiting, own: waitingOf(task.authority.requester) }
      admit(task.role, task.authority, by, counts, tasksWaiting)
    }
    return load.reserve(task, 'waiting')
  }

  /** A seat that is refused at its doorbell hears another when there is a place. */
  function inHand(task: Task, atDoorbell: boolean): Disposable {
    const { role, key } = task
    try {
      const limit = world.roles.get(role)?.wip ?? Number.POSITIVE_INFINITY
      if (!doubts.has(key)) refuseBeyondLimit(role, load.of(role).inHand, limit)
    } catch (error) {
      // Before any place can get free.
      if (atDoorbell) book.owed.add(role)
      throw error
    }
    return load.reserve(task, 'in-hand')
  }
}
