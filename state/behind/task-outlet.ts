import type { PendingChanges } from '../../ports/state-file.ts'
import type { TaskChange } from '../../ports/store.ts'
import { askFile } from './ask-file.ts'
import type { Outlet, Write } from './outlet.ts'

/** Tasks that are read at once, so that memory does not grow with what is owed. */
const page = 100
/** What one write holds at most; a task with more commits than that goes alone. */
const groupTasks = 20
const groupCommits = 60
const atOnce = 8

/**
 * Tasks go in groups, several at a time, the one that has waited longest first. A task that is on its way is not taken again before it has
 * arrived: its commits arrive in their order.
 */
export function createTaskOutlet(parts: {
  pending: PendingChanges
  keep: (changes: readonly TaskChange[], options: Parameters<Write>[0]) => Promise<void>
}): Outlet {
  const { pending, keep } = parts
  const underway = new Set<string>()
  let read: TaskChange[] = []

  return {
    atOnce,
    async next() {
      if (read.length === 0) {
        const oldest = await askFile(() => pending.tasks(underway.size + page))
        read = oldest.filter(({ task }) => !underway.has(task.key))
      }
      const group = cut(read)
      if (group.length === 0) return null
      read = read.slice(group.length)
      for (const { task } of group) underway.add(task.key)
      return async (options) => {
        try {
          await keep(group, options)
        } finally {
          for (const { task } of group) underway.delete(task.key)
        }
      }
    },
  }
}

/** The first of them that go together. */
function cut(changes: readonly TaskChange[]): TaskChange[] {
  let commits = 0
  const end = changes.slice(0, groupTasks).findIndex((change, index) => {
    commits += change.commits.length
    return index > 0 && commits > groupCommits
  })
  return changes.slice(0, end < 0 ? groupTasks : end)
}
