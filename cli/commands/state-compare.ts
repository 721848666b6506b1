import { comparisonLines } from '../../core/state/state-lines.ts'
import { withState } from '../ask-state.ts'
import { exitCodes } from '../exit-codes.ts'
import type { Output } from '../output.ts'
import type { Progress } from '../progress.ts'
import type { Settings } from '../settings.ts'
import { goesOn, watchJob } from '../watch-job.ts'

/**
 * `breakroom state compare`: whether the same is in the file, in Firestore and in the ledger, and what is not. Exit code 1 when something differs,
 * or nobody waited for the end. Rejects as `withState` does.
 */
export async function stateCompare(
  settings: Settings,
  output: Output,
  progress: Progress,
  stop: AbortSignal,
): Promise<number> {
  const job = await withState(settings, (ask) => watchJob(ask, 'compare', { output, progress, stop }))
  if (job.running) {
    goesOn(output, job, 'breakroom state compare')
    return exitCodes.failure
  }
  output.result(comparisonLines(job).join('\n'), job)
  return job.different > 0 ? exitCodes.failure : exitCodes.ok
}
