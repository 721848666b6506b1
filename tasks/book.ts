import { labelNumber } from '../core/task/next.ts'
import { createOpenTasks, type OpenTasks } from '../core/task/open-tasks.ts'
import { isOver, type Task } from '../core/task/task.ts'
import type { TaskStore } from '../ports/task-store.ts'
import { createLabelOrder } from './label-order.ts'
import { createLoad, type Load } from './load.ts'
import { createOwedDoorbells, type OwedDoorbells } from './owed-doorbells.ts'

/** The tasks as they stand now, in memory: what the service decides from. What is over is read from the store. */
export interface Book {
  /** The task, or null. */
  task(key: string): Promise<Task | null>
  /** Of two tasks with one label it is the older one. */
  byLabel(label: string): Promise<Task | null>
  /** Takes a newer version in; false for an older one, which changes nothing. */
  put(task: Task): boolean
  /** The store has this version: what is over need not be remembered any more. */
  stored(task: Task): void
  /** What a role can be given, and all of its tasks that are not over. */
  of(role: string): { open: OpenTasks; live: Iterable<Task> }
  live(): Iterable<Task>
  /** Those whose labels have a higher number, lowest first. */
  liveAfter(number: number): Iterable<Task>
  /** The task, if it is not over; null otherwise. */
  liveTask(key: string): Task | null
  /**
   * Nobody else is offered an open task while it is being claimed, and the next turn is another requester's. What it returns gives it back,
   * if it was not claimed.
   */
  giveOut(task: Task): Disposable
  /** Tasks that somebody holds. */
  heldBy(actor: string): Task[]
  /** The task that is worked on under this doorbell, or null. */
  atDoorbell(doorbell: string): Task | null
  /** Tasks that wait for this one. */
  waitingFor(key: string): Task[]
  /** How much each role has, with what is about to be stored. */
  load: Load
  /** Doorbells that came when a role had no place free. */
  owed: OwedDoorbells
}

/** The book as the store has it. */
export async function openBook(store: TaskStore): Promise<Book> {
  const tasks = new Map<string, Task>()
  const labels = new Map<string, string>()
  const roles = new Map<string, { open: OpenTasks; live: Map<string, Task> }>()
  const holders = new Map<string, Map<string, Task>>()
  const doorbells = new Map<string, Task>()
  const waiting = new Map<string, Set<string>>()
  const load = createLoad()
  const owed = createOwedDoorbells()
  const givenOut = new Map<string, Task>()
  const order = createLabelOrder()

  const claims: { role: string; requester: string; at: string }[] = []
  for await (const task of store.live()) {
    put(task)
    if (task.claim !== null) claims.push({ role: task.role, requester: task.authority.requester, at: task.claim.at })
  }
  // Whose turn it was last, as far as it can be seen by now.
  for (const claim of claims.sort((a, b) => (a.at < b.at ? -1 : 1))) role(claim.role).open.served(claim.requester)
  // Who was turned away before nobody remembers.
  for (const [name, { open }] of roles) owed.add(name, open.size)

  return {
    task: async (key) => tasks.get(key) ?? store.task(key),
    async byLabel(label) {
      const listed = inMemory(label)
      const kept = await store.byLabel(label)
      if (kept === null) return listed
      const newest = tasks.get(kept.key) ?? kept
      return listed === null || isOlder(newest, listed) ? newest : listed
    },
    put,
    stored({ key, version }) {
      const task = tasks.get(key)
      if (task === undefined || task.version !== version || !isOver(task)) return
      tasks.delete(key)
      order.remove(key)
      if (labels.get(task.label) === key) labels.delete(task.label)
    },
    of(name) {
      const { open, live } = role(name)
      return { open, live: live.values() }
    },
    liveTask(key) {
      const task = tasks.get(key)
      return task === undefined || isOver(task) ? null : task
    },
    *live() {
      for (const task of tasks.values()) if (!isOver(task)) yield task
    },
    *liveAfter(number) {
      for (const key of order.after(number)) {
        const task = tasks.get(key)
        if (task !== undefined && !isOver(task)) yield task
      }
    },
    giveOut(task) {
      const { open } = role(task.role)
      open.remove(task)
      const takeBack = open.served(task.authority.requester)
      givenOut.set(task.key, task)
      return {
        [Symbol.dispose]() {
          // Whatever became of it, it was listed anew by then.
          if (givenOut.get(task.key) !== task) return
          givenOut.delete(task.key)
          takeBack()
          open.add(task)
        },
      }
    },
    heldBy: (actor) => [...(holders.get(actor)?.values() ?? [])],
    atDoorbell: (doorbell) => doorbells.get(doorbell) ?? null,
    waitingFor: (key) => [...(waiting.get(key) ?? [])].flatMap((one) => tasks.get(one) ?? []),
    load,
    owed,
  }

  function put(task: Task): boolean {
    const before = tasks.get(task.key)
    if (before !== undefined && before.version >= task.version) return false
    if (before === undefined) order.add(labelNumber(task.label), task.key)
    else unlist(before)
    tasks.set(task.key, task)
    const same = inMemory(task.label)
    if (same === null || same.key === task.key || isOlder(task, same)) labels.set(task.label, task.key)
    if (!isOver(task)) list(task)
    load.put(task)
    const isClaimed = before !== undefined && before.claim === null && task.claim !== null
    if (!givenOut.delete(task.key) && isClaimed) role(before.role).open.served(task.authority.requester)
    return true
  }

  function inMemory(label: string): Task | null {
    const key = labels.get(label)
    return (key === undefined ? undefined : tasks.get(key)) ?? null
  }

  function list(task: Task): void {
    const { open, live } = role(task.role)
    live.set(task.key, task)
    if (task.status === 'open') open.add(task)
    if (task.claim !== null) {
      const held = holders.get(task.claim.by) ?? new Map<string, Task>()
      holders.set(task.claim.by, held.set(task.key, task))
      // What was handed in needs no lease, and its doorbell may have given the next task out since.
      if (task.claim.doorbell !== null && task.status !== 'verifying') doorbells.set(task.claim.doorbell, task)
    }
    for (const { key } of task.waits_for) waiting.set(key, (waiting.get(key) ?? new Set()).add(task.key))
  }

  function unlist(task: Task): void {
    const { open, live } = role(task.role)
    live.delete(task.key)
    if (task.status === 'open') open.remove(task)
    if (task.claim !== null) {
      const held = holders.get(task.claim.by)
      held?.delete(task.key)
      if (held?.size === 0) holders.delete(task.claim.by)
      const { doorbell } = task.claim
      if (doorbell !== null && doorbells.get(doorbell)?.key === task.key) doorbells.delete(doorbell)
    }
    for (const { key } of task.waits_for) {
      const dependents = waiting.get(key)
      dependents?.delete(task.key)
      if (dependents?.size === 0) waiting.delete(key)
    }
  }

  function role(name: string) {
    const found = roles.get(name) ?? { open: createOpenTasks(), live: new Map<string, Task>() }
    roles.set(name, found)
    return found
  }
}

/** Which of two tasks with one label it is: what was lost and is back came before what took its label meanwhile. */
function isOlder(task: Task, than: Task): boolean {
  if (task.created_at !== than.created_at) return task.created_at < than.created_at
  return task.key < than.key
}
