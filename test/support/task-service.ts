import { randomUUID } from 'node:crypto'
import { busUserName, busUsers } from '../../adapters/nats/permissions.ts'
import type { PartContext } from '../../adapters/process/part-context.ts'
import { loadFleet } from '../../adapters/yaml/load-fleet.ts'
import { traceOf } from '../../core/envelope.ts'
import { isBreakroomError } from '../../core/errors.ts'
import { type Fleet, fleetSchema } from '../../core/fleet.ts'
import type { Role } from '../../core/role.ts'
import { orgSubjects } from '../../core/subject.ts'
import type { TaskCommit } from '../../core/task/commit.ts'
import {
  type TaskDraft,
  type TaskReply,
  type TaskRequest,
  type TaskVerb,
  taskDraftSchema,
  taskReplySchema,
} from '../../core/task/request.ts'
import type { Task } from '../../core/task/task.ts'
import type { Bus } from '../../ports/bus.ts'
import type { MetricLabels, MetricName } from '../../ports/metrics.ts'
import type { RunningPart } from '../../ports/part.ts'
import { startTasks } from '../../tasks/main.ts'
import { type NatsServer, startProvisionedNats } from './nats.ts'
import { cloneFolder, temporaryFolder, until } from './process.ts'
import { quietLog } from './quiet.ts'
import { houseContext, type TaskHouse } from './task-house.ts'
import { readLedger } from './task-record.ts'

/** Who asks, unless a test says otherwise. */
export const alice = { actor: 'human-alice', tier: 'member', name: 'alice' } as const
export const bob = { actor: 'human-bob', tier: 'member', name: 'bob' } as const
export const founder = { actor: 'human-founder', tier: 'founder', name: 'Founder' } as const
export const publicPlace = { room: { name: 'breakroom', visibility: 'public' } } as const

/** The roles that tests of tasks have. */
export const taskRoles = ['ceo', 'cto', 'cso', 'devops']

/** The checks that they may name. */
const taskChecks: Record<string, string[]> = {
  true: ['true'],
  false: ['false'],
  'npm test': ['sh', '-c', 'echo "12 passed"'],
  broken: ['sh', '-c', 'echo "1 failed"; exit 1'],
  hangs: ['sleep', '600'],
  missing: ['no-such-program'],
  /** Notes that it runs in the file `runs`, and goes on when the file `open-<task>` is there. */
  gate: [
    'sh',
    '-c',
    'echo "$BREAKROOM_TASK" >> runs; until test -e "open-$BREAKROOM_TASK"; do sleep 0.02; done; echo through',
  ],
}

interface Asking {
  by?: TaskRequest['by']
  place?: TaskRequest['place']
  id?: string
  /** How long one try may take. */
  timeoutMs?: number
}

/** A task service on a bus of its own, and the doors to it. */
export interface TestTasks extends AsyncDisposable {
  readonly nats: NatsServer
  readonly context: PartContext
  /** As the context, for services in other processes. */
  readonly house: TaskHouse
  stop(): Promise<void>
  /** Starts it again, in another fleet if one is given. */
  start(changes?: Partial<PartContext>): Promise<void>
  /** Asks through the desk, as alice in #breakroom unless said otherwise; waits while nobody serves. */
  ask(verb: TaskVerb, args: unknown, asking?: Asking): Promise<TaskReply>
  /** The same with any answer. */
  askRaw(verb: string, args: unknown, asking?: Asking): Promise<unknown>
  /** Asks as a role. */
  askAs(role: string, verb: TaskVerb, args: unknown, asking?: Asking): Promise<TaskReply>
  /** Assigns to the cto, with anything else as it is given. */
  assign(draft?: Partial<TaskDraft>, asking?: Asking): Promise<Task>
  /** What `assign` sends. */
  draft(draft?: Partial<TaskDraft>): TaskDraft
  /** A public task. */
  show(label: string): Promise<Task>
  /** Resolves with the task when it has this status. */
  when(label: string, status: Task['status']): Promise<Task>
  /** Everything in the ledger. */
  commits(): Promise<TaskCommit[]>
  /** What the service in this process has counted. */
  counted(name: MetricName, labels?: MetricLabels): number
}

export interface TestTasksOptions {
  roles?: (role: Role) => Role
  rooms?: Record<string, object>
  checkMinutes?: number
  limits?: Partial<Fleet['limits']>
  /** False for a bus without a service. */
  serving?: boolean
}

export async function startTestTasks(options: TestTasksOptions = {}): Promise<TestTasks> {
  await using begun = new AsyncDisposableStack()
  const folder = begun.use(temporaryFolder())
  const nats = begun.use(await startProvisionedNats({ roles: taskRoles }))
  const fleet = fleetSchema.parse({
    rooms: { breakroom: { visibility: 'public' }, ...options.rooms },
    platforms: [{ name: 'own', kind: 'irc', embedded: true, rooms: { breakroom: '#breakroom' } }],
    checks: taskChecks,
  })
  if (options.checkMinutes !== undefined) fleet.limits.check_minutes = options.checkMinutes
  Object.assign(fleet.limits, options.limits)
  const roles = loadFleet(cloneFolder).roles.filter(({ name }) => taskRoles.includes(name))
  const house: TaskHouse = {
    fleet,
    roles: roles.map(options.roles ?? ((role) => role)),
    natsUrl: nats.url,
    seeds: Object.fromEntries(busUsers(taskRoles).map((user) => [busUserName(user), nats.options(user).seed ?? ''])),
    folder: folder.path,
  }
  const counts: { name: MetricName; labels: MetricLabels; by: number }[] = []
  const context = houseContext(house, {
    log: quietLog,
    metrics: { count: (name, labels = {}, by = 1) => void counts.push({ name, labels, by }), gauge() {} },
  })
  const parts = new Set<RunningPart>()
  let own: RunningPart | null = null
  begun.defer(async () => {
    for (const part of parts) await part.stop()
  })
  const subjects = orgSubjects(fleet.org)
  const desk = nats.as({ kind: 'desk' }).bus
  const seats = new Map<string, Bus>()

  async function request(
    bus: Bus,
    subject: string,
    args: unknown,
    { by = alice, place = publicPlace, id = randomUUID(), timeoutMs = 5_000 }: Asking,
  ): Promise<unknown> {
    const data = { id, trace: traceOf(id), by, place, args } satisfies TaskRequest
    const outcome = await until(
      `the task service answers ${subject}`,
      async () => {
        try {
          return { answer: await bus.request(subject, data, timeoutMs) }
        } catch (error) {
          if (isBreakroomError(error, 'unavailable')) throw error
          return { refused: error }
        }
      },
      15_000,
    )
    if ('refused' in outcome) throw outcome.refused
    return outcome.answer
  }

  const tests: Omit<TestTasks, typeof Symbol.asyncDispose> = {
    nats,
    context,
    house,
    async start(changes = {}) {
      own = await startTasks({ ...context, ...changes })
      parts.add(own)
      await own.ready(10_000)
    },
    async stop() {
      await own?.stop()
    },
    askRaw: (verb, args, asking = {}) => request(desk, subjects.taskService(verb, 'breakroom'), args, asking),
    async ask(verb, args, asking) {
      return taskReplySchema.parse(await tests.askRaw(verb, args, asking))
    },
    async askAs(role, verb, args, asking = {}) {
      const bus = seats.get(role) ?? nats.as({ kind: 'role', role }).bus
      seats.set(role, bus)
      const asker = { by: null, place: null, ...asking }
      return taskReplySchema.parse(await request(bus, subjects.taskService(verb, role), args, asker))
    },
    async assign(draft, asking) {
      const { task } = await tests.ask('assign', { draft: tests.draft(draft) }, asking)
      if (task === null) throw new Error('no task came of it')
      return task
    },
    draft: (draft = {}) =>
      taskDraftSchema.parse({
        role: 'cto',
        title: 'Add rate limiting to the gateway',
        acceptance_criteria: ['429 after 100 requests a minute'],
        verification: [{ kind: 'check', check: 'npm test' }],
        ...draft,
      }),
    async show(label) {
      const { task } = await tests.ask('show', { task: label }, { by: founder })
      if (task === null) throw new Error(`${label} is not there`)
      return task
    },
    when: (label, status) =>
      until(`${label} is ${status}`, async () => {
        const task = await tests.show(label)
        if (task.status !== status) throw new Error(`${label} is ${task.status}: ${task.reason}`)
        return task
      }),
    commits: async () => (await readLedger(nats)).map(({ commit }) => commit),
    counted: (name, labels = {}) =>
      counts
        .filter(
          (one) =>
            one.name === name &&
            Object.entries(labels).every(([key, value]) => one.labels[key as keyof MetricLabels] === value),
        )
        .reduce((sum, { by }) => sum + by, 0),
  }
  if (options.serving !== false) await tests.start()
  const all = begun.move()
  return { ...tests, [Symbol.asyncDispose]: () => all.disposeAsync() }
}
