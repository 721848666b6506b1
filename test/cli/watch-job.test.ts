import { PassThrough } from 'node:stream'
import { expect, it } from 'vitest'
import { createOutput } from '../../cli/output.ts'
import { createProgress } from '../../cli/progress.ts'
import { watchJob } from '../../cli/watch-job.ts'
import type { JobStatus } from '../../core/state/request.ts'

const begun = { job: 'compare', running: true, doing: 'beginning', done: 0, total: 0, error: null, took_ms: null }

/** Has a job watched that is found like this, look by look, and gives what was written. */
async function watched(...looks: Partial<JobStatus>[]): Promise<string> {
  const stream = new PassThrough()
  const ask = async (verb: string) => ({ ...begun, ...(verb === 'begin' ? {} : looks.shift()) })
  const progress = createProgress(stream, 'lines', 'commits')
  const stop = new AbortController().signal
  await watchJob(ask, 'compare', { output: createOutput(false, stream, stream), progress, stop }).catch(String)
  return String(stream.read() ?? '')
}

it('draws the bar to its end when the job is done, however far it was when it was last looked at', async () => {
  expect(await watched({ doing: 'reading', done: 1, total: 3 }, { running: false })).toBe(
    'beginning ...\n[######--------------]  33 %  1 of 3 commits\n[####################] 100 %  3 of 3 commits\n',
  )
})

it('leaves the bar where it was when the job failed', async () => {
  const failed = { running: false, error: 'Firestore is away.' }
  expect(await watched({ doing: 'reading', done: 1, total: 3 }, failed)).not.toContain('100 %')
})

it('begins a bar anew for what is done next, and draws none for what nobody can count', async () => {
  const looks = [
    { doing: 'reading', done: 3, total: 3 },
    { doing: 'comparing', done: 0, total: 0 },
    { doing: 'comparing', done: 1, total: 2 },
    { doing: 'looking again', done: 0, total: 0 },
    { running: false },
  ]
  expect((await watched(...looks)).split('\n')).toEqual([
    'beginning ...',
    '[####################] 100 %  3 of 3 commits',
    'comparing ...',
    '[##########----------]  50 %  1 of 2 commits',
    'looking again ...',
    '',
  ])
})
