import { setTimeout as pause } from 'node:timers/promises'
import { BreakroomError } from '../core/errors.ts'
import { type JobStatus, jobStatusSchema, type StateJob } from '../core/state/request.ts'
import { type AskState, readAnswer } from './ask-state.ts'
import type { Output } from './output.ts'
import type { Progress } from './progress.ts'

const lookEveryMs = 200

/**
 * Has the state store do a job, or joins one that is under way, and shows how far it is. Resolves with how it ended; when `stop` aborts with how it
 * stands, and the job goes on. Rejects with `unavailable` when it failed or was cut short.
 */
export async function watchJob(
  ask: AskState,
  job: StateJob,
  { output, progress, stop }: { output: Output; progress: Progress; stop: AbortSignal },
): Promise<JobStatus> {
  let doing = ''
  let drawn = 0
  let status = readAnswer(jobStatusSchema, await ask('begin', { job }))
  try {
    while (status.running && !stop.aborted) {
      // Where nobody knows how much there is, no bar says what goes on.
      if (status.doing !== doing && status.total === 0 && !output.json) {
        progress.end()
        output.talk(`${status.doing} ...`)
        doing = status.doing
        drawn = 0
      }
      progress.show(status.done, status.total)
      drawn = status.total || drawn
      await pause(lookEveryMs, undefined, { signal: stop }).catch(() => {})
      const now = readAnswer(jobStatusSchema, await ask('job'))
      if (now.job !== job) {
        throw new BreakroomError('unavailable', 'It was cut short, the state store began anew. Run it again.')
      }
      status = now
    }
    // What was done between two looks, or before the first, is done.
    const all = status.total || drawn
    if (!status.running && status.error === null) progress.show(all, all)
  } finally {
    progress.end()
  }
  if (status.error !== null) throw new BreakroomError('unavailable', status.error)
  return status
}

/** Says that a job goes on without whoever watched it. */
export function goesOn(output: Output, status: object, again: string): void {
  if (output.json) output.result('', status)
  output.talk(`It goes on without you; "${again}" shows it again.`)
}
