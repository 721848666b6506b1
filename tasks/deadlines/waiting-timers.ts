import { isOver, type Task } from '../../core/task/task.ts'
import type { TaskTimer } from '../../core/task/task-timer.ts'
import type { Moment, Moments } from './moments.ts'

/** A timer that has not been rung for. */
export interface WaitingTimer {
  readonly timer: TaskTimer
  readonly moment: Moment
  /** How often ringing for it has failed, and when to try again, on the monotonic clock. */
  failures: number
  notBefore: number
}

/** The timers of the live tasks: what there is to ring for, whatever Redis has. */
export interface WaitingTimers {
  /**
   * Takes in how a task stands, unless that is known, or something newer: `set` are new or have moved, `gone` are not there any more.
   * One that was rung for at this moment of its is never there again. `isNews`: the task has changed just now.
   */
  learn(task: Task, isNews: boolean): { set: WaitingTimer[]; gone: string[] }
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

export function createWaitingTimers(parts: { timersOf: (task: Task) => TaskTimer[]; moments: Moments }): WaitingTimers {
  const { timersOf, moments } = parts
  const byId = new Map<string, WaitingTimer>()
  const byTask = new Map<string, TaskRecord>()

  return {
    learn(task, isNews) {
      const known = byTask.get(task.key)
      if (known !== undefined && known.version >= task.version) return { set: [], gone: [] }
      const timers = isOver(task) ? [] : timersOf(task)
      const rung = known?.rung ?? new Map<string, number>()
      const there = timers.filter(({ id, due }) => rung.get(id) !== due.getTime())
      // Of a task that was not known, its past may have made them.
      const areNew = isNews && (known !== undefined || task.version === 1)
      const set = there.flatMap((timer) => takeIn(timer, areNew) ?? [])
      const ids = new Set(there.map(({ id }) => id))
      const gone = [...(known?.ids ?? [])].filter((id) => !ids.has(id))
      for (const id of gone) drop(id)
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
      for (const id of ids) drop(id)
      return ids
    },
    rang(waiting) {
      const { id, key, due } = waiting.timer
      byTask.get(key)?.rung.set(id, due.getTime())
      if (byId.get(id) === waiting) drop(id)
    },
    get size() {
      return byId.size
    },
  }

  /** The timer as it waits from now on, or null when nothing about it is new. */
  function takeIn(timer: TaskTimer, isNew: boolean): WaitingTimer | null {
    if (byId.get(timer.id)?.timer.due.getTime() === timer.due.getTime()) return null
    const waiting = { timer, moment: moments.of(timer, isNew), failures: 0, notBefore: 0 }
    byId.set(timer.id, waiting)
    return waiting
  }

  function drop(id: string): void {
    byId.delete(id)
    moments.forget(id)
  }
}
