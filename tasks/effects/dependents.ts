import { isBreakroomError } from '../../core/errors.ts'
import type { TaskCommand } from '../../core/task/decide.ts'
import type { Task } from '../../core/task/task.ts'
import { system } from '../../core/task/world.ts'
import type { Applied } from '../../ports/task-store.ts'
import type { EffectParts } from './carry-out.ts'

/** Tells the tasks that wait for this one that it is done. */
export async function releaseDependents(parts: EffectParts, { task }: Applied): Promise<void> {
  await Promise.all(parts.book.waitingFor(task.key).map((dependent) => release(parts, dependent, task)))
}

/** What waits for a cancelled task would wait for ever. */
export async function cancelDependents(parts: EffectParts, { task }: Applied): Promise<void> {
  await Promise.all(parts.book.waitingFor(task.key).map((dependent) => cancel(parts, dependent, task)))
}

/**
 * Looks at what a new task waits for: it may have ended after the decision was made. Its own end looks for whoever waits; between
 * the two nobody is forgotten, because the ledger has one order.
 */
export async function lookAtDependencies(parts: EffectParts, { task }: Applied): Promise<void> {
  for (const { key } of task.waits_for) {
    const dependency = await parts.book.task(key)
    if (dependency?.status === 'done') await release(parts, task, dependency)
    if (dependency?.status === 'cancelled') await cancel(parts, task, dependency)
  }
}

function release(parts: EffectParts, dependent: Task, { key, label }: Task): Promise<void> {
  return tell(parts, dependent, { type: 'release', dependency: key }, `release:${key}`, `${label} done`)
}

function cancel(parts: EffectParts, dependent: Task, { key, label }: Task): Promise<void> {
  const reason = `${label} was cancelled`
  return tell(parts, dependent, { type: 'cancel', reason }, `cancel:${key}`, reason)
}

async function tell(
  { service }: EffectParts,
  dependent: Task,
  command: TaskCommand,
  what: string,
  cause: string,
): Promise<void> {
  try {
    const id = `${what}>${dependent.key}`
    await service.command(dependent.key, command, system, { id, trace: dependent.trace, cause })
  } catch (error) {
    // It ended by itself meanwhile.
    if (!isBreakroomError(error, 'refused')) throw error
  }
}
