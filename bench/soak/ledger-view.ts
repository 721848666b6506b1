import { BreakroomError, sentenceOf } from '../../core/errors.ts'
import type { TaskCommit } from '../../core/task/commit.ts'
import { evolve } from '../../core/task/evolve.ts'
import { isOver, type Task } from '../../core/task/task.ts'
import type { TestFleet } from '../../test/support/fleet.ts'

/** The ledger as somebody reads it who trusts nobody else's fold. */
export interface LedgerView {
  readonly tasks: ReadonlyMap<string, Task>
  readonly commits: readonly TaskCommit[]
  /** Entries that cannot be: a version out of turn, a move that is not legal, bytes that are no commit. */
  readonly impossible: readonly string[]
  /** By the title: a task that somebody asked for, not one that follows another. */
  titled(title: string): Task[]
  live(): Task[]
  /** When something was last written, by `performance.now()`. */
  readonly changedAt: number
  /** Everything up to here was read. */
  readonly seq: number
  close(): Promise<void>
}

/** Reads along from the beginning. */
export function viewLedger(fleet: TestFleet): LedgerView {
  const ending = new AbortController()
  const tasks = new Map<string, Task>()
  const commits: TaskCommit[] = []
  const impossible: string[] = []
  const titles = new Map<string, Set<string>>()
  const live = new Set<string>()
  let changedAt = performance.now()
  let seq = 0
  const reading = read()

  async function read(): Promise<void> {
    for await (const entry of fleet.bus().ledger('breakroom').read({ after: 0, signal: ending.signal })) {
      changedAt = performance.now()
      seq = entry.seq
      take(entry.commit, entry.seq)
    }
  }

  function take(commit: TaskCommit | BreakroomError, at: number): void {
    if (commit instanceof BreakroomError) return void impossible.push(`entry ${at}: ${commit.message}`)
    try {
      const task = evolve(tasks.get(commit.key) ?? null, commit)
      tasks.set(task.key, task)
      commits.push(commit)
      if (task.parent === null) titles.set(task.title, (titles.get(task.title) ?? new Set()).add(task.key))
      if (isOver(task)) live.delete(task.key)
      else live.add(task.key)
    } catch (error) {
      impossible.push(`entry ${at}: ${sentenceOf(error)}`)
    }
  }

  const known = (keys: Iterable<string>) => [...keys].flatMap((key) => tasks.get(key) ?? [])
  return {
    tasks,
    commits,
    impossible,
    titled: (title) => known(titles.get(title) ?? []),
    live: () => known(live),
    get changedAt() {
      return changedAt
    },
    get seq() {
      return seq
    },
    async close() {
      ending.abort()
      await reading
    },
  }
}
