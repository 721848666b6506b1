import { BreakroomError } from '../../core/errors.ts'
import type { TaskCommit } from '../../core/task/commit.ts'
import { isOver, type Task, type TaskStatus } from '../../core/task/task.ts'
import type { TaskStorage, TaskStore } from '../../ports/task-store.ts'

/** Task stores inside this process: what one kept is there when it is opened again, until the process ends. */
export function createMemoryTaskStorage(): TaskStorage {
  let kept = nothing()
  return {
    open: async () => openStore(kept),
    async openFresh() {
      const fresh = nothing()
      return {
        store: openStore(fresh),
        async adopt() {
          kept = fresh
        },
        async discard() {},
      }
    },
  }
}

interface Kept {
  /** As they first came. */
  tasks: Map<string, Task>
  /** As they first came: the order of the ledger. */
  commits: { seq: number; commit: TaskCommit }[]
  /** By key and version, the same objects. */
  byTask: Map<string, Map<number, { seq: number; commit: TaskCommit }>>
}

function nothing(): Kept {
  return { tasks: new Map(), commits: [], byTask: new Map() }
}

function openStore({ tasks, commits, byTask }: Kept): TaskStore {
  let closed = false

  function use(): void {
    if (closed) throw new BreakroomError('closed', 'The task store was closed.')
  }

  function keepCommit(seq: number, commit: TaskCommit): void {
    const versions = byTask.get(commit.key) ?? new Map<number, { seq: number; commit: TaskCommit }>()
    byTask.set(commit.key, versions)
    const before = versions.get(commit.version)
    if (before !== undefined) {
      before.seq = seq
      return
    }
    const entry = { seq, commit }
    versions.set(commit.version, entry)
    commits.push(entry)
  }

  return {
    async save(applied) {
      use()
      // All are read before any is kept, so that what fails leaves nothing behind.
      const whole = applied.map(({ seq, commit, task }) => ({ seq, commit, task }))
      for (const { seq, commit, task } of whole) {
        keepCommit(seq, commit)
        if (task.version >= (tasks.get(task.key)?.version ?? 0)) tasks.set(task.key, task)
      }
    },
    async task(key) {
      use()
      return tasks.get(key) ?? null
    },
    async byLabel(label) {
      use()
      const same = [...tasks.values()].filter((task) => task.label === label)
      return same.sort((a, b) => (age(a) < age(b) ? -1 : 1))[0] ?? null
    },
    async *live() {
      use()
      for (const key of tasks.keys()) {
        const task = tasks.get(key)
        if (task !== undefined && !isOver(task)) yield task
        use()
      }
    },
    async list({ role, statuses, limit }) {
      use()
      return [...tasks.values()]
        .filter((task) => (role ?? task.role) === task.role && (statuses ?? [task.status]).includes(task.status))
        .toReversed()
        .slice(0, Math.max(0, limit))
    },
    async commits(key) {
      use()
      const versions = [...(byTask.get(key)?.values() ?? [])]
      return versions.map(({ commit }) => commit).toSorted((a, b) => a.version - b.version)
    },
    async *history() {
      use()
      for (const { seq, commit } of commits) {
        yield { seq, commit }
        use()
      }
    },
    async lastSeq() {
      use()
      return commits.reduce((last, { seq }) => Math.max(last, seq), 0)
    },
    async commitAt(seq) {
      use()
      return commits.findLast((entry) => entry.seq === seq)?.commit ?? null
    },
    async highestLabel() {
      use()
      return [...tasks.values()].reduce((highest, { label }) => Math.max(highest, Number(label.slice(2))), 0)
    },
    async counts() {
      use()
      const live = [...tasks.values()].filter((task) => !isOver(task))
      return [...Map.groupBy(live, ({ role }) => role)].flatMap(([role, ofRole]) =>
        [...Map.groupBy(ofRole, ({ status }) => status)].map(
          ([status, { length }]): { role: string; status: TaskStatus; count: number } => ({
            role,
            status,
            count: length,
          }),
        ),
      )
    },
    async close() {
      closed = true
    },
  }
}

/** What orders tasks by when they were created. */
function age({ created_at, key }: Task): string {
  return `${created_at} ${key}`
}
