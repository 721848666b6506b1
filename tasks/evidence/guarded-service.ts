import { sentenceOf } from '../../core/errors.ts'
import type { TaskCommand } from '../../core/task/decide.ts'
import type { TaskWorld } from '../../core/task/world.ts'
import type { Log } from '../../ports/log.ts'
import type { WorkTree } from '../../ports/work-tree.ts'
import type { Book } from '../book.ts'
import type { TaskService } from '../service.ts'
import { type Gate, gateBeforeYes } from './gate.ts'

export interface GuardedServiceParts {
  service: TaskService
  book: Pick<Book, 'task'>
  gate: Gate
  workTree: WorkTree
  /** Where a role works. Throws for a role that has no such place. */
  workspace: (role: string) => string
  world: TaskWorld
  log: Log
  signal: AbortSignal
}

/**
 * The service as whoever works and judges reaches it: a claim notes the commit at which the work begins, and no yes makes a task done whose
 * files are not those that were checked. What the house does by itself goes to the service as it is.
 */
export function guardedService(parts: GuardedServiceParts): TaskService {
  const { service, book, log, signal } = parts
  return {
    create: (asked, origin, by) => service.create(asked, origin, by),
    async command(key, command, doer, origin) {
      const task = await book.task(key)
      if (command.type === 'approve' && task !== null) {
        await gateBeforeYes(parts, { task, command, doer, origin }, signal)
      }
      const asked = command.type === 'claim' && task?.base === null ? await fromHere(task.role, command) : command
      return service.command(key, asked, doer, origin)
    },
  }

  async function fromHere(role: string, claim: Extract<TaskCommand, { type: 'claim' }>): Promise<TaskCommand> {
    try {
      return { ...claim, base: await parts.workTree.head(parts.workspace(role), signal) }
    } catch (error) {
      // Then the tests are compared with those of the last work that was accepted.
      log.warn({ role, cause: sentenceOf(error) }, 'it cannot be seen at which commit a task begins')
      return claim
    }
  }
}
