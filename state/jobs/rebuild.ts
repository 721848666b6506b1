import { isBreakroomError, sentenceOf } from '../../core/errors.ts'
import { fitTask } from '../../core/state/fit-task.ts'
import type { TaskCommit } from '../../core/task/commit.ts'
import { evolve } from '../../core/task/evolve.ts'
import type { Task } from '../../core/task/task.ts'
import type { Ledger } from '../../ports/ledger.ts'
import type { StateFile } from '../../ports/state-file.ts'
import type { PlacedCommit } from '../../ports/store.ts'
import { caughtUp } from './caught-up.ts'
import { createDifferences } from './differences.ts'
import type { JobOutcome, JobProgress } from './jobs.ts'
import { readLedger } from './read-ledger.ts'
import { isSame } from './same.ts'
import { labelIn, nameOf } from './side.ts'

/** Tasks that are held at once: of any other one the file is asked again. */
const mostHeld = 2_000

/** A task as the ledger tells it so far, and what the file has of it. */
interface Held {
  task: Task | null
  kept: Map<number, PlacedCommit>
  /** As it stands in the file. */
  now: Task | null
}

/**
 * Folds the ledger from its beginning and puts right what the file has of it: commits that are missing are kept, where there is room between those
 * around them, and tasks that do not stand as their commits say are. Where the file has another commit under the same version nothing is changed and
 * it is said. Then all is owed to the store behind. What is right already is left alone, so that it can be begun again at any time.
 */
export async function rebuildFile(
  {
    file,
    ledger,
    lag,
    signal,
  }: {
    file: StateFile
    ledger: Pick<Ledger, 'read' | 'lastSeq'>
    lag: () => number | null
    signal: AbortSignal
  },
  progress: JobProgress,
): Promise<JobOutcome> {
  progress.doing('waiting for what is on its way')
  // What is new has its place given by whoever reads it; here only gaps are filled.
  await caughtUp(lag, signal)
  const last = await ledger.lastSeq()
  const differences = createDifferences()
  const tasks = new Map<string, Held>()
  /** Of the commit before, in the order of the ledger. */
  let place = 0
  let [commits, mended] = [0, 0]

  progress.doing('reading the ledger')
  for await (const { seq, commit } of readLedger(ledger, last, signal)) {
    const mendedHere = await look(commit)
    if (mendedHere) mended += 1
    commits += 1
    progress.reach(seq, last)
  }
  await file.pending.startOver()
  const labelOf = (key: string) => labelIn(file.store, key)
  return { ...(await differences.told(labelOf, ['the ledger', nameOf(file.store)])), commits, mended }

  /** Whether something had to be put right. */
  async function look(commit: TaskCommit): Promise<boolean> {
    try {
      const held = await heldOf(commit)
      return held !== null && (await putRight(held, commit))
    } catch (error) {
      if (!isBreakroomError(error, 'unreadable') && !isBreakroomError(error, 'refused')) throw error
      differences.say(`commit ${commit.version} of the task ${commit.key}: ${sentenceOf(error)}`)
      return false
    }
  }

  /** With everything before that commit; null when the file and the ledger do not have the same past. */
  async function heldOf({ key, version }: TaskCommit): Promise<Held | null> {
    const known = tasks.get(key)
    tasks.delete(key)
    const held = known ?? (await readHeld(key, version))
    tasks.set(key, held)
    const oldest = tasks.keys().next()
    if (tasks.size > mostHeld && !oldest.done) tasks.delete(oldest.value)
    return (held.task?.version ?? 0) === version - 1 ? held : null
  }

  async function readHeld(key: string, version: number): Promise<Held> {
    const all = await file.store.commits(key)
    const before = all.filter(({ commit }) => commit.version < version)
    return {
      task: before.reduce<Task | null>((task, { commit }) => evolve(task, commit), null),
      kept: new Map(all.map((placed) => [placed.commit.version, placed])),
      now: await file.store.task(key),
    }
  }

  async function putRight(held: Held, commit: TaskCommit): Promise<boolean> {
    const { key, version } = commit
    const task = evolve(held.task, commit)
    held.task = task
    const known = held.kept.get(version)
    place = known?.place ?? (await placeBehind(place))
    if (known !== undefined && !isSame(known.commit, commit)) {
      differences.ofTask(key, ({ unlike }) => unlike.push(version))
      return false
    }
    const isLater = held.now !== null && held.now.version > version
    const stands = isLater || (held.now?.version === version && isSame(held.now, fitTask(task)))
    if (known !== undefined && stands) return false
    await file.keep({ tasks: [{ task, commits: [{ place, commit }] }] })
    held.now = await file.store.task(key)
    return true
  }

  /** The first place behind that one which nothing has. */
  async function placeBehind(before: number): Promise<number> {
    let free = before + 1
    for await (const { place: taken } of file.store.history(before)) {
      if (taken > free) break
      free = taken + 1
    }
    return free
  }
}
