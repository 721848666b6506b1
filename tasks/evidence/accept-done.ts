import type { EvidenceRun } from '../../core/evidence/run.ts'
import type { Evidence, Task } from '../../core/task/task.ts'
import type { Recorder } from './recorder.ts'

/**
 * What the checks of a task came to counts from now on as what is usual: its role's next runs are compared with them. To be called for every
 * task that is done; again changes nothing, nor does it late. Never rejects.
 */
export async function acceptDone(recorder: Pick<Recorder, 'accept'>, task: Task, signal: AbortSignal): Promise<void> {
  if (task.status !== 'done') return
  const last = new Map<string, Evidence>()
  for (const one of task.evidence) {
    if (one.passed && one.run !== undefined && one.epoch === task.result?.epoch) last.set(one.run.check, one)
  }
  for (const evidence of last.values()) {
    const run = runOf(task, evidence)
    if (run !== null) await recorder.accept(run, signal)
  }
}

function runOf({ key, label, role, updated_at }: Task, { run, step, epoch }: Evidence): EvidenceRun | null {
  if (run === undefined) return null
  const { tree = null, commit = null, tests = null, doubts = [] } = run
  const id = `done:${key}:${epoch}:${step}`
  return { ...run, version: 1, id, role, task: label, tree, commit, tests, doubts, at: updated_at }
}
