import { sentenceOf } from '../../core/errors.ts'
import { isPerson } from '../../core/person.ts'
import type { TaskCommand } from '../../core/task/decide.ts'
import type { Task } from '../../core/task/task.ts'
import type { Doer, TaskWorld } from '../../core/task/world.ts'
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
 * The service as whoever works and judges reaches it: what claims a task notes the commit at which the work begins, and no yes makes a task
 * done whose files are not those that were checked. What the house does by itself goes to the service as it is.
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
      const asked = task !== null && begins(command, task, doer) ? await fromHere(task, command) : command
      return service.command(key, asked, doer, origin)
    },
  }

  async function fromHere({ role, opened_at, created_at }: Task, command: Beginning): Promise<TaskCommand> {
    try {
      // Who says nothing before it is finished began when it was asked for: what is there now is their work already.
      const before = command.type === 'submit' ? opened_at || created_at : undefined
      const within = AbortSignal.any([signal, AbortSignal.timeout(withinMs)])
      return { ...command, base: await parts.workTree.head(parts.workspace(role), within, before) }
    } catch (error) {
      // Then the tests are compared with those of the last work that was accepted.
      log.warn({ role, cause: sentenceOf(error) }, 'it cannot be seen at which commit a task begins')
      return command
    }
  }
}

/** What a folder may have git do takes no longer than somebody waits who takes up a task. */
const withinMs = 3_000

type Beginning = Extract<TaskCommand, { base?: string | null }>

/** Whether a command is, as far as can be seen before it is decided, the beginning of the work: a claim, or what people do without one. */
function begins(command: TaskCommand, { base, claim }: Task, { actor }: Doer): command is Beginning {
  if (base !== null) return false
  if (command.type === 'claim') return true
  const claims = command.type === 'start' || command.type === 'block' || command.type === 'submit'
  return claims && claim === null && isPerson(actor)
}
