import type { OrgSubjects } from '../core/subject.ts'
import { type Restart, restartSchema } from '../core/sweep/restart.ts'
import type { Signals, WorkQueue } from '../ports/bus.ts'
import type { Metrics } from '../ports/metrics.ts'

/** What a seat is told about itself by whoever looks after it. */
export interface Restarts {
  /** Calls `handler` whenever the seat is to ask for this queue anew, until `signal` aborts. */
  onRestart(queue: WorkQueue, handler: () => void, signal: AbortSignal): void
  /** Calls `handler` when the seat is to let go of this task, which it has under this epoch, until `signal` aborts. */
  onDrop(held: { label: string; epoch: number }, handler: () => void, signal: AbortSignal): void
}

export interface RestartParts {
  bus: Signals
  subjects: OrgSubjects
  metrics: Metrics
  signal: AbortSignal
}

/**
 * Hears what seats are told, for all of them; the result is what one role is told. Whose seat is meant the subject says, which the bus lets
 * nobody use but the sweep. What makes no sense is counted and changes nothing.
 */
export function hearRestarts({ bus, subjects, metrics, signal }: RestartParts): (role: string) => Restarts {
  const heard = new Map<string, Set<(restart: Restart) => void>>()
  bus.listen(subjects.anyRestart, hear, signal)

  return function restartsOf(role) {
    const handlers = new Set<(restart: Restart) => void>()
    heard.set(subjects.restart(role), handlers)
    const on = (handler: (restart: Restart) => void, until: AbortSignal) => {
      if (until.aborted) return
      handlers.add(handler)
      until.addEventListener('abort', () => handlers.delete(handler), { once: true })
    }
    return {
      onRestart(queue, handler, until) {
        on((restart) => restart.queue === queue && handler(), until)
      },
      onDrop({ label, epoch }, handler, until) {
        on(({ drop }) => drop?.task === label && epoch <= drop.epoch && handler(), until)
      },
    }
  }

  function hear(data: unknown, subject: string): void {
    const restart = restartSchema.safeParse(data)
    if (!restart.success) {
      metrics.count('breakroom_ignored_total', { what: 'restart' })
      return
    }
    // A seat may be in another process. And whoever is told begins to listen anew.
    for (const handler of [...(heard.get(subject) ?? [])]) handler(restart.data)
  }
}
