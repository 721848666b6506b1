import { BreakroomError, sentenceOf } from '../../core/errors.ts'
import type { JobStatus, StateJob } from '../../core/state/request.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Log } from '../../ports/log.ts'

/** What a job is called in a sentence. */
const called: Record<StateJob, string> = {
  import: 'An import',
  import_firestore: 'An import from Firestore',
  rebuild: 'A rebuild',
  compare: 'A comparison',
}

/** What a job tells whoever looks after it. */
export interface JobProgress {
  /** For people: `reading Firestore`. What was done counts from 0 again, of nobody knows how much. */
  doing(what: string): void
  reach(done: number, total: number): void
}

/** What a job comes to, beside how far it is. */
export type JobOutcome = Partial<Pick<JobStatus, 'stores' | 'differences' | 'different'>> & Record<string, unknown>
export type JobWork = (progress: JobProgress) => Promise<JobOutcome>

/** Jobs, one at a time. What became of the last one is known until the next begins. */
export interface Jobs {
  /** Begins it; a second one of the same joins the first. Throws `refused` while another one runs. */
  begin(job: StateJob): JobStatus
  /** What the last one did. */
  status(): JobStatus
  /** Throws `refused` while any runs. */
  refuseWhileRunning(): void
}

export function createJobs(work: Record<StateJob, JobWork>, { clock, log }: { clock: Clock; log: Log }): Jobs {
  let status: JobStatus = { ...notBegun, job: null }

  return {
    status: () => status,
    refuseWhileRunning,
    begin(job) {
      if (status.running && status.job === job) return status
      refuseWhileRunning()
      status = { ...notBegun, job, running: true, doing: 'beginning' }
      void run(job)
      return status
    },
  }

  async function run(job: StateJob): Promise<void> {
    const began = clock.monotonic()
    try {
      const outcome = await work[job]({
        doing(what) {
          status = { ...status, doing: what, done: 0, total: 0 }
        },
        reach(done, total) {
          status = { ...status, done, total }
        },
      })
      const took_ms = Math.round(clock.monotonic() - began)
      status = { ...status, ...outcome, running: false, doing: '', took_ms }
      log.info({ job, took_ms }, 'state: a job is done')
    } catch (error) {
      status = { ...status, running: false, doing: '', error: sentenceOf(error) }
      log.warn({ job, cause: sentenceOf(error) }, 'state: a job failed')
    }
  }

  function refuseWhileRunning(): void {
    if (!status.running || status.job === null) return
    const message = `${called[status.job]} is under way; wait until it has ended.`
    throw new BreakroomError('refused', message, { detail: { rule: 'busy', job: status.job } })
  }
}

const notBegun = {
  running: false,
  doing: '',
  done: 0,
  total: 0,
  error: null,
  took_ms: null,
  stores: [],
  differences: [],
  different: 0,
} satisfies Omit<JobStatus, 'job'>
