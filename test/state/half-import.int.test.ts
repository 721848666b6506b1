import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { partReportSchema } from '../../core/part-report.ts'
import type { StateEntry } from '../../core/state/entry.ts'
import { jobStatusSchema, stateReportSchema } from '../../core/state/request.ts'
import { createStateDigest } from '../../core/state/state-digest.ts'
import { orgSubjects } from '../../core/subject.ts'
import type { Bus } from '../../ports/bus.ts'
import type { RunningPart } from '../../ports/part.ts'
import { startState } from '../../state/main.ts'
import { until } from '../support/process.ts'
import { taskChange } from '../support/state.ts'
import { startTestTasks, type TestTasks } from '../support/task-service.ts'

const subjects = orgSubjects('breakroom')
let tasks: TestTasks
let state: RunningPart
let cli: Bus

beforeEach(async () => {
  tasks = await startTestTasks()
  cli = tasks.nats.as({ kind: 'cli' }).bus
  state = await start()
})
afterEach(async () => {
  await state.stop()
  await tasks[Symbol.asyncDispose]()
})

async function start(): Promise<RunningPart> {
  const part = await startState({ ...tasks.context, stateFolder: join(tasks.house.folder, 'state') })
  await part.ready(10_000)
  return part
}

/** Asks the state store as the command line, which tries again while nobody answers. */
function ask(verb: string, data: object = {}): Promise<unknown> {
  return until(`the state store answers ${verb}`, () => cli.request(subjects.stateService(verb, 'cli'), data, 5_000))
}

/** A task that was given up: nobody is to work on it, but after two of its commits somebody would. */
const entries: StateEntry[] = taskChange(1, 3, {
  commit: (version) => (version === 3 ? { events: [{ type: 'cancelled', reason: 'no need' }] } : {}),
}).commits.map((placed) => ({ section: 'commits', ...placed }))

it('a kill in the middle of an import sets nobody to work on half of it; the same import goes on with it', async () => {
  const digest = createStateDigest()
  for (const entry of entries) digest.add(entry)
  const { counts, sha256 } = digest.result()
  const announcement = { org: 'breakroom', counts, sha256 }
  await until('the ledger was read', async () => stateReportSchema.parse(await ask('status')).ledger_lag === 0)
  await ask('import_begin', announcement)
  await ask('import', { entries: entries.slice(0, 2) })
  await state.stop()
  state = await start()
  const status = () => cli.request(subjects.service('tasks', 'status'), {}, 2_000)
  await until('it is said why', async () =>
    partReportSchema.parse(await status()).troubles.some((trouble) => trouble.includes('import is half done')),
  )
  expect(await tasks.commits()).toEqual([])

  await ask('import_begin', announcement)
  await ask('import', { entries })
  await ask('begin', { job: 'import' })
  const ended = await until('the import ends', async () => {
    const job = jobStatusSchema.parse(await ask('job'))
    return !job.running && job
  })
  expect(ended).toMatchObject({ job: 'import', error: null })
  expect(await tasks.commits()).toHaveLength(3)
  expect((await tasks.show('t-1')).status).toBe('cancelled')
}, 60_000)
