import type { Task } from '../core/task/task.ts'

/** Where the projection of the ledger is, for whoever waits for it. */
export interface Milestones {
  /** Everything up to here was read. */
  readonly last: number
  reached(seq: number): void
  applied(task: Task): void
  /** Resolves when everything up to `wanted` was read. */
  seq(wanted: number): Promise<void>
  /** Resolves when a task has this version, or after a second. */
  version(key: string, version: number): Promise<void>
}

const patienceMs = 1_000

export function createMilestones(): Milestones {
  let last = 0
  const forSeq = new Set<{ wanted: number; resolve: () => void }>()
  const forVersion = new Map<string, Set<{ wanted: number; resolve: () => void }>>()
  return {
    get last() {
      return last
    },
    reached(seq) {
      last = Math.max(last, seq)
      for (const one of forSeq) {
        if (last < one.wanted) continue
        forSeq.delete(one)
        one.resolve()
      }
    },
    applied({ key, version }) {
      for (const one of forVersion.get(key) ?? []) if (version >= one.wanted) one.resolve()
    },
    seq(wanted) {
      if (last >= wanted) return Promise.resolve()
      return new Promise((resolve) => forSeq.add({ wanted, resolve }))
    },
    version(key, wanted) {
      return new Promise((resolve) => {
        const waiting = forVersion.get(key) ?? new Set()
        forVersion.set(key, waiting)
        const one = { wanted, resolve: settle }
        const timer = setTimeout(settle, patienceMs)
        waiting.add(one)

        function settle(): void {
          clearTimeout(timer)
          waiting.delete(one)
          if (waiting.size === 0) forVersion.delete(key)
          resolve()
        }
      })
    },
  }
}
