import { BreakroomError, sentenceOf } from '../../core/errors.ts'
import { decide, type TaskCommand } from '../../core/task/decide.ts'
import type { Task } from '../../core/task/task.ts'
import { type Doer, refusal, system, type TaskWorld } from '../../core/task/world.ts'
import type { WorkTree } from '../../ports/work-tree.ts'
import type { TaskService } from '../service.ts'

/** Looks, before a task is done, whether what was checked is what is there. */
export interface Gate {
  /**
   * Why the checks that the current submission passed say nothing about the worker's files any more, for people; null when they do, and
   * where there is no repository. Rejects with `unavailable` when the files cannot be read: then nobody knows.
   */
  hasChanged(task: Task, signal: AbortSignal): Promise<string | null>
}

export interface GateParts {
  workTree: WorkTree
  /** Where a role works. Throws for a role that has no such place. */
  workspace: (role: string) => string
}

export function createGate({ workTree, workspace }: GateParts): Gate {
  return {
    async hasChanged(task, signal) {
      const checked = checkedTrees(task)
      if (checked.size === 0) return null
      const now = await treeNow(task.role, signal)
      for (const [check, tree] of checked) {
        if (tree === now) continue
        const files = now === null ? 'there is no repository any more' : `now they are ${shown(now)}`
        return `the files are not those that \`${check}\` passed on (${shown(tree)}; ${files})`
      }
      return null
    },
  }

  async function treeNow(role: string, signal: AbortSignal): Promise<string | null> {
    try {
      return (await workTree.snapshot(workspace(role), signal))?.tree ?? null
    } catch (cause) {
      const why = `It cannot be seen whether the files of ${role} are still those that were checked: ${sentenceOf(cause)}`
      throw new BreakroomError('unavailable', why, { cause })
    }
  }
}

/** On which files each check of the current submission passed last. */
function checkedTrees({ evidence, result }: Task): Map<string, string> {
  const trees = new Map<string, string>()
  for (const { epoch, passed, run } of evidence) {
    if (passed && run?.tree && epoch === result?.epoch) trees.set(run.check, run.tree)
  }
  return trees
}

function shown(tree: string): string {
  return tree.slice(0, 8)
}

/** A command that may be the yes that makes a task done. */
export interface LastWord {
  task: Task
  command: TaskCommand
  doer: Doer
  origin: Parameters<TaskService['command']>[3]
}

/**
 * To be asked before a yes is given to the service. When that yes would make the task done although its files changed since they were
 * checked, its checks are begun again, and this throws `refused` (rule `changed`). Everything else is left to the command itself: whoever may
 * not say yes is refused there, and moves nothing here.
 */
export async function gateBeforeYes(
  { gate, service, world }: { gate: Gate; service: TaskService; world: TaskWorld },
  { task, command, doer, origin }: LastWord,
  signal: AbortSignal,
): Promise<void> {
  if (task.applied.includes(origin.id) || !completes(task, command, doer, world)) return
  const why = await gate.hasChanged(task, signal)
  if (why === null) return
  await recheck(service, task, why, origin.trace)
  const sentence = `${task.label} is not done: ${why}. Its checks run again; say yes again when they have passed.`
  throw refusal('changed', sentence, { task: task.label })
}

/** Has the checks of a submission run again, from the first. Twice is once. */
export async function recheck(service: TaskService, task: Task, why: string, trace: string): Promise<void> {
  const id = `recheck:${task.key}:${task.version}`
  await service.command(task.key, { type: 'recheck', reason: why }, system, { id, trace, cause: null })
}

function completes(task: Task, command: TaskCommand, doer: Doer, world: TaskWorld): boolean {
  try {
    return decide(task, command, doer, world).some(({ type }) => type === 'completed')
  } catch {
    // The command says why.
    return false
  }
}
