import { randomUUID } from 'node:crypto'
import { createArtifacts } from '../../adapters/disk/artifacts.ts'
import { createWorkTree } from '../../adapters/git/work-tree.ts'
import { createMemoryLedger } from '../../adapters/memory/ledger.ts'
import { createMemoryTaskStorage } from '../../adapters/memory/task-store.ts'
import { createPrograms } from '../../adapters/process/programs.ts'
import { systemClock } from '../../adapters/process/system-clock.ts'
import { evidenceKey } from '../../adapters/servers/evidence-key.ts'
import { loadFleet } from '../../adapters/yaml/load-fleet.ts'
import type { EvidenceRun, SignedRun } from '../../core/evidence/run.ts'
import { fleetSchema } from '../../core/fleet.ts'
import { redact } from '../../core/redact.ts'
import type { TaskCommand } from '../../core/task/decide.ts'
import { type TaskDraft, taskDraftSchema } from '../../core/task/request.ts'
import type { Task } from '../../core/task/task.ts'
import { type Doer, taskWorld } from '../../core/task/world.ts'
import type { KeyedState } from '../../ports/keyed-state.ts'
import type { Log } from '../../ports/log.ts'
import type { Metrics } from '../../ports/metrics.ts'
import type { Stop, StopSwitch } from '../../ports/stop-switch.ts'
import { openBook } from '../../tasks/book.ts'
import { acceptDone } from '../../tasks/evidence/accept-done.ts'
import { createEvidence, type EvidenceMakers } from '../../tasks/evidence/create-evidence.ts'
import { guardedService } from '../../tasks/evidence/guarded-service.ts'
import { createVerifier } from '../../tasks/evidence/verifier.ts'
import { createTaskService } from '../../tasks/service.ts'
import { createGitRepository, type GitRepository } from './git-repository.ts'
import type { NatsServer } from './nats.ts'
import { cloneFolder, temporaryFolder, until } from './process.ts'
import { quietLog, quietMetrics } from './quiet.ts'
import { workspaceIn } from './task-house.ts'

export const worker: Doer = { actor: 'human-bob', tier: 'member', epoch: null }
export const judge: Doer = { actor: 'human-founder', tier: 'founder', epoch: null }

/** Two tests that pass: what the repository of every role begins with. */
export const firstTests = `import test from 'node:test'
import assert from 'node:assert'
test('adds', () => assert.equal(1 + 1, 2))
test('counts', () => assert.equal([1].length, 1))
`

/** The task service's part in evidence, with real programs, repositories and a real bus; the ledger is in memory. */
export interface EvidenceHouse extends AsyncDisposable {
  readonly folder: string
  readonly kept: KeyedState<SignedRun>
  readonly evidence: EvidenceMakers
  readonly publicKey: string
  /** The workspace of a role, with one commit and its tests in it. */
  repository(role: string): GitRepository
  stop(role: string, stop: Stop | null): void
  /** A task of the cto, claimed by `worker`, or by nobody. */
  given(draft: Partial<TaskDraft>, by?: Doer | null): Promise<Task>
  command(task: Task, command: TaskCommand, doer: Doer): Promise<Task>
  submit(task: Task): Promise<Task>
  /** Resolves with the task when `seen` says so of it. */
  when(task: Task, what: string, seen: (task: Task) => boolean): Promise<Task>
  /** What the newest run for the task came to. */
  run(task: Task): NonNullable<Task['evidence'][number]['run']>
}

/** `checks` beside `npm test`, which runs the tests of the repository with Node. */
export async function startEvidenceHouse(
  nats: NatsServer,
  {
    checks = {},
    timeLimitMs = 20_000,
    fails = () => null,
    more = {},
  }: {
    checks?: Record<string, string[]>
    timeLimitMs?: number
    /** Why what is kept can be neither read nor written now. */
    fails?: () => Error | null
    more?: { patienceMs?: number; log?: Log; metrics?: Metrics }
  } = {},
): Promise<EvidenceHouse> {
  const folder = temporaryFolder()
  const ending = new AbortController()
  const fleet = fleetSchema.parse({
    rooms: { breakroom: {} },
    platforms: [{ name: 'own', kind: 'irc', embedded: true, rooms: { breakroom: '#breakroom' } }],
    checks: { 'npm test': [process.execPath, '--test'], ...checks },
  })
  const roles = loadFleet(cloneFolder).roles.filter(({ name }) => ['ceo', 'cto', 'devops'].includes(name))
  const world = taskWorld(roles, fleet)
  const kept = failing(nats.as({ kind: 'tasks' }).keyed<SignedRun>('evidence'), fails)
  const signingKey = evidenceKey(folder.path)
  const hostEnvironment = { PATH: process.env.PATH }
  const stops = createStops()
  const repositories = new Map<string, GitRepository>()
  const shared = {
    programs: createPrograms({ redact, clock: systemClock, hostEnvironment, house: folder.path }),
    checks: fleet.checks,
    workspace: (role: string) => workspaceIn({ folder: folder.path }, role),
    workTree: createWorkTree({ hostEnvironment }),
    artifacts: createArtifacts(),
    signingKey,
    kept,
    timeLimitMs,
    stops,
    world,
    clock: systemClock,
    log: quietLog,
    metrics: quietMetrics,
    signal: ending.signal,
    ...more,
  }
  const evidence = createEvidence(shared)
  const book = await openBook(await createMemoryTaskStorage().open())
  const accepted: Promise<void>[] = []
  let labels = 0
  const service = createTaskService({
    ...shared,
    ledger: createMemoryLedger(),
    book,
    commits: async () => [],
    labels: { next: async () => ++labels, atLeast: async () => {} },
    mustLead() {},
    caughtUp: async () => {},
    readUpTo: () => 0,
    onLedgerLost() {},
    onChange(task) {
      verifier.look(task)
      accepted.push(acceptDone(evidence.recorder, task, shared.signal))
    },
  })
  const verifier = createVerifier({ ...shared, ...evidence, service })
  const guarded = guardedService({ ...shared, ...evidence, service, book })
  const origin = () => ({ id: randomUUID(), trace: 'trace', cause: null })
  const now = async ({ key }: Task) => (await book.task(key)) as Task

  const house: Omit<EvidenceHouse, typeof Symbol.asyncDispose> = {
    folder: folder.path,
    kept,
    evidence,
    publicKey: signingKey.public,
    repository(role) {
      const known = repositories.get(role)
      if (known !== undefined) return known
      const made = createGitRepository(shared.workspace(role))
      made.write('test/first.test.mjs', firstTests)
      made.commit()
      repositories.set(role, made)
      return made
    },
    stop: (role, stop) => stops.set(role, stop),
    async given(draft, by = worker) {
      const { task } = await guarded.create(
        {
          draft: taskDraftSchema.parse({
            role: 'cto',
            title: 'Limit the gateway',
            acceptance_criteria: ['429 after 100'],
            ...draft,
          }),
          place: { room: { name: 'breakroom', visibility: 'public' } },
          authority: { requester: 'human-alice', tier: 'member', name: 'alice', chain: [] },
          dependencies: [],
          parent: null,
        },
        origin(),
        'human-alice',
      )
      return by === null ? task : house.command(task, { type: 'claim', doorbell: null }, by)
    },
    async command({ key }, command, doer) {
      return (await guarded.command(key, command, doer, origin())).task
    },
    submit: (task) => house.command(task, { type: 'submit', result: 'all tests passed' }, worker),
    when: (task, what, seen) =>
      until(`${task.label} ${what}`, async () => {
        const current = await now(task)
        if (!seen(current)) throw new Error(`${current.status}, ${current.passed} passed: ${current.reason}`)
        // What is usual is known before the next task begins.
        await Promise.all(accepted)
        return current
      }),
    run({ evidence: all }) {
      const run = all.findLast((one) => one.run !== undefined)?.run
      if (run === undefined) throw new Error('nothing was run')
      return run
    },
  }
  return {
    ...house,
    async [Symbol.asyncDispose]() {
      ending.abort()
      await Promise.all([verifier.idle(), evidence.runs.idle(), ...accepted])
      folder[Symbol.dispose]()
    },
  }
}

function failing<T>(kept: KeyedState<T>, fails: () => Error | null): KeyedState<T> {
  const first = async () => {
    const error = fails()
    if (error !== null) throw error
  }
  return {
    ...kept,
    get: (key) => first().then(() => kept.get(key)),
    put: (key, value) => first().then(() => kept.put(key, value)),
  }
}

/** A run as somebody might make it up. */
export function madeUpRun(changes: Partial<EvidenceRun>): EvidenceRun {
  return {
    version: 1,
    id: 'made-up',
    check: 'npm test',
    argv: [process.execPath, '--test'],
    role: 'cto',
    task: null,
    tree: null,
    commit: null,
    exit_code: 0,
    ended: null,
    duration_ms: 1,
    tests: { passed: 2, failed: 0, skipped: 0 },
    doubts: [],
    output_tail: 'all good',
    output_sha256: '0'.repeat(64),
    at: '2026-11-22T00:00:00.000Z',
    ...changes,
  }
}

function createStops(): StopSwitch & { set(role: string, stop: Stop | null): void } {
  const stopped = new Map<string, Stop>()
  const handlers = new Set<() => void>()
  return {
    stopOf: (role) => stopped.get(role) ?? null,
    onChange(handler, signal) {
      handlers.add(handler)
      signal.addEventListener('abort', () => handlers.delete(handler))
    },
    set(role, stop) {
      if (stop === null) stopped.delete(role)
      else stopped.set(role, stop)
      for (const handler of handlers) handler()
    },
  }
}
