import { isOver, type Task } from '../../core/task/task.ts'
import type { TaskTimer } from '../../core/task/task-timer.ts'
import type { Clock } from '../../ports/clock.ts'

/** A timer that has not been rung for. */
export interface WaitingTimer {
  readonly timer: TaskTimer
  /** Its moment on the monotonic clock: what remained by wall time when it was learned of counts from there, wherever wall time jumps. */
  readonly at: number
  /** How late it was already when it was learned of, in ms. */
  readonly lateBy: number
  /** How often ringing for it has failed, and when to try again, on the monotonic clock. */
  failures: number
  notBefore: number
}

/** The timers of the live tasks: what there is to ring for, whatever Redis has. */
export interface WaitingTimers {
  /**
   * Takes in how a task stands, unless that is known, or something newer: `set` are new or have moved, `gone` are not there any more.
   * One that was rung for at this moment of its is never there again.
   */
  learn(task: Task): { set: WaitingTimer[]; gone: string[] }
  get(id: string): WaitingTimer | undefined
  all(): Iterable<WaitingTimer>
  /** The keys of the tasks that anything is known of. */
  keys(): Iterable<string>
  forget(key: string): string[]
  /** It was rung for. */
  rang(waiting: WaitingTimer): void
  readonly size: number
}

interface TaskRecord {
  version: number
  ids: ReadonlySet<string>
  /** What was rung for, and at which moment of its: a timer that moves afterwards is another one. */
  rung: Map<string, number>
}

export function createWaitingTimers(parts: { timersOf: (task: Task) => TaskTimer[]; clock: Clock }): WaitingTimers {
  const { timersOf, clock } = parts
  const byId = new Map<string, WaitingTimer>()
  const byTask = new Map<string, TaskRecord>()

  return {
    learn(task) {
      const known = byTask.get(task.key)
      if (known !== undefined && known.version >= task.version) return { set: [], gone: [] }
      const timers = isOver(task) ? [] : timersOf(task)
      const rung = known?.rung ?? new Map<string, number>()
      const there = timers.filter(({ id, due }) => rung.get(id) !== due.getTime())
      const set = there.flatMap((timer) => takeIn(timer) ?? [])
      const ids = new Set(there.map(({ id }) => id))
      const gone = [...(known?.ids ?? [])].filter((id) => !ids.has(id))
      for (const id of gone) byId.delete(id)
      if (isOver(task)) byTask.delete(task.key)
      else byTask.set(task.key, { version: task.version, ids, rung })
      return { set, gone }
    },
    get: (id) => byId.get(id),
    all: () => byId.values(),
    keys: () => byTask.keys(),
    forget(key) {
      const ids = [...(byTask.get(key)?.ids ?? [])]
      byTask.delete(key)
      for (const id of ids) byId.delete(id)
      return ids
    },
    rang(waiting) {
      const { id, key, due } = waiting.timer
      byTask.get(key)?.rung.set(id, due.getTime())
      if (byId.get(id) === waiting) byId.delete(id)
    },
    get size() {
      return byId.size
    },
  }

  /** The timer as it waits from now on, or null when nothing about it is new. */
  function takeIn(timer: TaskTimer): WaitingTimer | null {
    const due = timer.due.getTime()
    if (byId.get(timer.id)?.timer.due.getTime() === due) return null
    const remaining = due - clock.now().getTime()
    const at = clock.monotonic() + Math.max(0, remaining)
    const waiting = { timer, at, lateBy: Math.max(0, -remaining), failures: 0, notBefore: at }
    byId.set(timer.id, waiting)
    return waiting
  }
}
