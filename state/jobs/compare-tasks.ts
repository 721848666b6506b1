import { inPairs } from '../../core/in-pairs.ts'
import { fitTask } from '../../core/state/fit-task.ts'
import type { TaskCommit } from '../../core/task/commit.ts'
import { evolve } from '../../core/task/evolve.ts'
import type { Task } from '../../core/task/task.ts'
import type { PlacedCommit, Store } from '../../ports/store.ts'
import type { Differences } from './differences.ts'
import { isSame, markOf } from './same.ts'
import { nothing, type Side } from './side.ts'

/**
 * Commits up to that place of the left, side by side; what came behind it meanwhile is left out on the right, too. `onOurs` hears of each on the
 * left.
 */
export async function compareCommits(
  left: Side,
  right: Side | null,
  upTo: number,
  differences: Differences,
  onOurs: (commit: TaskCommit) => void,
): Promise<void> {
  const theirs = right === null ? nothing<PlacedCommit>() : right.store.history(0)
  for await (const [one, other] of inPairs(until(left.store.history(0), upTo), theirs, ({ place }) => place)) {
    if (one !== null) {
      seen(left, one)
      onOurs(one.commit)
    }
    if (right === null) continue
    if (other !== null && other.place > upTo && (await isKept(left.store, other))) continue
    if (other !== null) seen(right, other)
    if (one !== null && other !== null && isSame(one.commit, other.commit)) continue
    const isOne = one?.commit.key === other?.commit.key && one?.commit.version === other?.commit.version
    if (isOne && one !== null) {
      differences.ofTask(one.commit.key, ({ unlike }) => unlike.push(one.commit.version))
      continue
    }
    if (one !== null) differences.ofTask(one.commit.key, ({ onlyLeft }) => onlyLeft.push(one.commit.version))
    if (other !== null) differences.ofTask(other.commit.key, ({ onlyRight }) => onlyRight.push(other.commit.version))
  }
}

function seen({ digest, newest }: Side, { place, commit }: PlacedCommit): void {
  digest.add({ section: 'commits', place, commit })
  newest.set(commit.key, Math.max(newest.get(commit.key) ?? 0, commit.version))
}

/** Tasks as they stood then; `compareCommits` comes first. */
export async function compareTasks(
  left: Side,
  right: Side | null,
  differences: Differences,
  step: () => void,
): Promise<void> {
  const ours = new Map<string, { version: number; mark: string }>()
  for await (const task of tasksOf(left)) {
    ours.set(task.key, { version: task.version, mark: markOf(task) })
    step()
  }
  if (right === null) return
  for await (const task of tasksOf(right)) {
    const { key, version } = task
    const one = ours.get(key)
    ours.delete(key)
    if (one?.mark === markOf(task)) continue
    differences.ofTask(key, (found) => Object.assign(found, { left: one?.version ?? null, right: version }))
  }
  for (const [key, { version }] of ours) {
    differences.ofTask(key, (found) => Object.assign(found, { left: version, right: null }))
  }
}

/** Whether it came while everything was read. */
async function isKept(store: Store, { commit }: PlacedCommit): Promise<boolean> {
  return (await store.commits(commit.key)).some((kept) => kept.commit.version === commit.version)
}

/** Tasks as they stood after those of their commits that were compared. */
async function* tasksOf({ store, digest, newest }: Side): AsyncGenerator<Task> {
  for await (const task of store.tasks()) {
    const version = newest.get(task.key) ?? 0
    const asOfThen = task.version > version ? await taskAt(store, task, version) : task
    if (asOfThen === null) continue
    digest.addTask(asOfThen)
    yield asOfThen
  }
}

/** Null for one that was not there then. A task whose newest commits are lost stands as it does. */
async function taskAt(store: Store, task: Task, version: number): Promise<Task | null> {
  const commits = await store.commits(task.key)
  if (!commits.some(({ commit }) => commit.version > version)) return task
  const before = commits.filter(({ commit }) => commit.version <= version)
  const then = before.reduce<Task | null>((state, { commit }) => evolve(state, commit), null)
  return then && fitTask(then)
}

async function* until(history: AsyncIterable<PlacedCommit>, upTo: number): AsyncGenerator<PlacedCommit> {
  for await (const placed of history) {
    if (placed.place > upTo) return
    yield placed
  }
}
