import type { Heartbeat } from '../core/heartbeat.ts'

/** What one seat has in hand: its inbox and its work on tasks go on beside each other and share one heartbeat. */
export interface Activity {
  /** What the heartbeat says of it. */
  readonly now: Pick<Heartbeat, 'on' | 'task' | 'task_epoch'>
  readonly busy: boolean
  /** Notes the line that was taken, by its envelope id, or that it is finished. */
  line(id: string | null): void
  /** Notes the task that was claimed, or that it is out of hand. */
  task(held: { label: string; epoch: number } | null): void
  /** Calls `handler` whenever a task comes or goes, until `signal` aborts. Lines come and go too fast for that. */
  onTask(handler: () => void, signal: AbortSignal): void
}

/** An activity with nothing in hand. */
export function createActivity(): Activity {
  const handlers = new Set<() => void>()
  let line: Pick<Heartbeat, 'on'> = {}
  let task: Pick<Heartbeat, 'task' | 'task_epoch'> = {}
  return {
    get now() {
      return { ...line, ...task }
    },
    get busy() {
      return line.on !== undefined || task.task !== undefined
    },
    line(id) {
      line = id === null ? {} : { on: id }
    },
    task(held) {
      task = held === null ? {} : { task: held.label, task_epoch: held.epoch }
      for (const handler of handlers) handler()
    },
    onTask(handler, signal) {
      handlers.add(handler)
      signal.addEventListener('abort', () => handlers.delete(handler), { once: true })
    },
  }
}
