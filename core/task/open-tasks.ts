import { byAge } from './next.ts'
import { type Priority, priorities, type Task } from './task.ts'

/**
 * What a role can be given, in the order in which it is given out, kept as tasks come and go: by priority; within one priority
 * requesters take turns, whoever was served least recently first; of one requester the older first. Who was never served stands where
 * the oldest of their tasks would.
 */
export interface OpenTasks {
  readonly size: number
  readonly first: Task | undefined
  add(task: Task): void
  remove(task: Task): void
  /** A task of this requester is given out: it is the turn of the others. What it returns takes that back. */
  served(requester: string): () => void
  /** How many of them will be given out before this one if nothing else comes. */
  ahead(task: Task): number
  /** The same order without the tasks that a reader may not know of. */
  among(mayKnow: (task: Task) => boolean): OpenTasks
}

/** Requesters whose turns are remembered although nothing of theirs is open. */
const mostTurns = 1_000

/** What one requester has open of one priority, oldest first; never empty. */
interface Lane {
  requester: string
  tasks: Task[]
}

/** The lanes of one priority, by requester and in the order of their turns. */
interface Line {
  size: number
  lanes: Map<string, Lane>
  turns: Lane[]
}

/** No open tasks. Each that comes, goes or is given out looks only at as many others as the logarithm of their number. */
export function createOpenTasks(): OpenTasks {
  return openTasks(new Map())
}

/** `turns`: when each requester was served last, by a number that grows; the least recent first. */
function openTasks(turns: Map<string, number>): OpenTasks {
  const lines = Object.fromEntries(
    priorities.map((priority) => [priority, { size: 0, lanes: new Map(), turns: [] }]),
  ) as unknown as Record<Priority, Line>
  const mostUrgentFirst = priorities.toReversed().map((priority) => lines[priority])
  let newest = Math.max(0, ...turns.values())

  return {
    get size() {
      return mostUrgentFirst.reduce((sum, { size }) => sum + size, 0)
    },
    get first() {
      return mostUrgentFirst.find(({ size }) => size > 0)?.turns[0]?.tasks[0]
    },
    add(task) {
      const line = lines[task.priority]
      const { requester } = task.authority
      const lane = line.lanes.get(requester) ?? { requester, tasks: [] }
      const at = placeIn(lane.tasks, task, byAge)
      if (at === 0) leave(line, lane)
      lane.tasks.splice(at, 0, task)
      line.size++
      if (at === 0) enter(line, lane)
    },
    remove(task) {
      const line = lines[task.priority]
      const lane = line.lanes.get(task.authority.requester)
      const at = lane === undefined ? 0 : placeIn(lane.tasks, task, byAge)
      if (lane?.tasks[at]?.key !== task.key) return
      if (at === 0) leave(line, lane)
      lane.tasks.splice(at, 1)
      line.size--
      if (at === 0) enter(line, lane)
    },
    served(requester) {
      const before = turns.get(requester)
      const turn = ++newest
      setTurn(requester, turn)
      if (turns.size > mostTurns) forgetOne()
      return () => {
        if (turns.get(requester) === turn) setTurn(requester, before)
      }
    },
    ahead(task) {
      const line = lines[task.priority]
      const moreUrgent = mostUrgentFirst.slice(0, mostUrgentFirst.indexOf(line))
      const { requester } = task.authority
      const tasks = line.lanes.get(requester)?.tasks ?? []
      const round = placeIn(tasks, task, byAge)
      const own = { requester, tasks: tasks.length > 0 ? tasks : [task] }
      const then = turnsAfter(moreUrgent)
      // In each round before its own everybody is served once who still has a task, in its own those whose turn comes earlier.
      const others = line.turns.filter((lane) => lane.requester !== requester)
      const served = others.map((lane) => Math.min(lane.tasks.length, byTurn(lane, own, then) < 0 ? round + 1 : round))
      return [...moreUrgent.map(({ size }) => size), round, ...served].reduce((sum, many) => sum + many, 0)
    },
    among(mayKnow) {
      const known = openTasks(new Map(turns))
      for (const { turns: lanes } of mostUrgentFirst)
        for (const { tasks } of lanes) for (const task of tasks) if (mayKnow(task)) known.add(task)
      return known
    },
  }

  function byTurn(a: Lane, b: Lane, served: ReadonlyMap<string, number> = turns): number {
    const turn = (served.get(a.requester) ?? 0) - (served.get(b.requester) ?? 0)
    return turn || byAge(a.tasks[0] as Task, b.tasks[0] as Task)
  }

  /** The turns when all of these are given out, the most urgent first. */
  function turnsAfter(given: readonly Line[]): ReadonlyMap<string, number> {
    const then = new Map(turns)
    let last = newest
    for (const { turns: lanes } of given) {
      const order = lanes.toSorted((a, b) => byTurn(a, b, then))
      // Who has more is served longer; of those with as many, whose turn comes later is served last.
      for (const { requester } of order.sort((a, b) => a.tasks.length - b.tasks.length)) then.set(requester, ++last)
    }
    return then
  }

  /** Out of the turns, while what its place depends on changes. */
  function leave({ lanes, turns: order }: Line, lane: Lane): void {
    if (lane.tasks.length === 0) return
    lanes.delete(lane.requester)
    order.splice(placeIn(order, lane, byTurn), 1)
  }

  function enter({ lanes, turns: order }: Line, lane: Lane): void {
    if (lane.tasks.length === 0) return
    lanes.set(lane.requester, lane)
    order.splice(placeIn(order, lane, byTurn), 0, lane)
  }

  function setTurn(requester: string, turn: number | undefined): void {
    const own = mostUrgentFirst.flatMap((line) => {
      const lane = line.lanes.get(requester)
      return lane === undefined ? [] : [{ line, lane }]
    })
    for (const { line, lane } of own) leave(line, lane)
    turns.delete(requester)
    if (turn !== undefined) turns.set(requester, turn)
    for (const { line, lane } of own) enter(line, lane)
  }

  function forgetOne(): void {
    for (const requester of turns.keys()) {
      if (mostUrgentFirst.some(({ lanes }) => lanes.has(requester))) continue
      turns.delete(requester)
      return
    }
  }
}

/** Where an item stands in a sorted list, or would. */
function placeIn<T>(list: readonly T[], item: T, compare: (a: T, b: T) => number): number {
  let from = 0
  let to = list.length
  while (from < to) {
    const middle = (from + to) >> 1
    if (compare(list[middle] as T, item) < 0) from = middle + 1
    else to = middle
  }
  return from
}
