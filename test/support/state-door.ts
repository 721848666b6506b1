import { randomUUID } from 'node:crypto'
import { DatabaseSync } from 'node:sqlite'
import { openStateFile } from '../../adapters/sqlite/state/state-file.ts'
import { isBreakroomError } from '../../core/errors.ts'
import type { KeptKnowledge } from '../../core/state/kept-knowledge.ts'
import { type JobStatus, jobStatusSchema, type StateJob } from '../../core/state/request.ts'
import { orgSubjects } from '../../core/subject.ts'
import { evolve } from '../../core/task/evolve.ts'
import type { Task } from '../../core/task/task.ts'
import type { Ledger } from '../../ports/ledger.ts'
import type { StateFile } from '../../ports/state-file.ts'
import type { OwnedStore } from '../../ports/store.ts'
import { type Behind, createBehind } from '../../state/behind.ts'
import { stateEndpoints } from '../../state/door.ts'
import { type NatsServer, startProvisionedNats } from './nats.ts'
import { temporaryFolder, until } from './process.ts'
import { quietLog, quietMetrics } from './quiet.ts'
import { taskChange } from './state.ts'
import type { taskCommit } from './tasks.ts'
import { realClock } from './virtual-clock.ts'

/** The door of the state part of a new fleet: on a bus, with a real ledger and a real file, and stand-ins for the other parts. */
export interface TestStateDoor extends AsyncDisposable {
  readonly nats: NatsServer
  readonly file: StateFile
  readonly ledger: Ledger
  /** Writes the store behind, where there is one. */
  readonly behind: Behind | null
  /** What the knowledge proxy was given. */
  readonly learned: KeptKnowledge[]
  /** How often the task service was asked to write the ledger, and what it does then: appends what is kept and missing. */
  refills: number
  refill: () => Promise<void>
  lag: number | null
  /** What happens while a take-over waits, which takes no time here. */
  whileWaiting: () => Promise<void>
  /** Asks as the command line. */
  ask(verb: string, data?: unknown): Promise<unknown>
  /** Begins a job and resolves with how it ended. */
  finish(job: StateJob): Promise<JobStatus>
  /** Makes tasks `t-<number>` of so many commits in the ledger, and keeps them. */
  work(...tasks: [number: number, version: number, changes?: Partial<Task>][]): Promise<void>
  /** Changes the file behind its back. */
  tamper(sql: string): void
  /** As after a kill: whatever was in memory is gone. */
  again(): Promise<void>
  /** Nobody answers any more. */
  stop(): void
}

export async function testStateDoor({ store = null }: { store?: OwnedStore | null } = {}): Promise<TestStateDoor> {
  await using begun = new AsyncDisposableStack()
  const folder = begun.use(temporaryFolder())
  const nats = begun.use(await startProvisionedNats())
  const path = `${folder.path}/state.sqlite`
  const file = openStateFile({ file: path, clock: realClock, log: quietLog, newId: randomUUID })
  begun.defer(() => file.close())
  const writing = new AbortController()
  const behind =
    store &&
    createBehind({
      file,
      store,
      metricsEveryMs: 0,
      clock: realClock,
      sleep: realClock.sleep,
      random: Math.random,
      log: quietLog,
      metrics: quietMetrics,
      signal: writing.signal,
    })
  begun.defer(async () => {
    writing.abort()
    await behind?.ended
  })
  const ledger = nats.as({ kind: 'tasks' }).ledger('breakroom')
  const subjects = orgSubjects('breakroom')
  const { bus } = nats.as({ kind: 'state' })
  const cli = nats.as({ kind: 'cli' }).bus
  let serving = new AbortController()
  begun.defer(() => serving.abort())

  const door: Omit<TestStateDoor, typeof Symbol.asyncDispose> = {
    nats,
    file,
    ledger,
    behind,
    learned: [],
    refills: 0,
    lag: 0,
    whileWaiting: async () => {},
    async refill() {
      for await (const { commit } of file.store.history(0)) await appendOnce(ledger, commit)
    },
    ask: (verb, data = {}) => cli.request(subjects.stateService(verb, 'cli'), data, 10_000),
    async finish(job) {
      await door.ask('begin', { job })
      return until(
        `the job ${job} ends`,
        async () => {
          const status = jobStatusSchema.parse(await door.ask('job'))
          return !status.running && status
        },
        30_000,
      )
    },
    async work(...tasks) {
      for (const [number, version, task = {}] of tasks) {
        for (const { commit } of taskChange(number, version, { task }).commits) {
          const { seq } = await ledger.append(commit)
          const before = await file.store.task(commit.key)
          await file.keep({ tasks: [{ task: evolve(before, commit), commits: [{ place: seq, commit }] }] })
        }
      }
    },
    tamper(sql) {
      const db = new DatabaseSync(path)
      db.exec(sql)
      db.close()
    },
    again,
    stop: () => serving.abort(),
  }

  async function again(): Promise<void> {
    serving.abort()
    serving = new AbortController()
    const { signal } = serving
    const endpoints = stateEndpoints({
      org: 'breakroom',
      subjects,
      file,
      behind,
      store,
      ledger: nats.as({ kind: 'state' }).ledger('breakroom'),
      refill: async () => {
        door.refills += 1
        await door.refill()
      },
      relearn: async (knowledge) => void door.learned.push(...knowledge),
      lag: () => door.lag,
      troubles: () => [file.trouble()].filter((trouble) => trouble !== null),
      clock: realClock,
      sleep: async () => door.whileWaiting(),
      log: quietLog,
      metrics: quietMetrics,
      signal,
    })
    await bus.serve('state', endpoints, signal)
  }

  await again()
  const all = begun.move()
  return Object.assign(door, { [Symbol.asyncDispose]: () => all.disposeAsync() })
}

/** The task `t-<number>` as its commits make it. */
export function foldedTask(number: number, version: number): Task {
  const task = taskChange(number, version).commits.reduce<Task | null>(
    (state, { commit }) => evolve(state, commit),
    null,
  )
  if (task === null) throw new Error('no commits')
  return task
}

async function appendOnce(ledger: Ledger, commit: ReturnType<typeof taskCommit>): Promise<void> {
  try {
    await ledger.append(commit)
  } catch (error) {
    if (!isBreakroomError(error, 'conflict') || Number(error.detail.version) < commit.version) throw error
  }
}
