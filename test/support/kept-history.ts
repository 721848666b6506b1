import { join } from 'node:path'
import { systemClock } from '../../adapters/process/system-clock.ts'
import { openStateFile } from '../../adapters/sqlite/state/state-file.ts'
import { BreakroomError } from '../../core/errors.ts'
import { historyRequestSchema } from '../../core/state/request.ts'
import { orgSubjects } from '../../core/subject.ts'
import type { TaskCommit } from '../../core/task/commit.ts'
import { evolve } from '../../core/task/evolve.ts'
import type { Task } from '../../core/task/task.ts'
import type { Bus } from '../../ports/bus.ts'
import type { StateFile } from '../../ports/state-file.ts'
import type { PlacedCommit } from '../../ports/store.ts'
import type { NatsServer } from './nats.ts'
import { temporaryFolder } from './process.ts'
import { quietLog } from './quiet.ts'

/** What the task service asks the state part for, from a real state file on the real bus, a few commits at a time. */
export interface KeptHistory extends AsyncDisposable {
  readonly file: StateFile
  /** Keeps commits behind those that are there. */
  keep(commits: readonly TaskCommit[]): Promise<void>
  /** Asks for a refill, as the state part does; throws what it answers. */
  refill(): Promise<unknown>
  /** Places that were asked for. */
  readonly asked: number[]
  /** From this place on it fails, as a part that was killed does; null: it does not. */
  failFrom: number | null
}

const pageSize = 7

export async function serveHistory(nats: NatsServer): Promise<KeptHistory> {
  const folder = temporaryFolder()
  const file = openStateFile({
    file: join(folder.path, 'state.sqlite'),
    clock: systemClock,
    log: quietLog,
    newId: () => 'fleet-of-the-test',
  })
  const subjects = orgSubjects('breakroom')
  const ending = new AbortController()
  const bus: Bus = nats.as({ kind: 'state' }).bus
  const asked: number[] = []
  const handler = async (data: unknown) => {
    const { after } = historyRequestSchema.parse(data)
    asked.push(after)
    if (kept.failFrom !== null && after >= kept.failFrom) throw new BreakroomError('unavailable', 'The file is away.')
    const commits: PlacedCommit[] = []
    for await (const one of file.store.history(after)) {
      if (commits.length === pageSize) return { commits, done: false }
      commits.push(one)
    }
    return { commits, done: true }
  }
  await bus.serve('state', { history: { subject: subjects.stateService('history', 'tasks'), handler } }, ending.signal)
  const kept: Omit<KeptHistory, typeof Symbol.asyncDispose> = {
    file,
    async keep(commits) {
      for (const commit of commits) {
        const its = (await file.store.commits(commit.key)).map((one) => one.commit)
        const task = [...its, commit].reduce<Task | null>(evolve, null) as Task
        const place = (await file.lastPlace()) + 1
        await file.keep({ tasks: [{ task, commits: [{ place, commit }] }] })
      }
    },
    refill: () => bus.request(subjects.taskService('refill', 'state'), {}, 2_000),
    asked,
    failFrom: null,
  }
  return Object.assign(kept, {
    async [Symbol.asyncDispose]() {
      ending.abort()
      await file.close()
      folder[Symbol.dispose]()
    },
  })
}
