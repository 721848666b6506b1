import { setTimeout as pause } from 'node:timers/promises'
import { isBreakroomError } from '../../core/errors.ts'
import type { Task } from '../../core/task/task.ts'
import type { TaskService } from './task-service.ts'

/** A task as a seat holds it. */
export interface Held {
  task: Task
  epoch: number
}

/**
 * A signal that aborts when the task is no longer held under its epoch: it was cancelled, given to another role, or handed out again.
 * Looks every `everyMs` until `done` aborts. What is written late is refused in any case; this only spares the work.
 */
export function watchClaim(
  service: TaskService,
  { task, epoch }: Held,
  everyMs: number,
  done: AbortSignal,
): AbortSignal {
  const lost = new AbortController()
  const { label, key, trace } = task
  void look()
  return lost.signal

  async function look(): Promise<void> {
    while (!done.aborted && !lost.signal.aborted) {
      await pause(everyMs, undefined, { signal: done }).catch(() => {})
      if (!done.aborted && !(await isHeld())) lost.abort()
    }
  }

  async function isHeld(): Promise<boolean> {
    try {
      const reply = await service.ask('show', { task: label }, { id: `watch:${key}:${epoch}`, trace }, done)
      return reply.task?.claim?.epoch === epoch
    } catch (error) {
      // Nobody to ask, or an answer that cannot be read, says nothing about the task.
      return !isBreakroomError(error, 'refused')
    }
  }
}
