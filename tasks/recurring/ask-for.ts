import { traceOf } from '../../core/envelope.ts'
import { isBreakroomError, sentenceOf } from '../../core/errors.ts'
import type { Fleet } from '../../core/fleet.ts'
import { occurrenceId, type RecurringWork, recurringTask, skippedNote } from '../../core/recurring/recurring-task.ts'
import { taskKey } from '../../core/task/commit.ts'
import { isOver, type Task } from '../../core/task/task.ts'
import { system } from '../../core/task/world.ts'
import type { KeyedState } from '../../ports/keyed-state.ts'
import type { Log } from '../../ports/log.ts'
import type { Metrics } from '../../ports/metrics.ts'
import type { Book } from '../book.ts'
import type { TaskService } from '../service.ts'

export interface AskingParts {
  service: Pick<TaskService, 'create' | 'command'>
  book: Pick<Book, 'task'>
  cursors: KeyedState<number>
  rooms: Fleet['rooms']
  log: Log
  metrics: Metrics
}

/** Where it is kept which occurrence was asked for last, or is about to be. */
export function lastKey({ role, entry }: RecurringWork): string {
  return `tasks recurring last ${role.name}/${entry.name}`
}

/**
 * Asks for the task of one occurrence, unless that of the last one is not over: then this one is left out, and that is noted on the
 * task once a day. Doing it again changes nothing. Rejects with `unavailable` or `conflict` when it may or may not have been done.
 */
export async function askFor(parts: AskingParts, work: RecurringWork, at: Date): Promise<void> {
  const { service, cursors, log, metrics } = parts
  const fields = { role: work.role.name, name: work.entry.name, at: at.toISOString() }
  const standing = await standingTask(parts, work, at)
  if (standing !== null) {
    await noteSkipped(parts, work, at, standing)
    metrics.count('breakroom_recurring_total', { what: 'skipped' })
    log.info({ ...fields, task: standing.label }, 'recurring work was left out; the last time is not over')
    return
  }
  const id = occurrenceId(work, at)
  // Before the task: if this is all that was done, it leads to no task, and nothing is held up by that.
  await cursors.put(lastKey(work), at.getTime())
  try {
    const origin = { id, trace: traceOf(id), cause: null }
    const { task, events } = await service.create(recurringTask(work, at, parts.rooms), origin, system.actor)
    if (events.length === 0) return
    metrics.count('breakroom_recurring_total', { what: 'created' })
    log.info({ ...fields, task: task.label }, 'recurring work was asked for')
  } catch (error) {
    // A full queue has room again: else whoever fills it would keep the house's own work from ever being asked for.
    if (!isBreakroomError(error, 'refused') || error.detail.rule === 'queue-full') throw error
    metrics.count('breakroom_recurring_total', { what: 'refused' })
    log.warn({ ...fields, cause: sentenceOf(error) }, 'recurring work was refused')
  }
}

/** The task of the last occurrence before this one, where it is not over; else null. */
async function standingTask({ book, cursors }: AskingParts, work: RecurringWork, at: Date): Promise<Task | null> {
  const last = await cursors.get(lastKey(work))
  if (last === null || last === at.getTime()) return null
  const task = await book.task(taskKey(occurrenceId(work, new Date(last))))
  return task === null || isOver(task) ? null : task
}

async function noteSkipped(
  { service, log }: AskingParts,
  work: RecurringWork,
  at: Date,
  { key, label, trace }: Task,
): Promise<void> {
  // The same command for all of a day.
  const id = `recurring-skipped:${key}:${at.toISOString().slice(0, 10)}`
  try {
    await service.command(key, { type: 'note', text: skippedNote(work, at) }, system, { id, trace, cause: null })
  } catch (error) {
    if (!isBreakroomError(error, 'refused')) throw error
    log.warn({ task: label, cause: sentenceOf(error) }, 'nothing could be noted on the task')
  }
}
