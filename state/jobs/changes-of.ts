import { BreakroomError } from '../../core/errors.ts'
import { evolve } from '../../core/task/evolve.ts'
import type { Task } from '../../core/task/task.ts'
import type { PlacedCommit, Store, TaskChange } from '../../ports/store.ts'

/**
 * Commits, oldest first, as changes of their tasks: one for each task, as it stands after the last of them. What came before is taken from
 * `store`, which may have some of them already. Throws `refused` (`detail.rule`: `hole`) for a task whose commits do not follow on what is there.
 */
export async function changesOf(
  store: Pick<Store, 'task' | 'commits'>,
  placed: readonly PlacedCommit[],
): Promise<TaskChange[]> {
  const changes: TaskChange[] = []
  for (const commits of byTask(placed)) {
    const [first] = commits
    if (first === undefined) continue
    const before = await taskBefore(store, first)
    const task = commits.reduce<Task | null>((state, { commit }) => evolve(state, commit), before)
    if (task !== null) changes.push({ task, commits })
  }
  return changes
}

async function taskBefore(
  store: Pick<Store, 'task' | 'commits'>,
  { commit: { key, version } }: PlacedCommit,
): Promise<Task | null> {
  if (version === 1) return null
  const now = await store.task(key)
  if (now?.version === version - 1) return now
  if (now === null || now.version < version) throw hole(now?.label ?? key, version)
  const earlier = (await store.commits(key)).filter(({ commit }) => commit.version < version)
  return earlier.reduce<Task | null>((state, { commit }) => evolve(state, commit), null)
}

function byTask(placed: readonly PlacedCommit[]): Iterable<PlacedCommit[]> {
  const tasks = new Map<string, PlacedCommit[]>()
  for (const one of placed) {
    const commits = tasks.get(one.commit.key)
    if (commits === undefined) tasks.set(one.commit.key, [one])
    else commits.push(one)
  }
  return tasks.values()
}

function hole(label: string, version: number): BreakroomError {
  const message = `Commit ${version} of task ${label} does not follow on what is there.`
  return new BreakroomError('refused', message, { detail: { rule: 'hole', version } })
}
