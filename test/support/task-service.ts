import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import type { PartContext } from '../../adapters/process/part-context.ts'
import { systemClock } from '../../adapters/process/system-clock.ts'
import { loadFleet } from '../../adapters/yaml/load-fleet.ts'
import { traceOf } from '../../core/envelope.ts'
import { isBreakroomError } from '../../core/errors.ts'
import { fleetSchema } from '../../core/fleet.ts'
import type { Role } from '../../core/role.ts'
import { orgSubjects } from '../../core/subject.ts'
import { asCommit, type TaskCommit } from '../../core/task/commit.ts'
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
import type { RunningPart } from '../../ports/part.ts'
import { startTasks } from '../../tasks/main.ts'
import { type NatsServer, startProvisionedNats } from './nats.ts'
import { cloneFolder, temporaryFolder, until } from './process.ts'
import { quietLog, quietMetrics } from './quiet.ts'

/** Who asks, unless a test says otherwise. */
export const alice = { actor: 'human-alice', tier: 'member', name: 'alice' } as const
export const bob = { actor: 'human-bob', tier: 'member', name: 'bob' } as const
export const founder = { actor: 'human-founder', tier: 'founder', name: 'Founder' } as const
const publicPlace = { room: { name: 'breakroom', visibility: 'public' } } as const

/** The roles that tests of tasks have. */
export const taskRoles = ['ceo', 'cto', 'cso', 'devops']

/** The checks that they may name. */
export const taskChecks: Record<string, string[]> = {
  true: ['true'],
  false: ['false'],
  'npm test': ['sh', '-c', 'echo "12 passed"'],
  broken: ['sh', '-c', 'echo "1 failed"; exit 1'],
  hangs: ['sleep', '600'],
  missing: ['no-such-program'],
}

export interface Asking {
  by?: TaskRequest['by']
  place?: TaskRequest['place']
  id?: string
}

/** A task service on a bus of its own, and the doors to it. */
export interface TestTasks extends AsyncDisposable {
  readonly nats: NatsServer
  readonly context: PartContext
  /** Starts another process's worth of the same service. */
  another(): Promise<RunningPart>
  stop(): Promise<void>
  start(): Promise<void>
  /** Asks through the desk, as alice in #breakroom unless said otherwise; waits while nobody serves. */
  ask(verb: TaskVerb, args: unknown, asking?: Asking): Promise<TaskReply>
  /** The same with any answer. */
  askRaw(verb: string, args: unknown, asking?: Asking): Promise<unknown>
  /** Asks as a role. */
  askAs(role: string, verb: TaskVerb, args: unknown, id?: string): Promise<TaskReply>
  /** Assigns to the cto, with anything else as it is given. */
  assign(draft?: Partial<TaskDraft>, asking?: Asking): Promise<Task>
  show(label: string): Promise<Task>
  /** Resolves with the task when it has this status. */
  when(label: string, status: Task['status']): Promise<Task>
  /** Everything in the ledger. */
  commits(): Promise<TaskCommit[]>
}

export async function startTestTasks(
  options: {
    roles?: (role: Role) => Role
    rooms?: Record<string, object>
    taskLeaseMs?: number
    checkMinutes?: number
  } = {},
): Promise<TestTasks> {
  await using begun = new AsyncDisposableStack()
  const folder = begun.use(temporaryFolder())
  const nats = begun.use(await startProvisionedNats({ roles: taskRoles }))
  const fleet = fleetSchema.parse({
    rooms: { breakroom: { visibility: 'public' }, ...options.rooms },
    platforms: [{ name: 'own', kind: 'irc', embedded: true, rooms: { breakroom: '#breakroom' } }],
    checks: taskChecks,
  })
  if (options.checkMinutes !== undefined) fleet.limits.check_minutes = options.checkMinutes
  const roles = loadFleet(cloneFolder).roles.filter(({ name }) => taskRoles.includes(name))
  const context: PartContext = {
    fleet,
    roles: roles.map(options.roles ?? ((role) => role)),
    natsUrl: nats.url,
    redisUrl: null,
    embeddedIrc: { host: '127.0.0.1', port: 0 },
    seed: (user) =>
      nats.options(user.startsWith('role-') ? { kind: 'role', role: user.slice(5) } : { kind: user as 'tasks' }).seed,
    ircAccount: () => null,
    secret: () => undefined,
    stampKey: 'a key for tests',
    spoolFolder: join(folder.path, 'spool'),
    taskFolder: join(folder.path, 'tasks'),
    workspace: () => folder.path,
    programEnvironment: { PATH: process.env.PATH ?? '/usr/bin:/bin' },
    verifyLogin: async () => null,
    clock: systemClock,
    random: Math.random,
    newId: randomUUID,
    log: process.env.DEBUG_TASKS ? { info: console.error, warn: console.error, error: console.error } : quietLog,
    metrics: quietMetrics,
  }
  const parts = new Set<RunningPart>()
  let own: RunningPart | null = null
  begun.defer(async () => {
    for (const part of parts) await part.stop()
  })
  const subjects = orgSubjects(fleet.org)
  const desk = nats.as({ kind: 'desk' }).bus
  const seats = new Map<string, Bus>()

  async function another(): Promise<RunningPart> {
    const part = await startTasks(context)
    parts.add(part)
    await part.ready(10_000)
    return part
  }

  async function request(bus: Bus, subject: string, data: TaskRequest): Promise<unknown> {
    return until(`the task service answers ${subject}`, async () => {
      try {
        return { answer: await bus.request(subject, data, 5_000) }
      } catch (error) {
        if (isBreakroomError(error, 'unavailable')) throw error
        return { refused: error }
      }
    }).then((outcome) => {
      if ('refused' in outcome) throw outcome.refused
      return outcome.answer
    })
  }

  const tests: Omit<TestTasks, typeof Symbol.asyncDispose> = {
    nats,
    context,
    another,
    async start() {
      own = await another()
    },
    async stop() {
      await own?.stop()
    },
    askRaw(verb, args, { by = alice, place = publicPlace, id = randomUUID() } = {}) {
      return request(desk, subjects.taskService(verb, 'breakroom'), { id, trace: traceOf(id), by, place, args })
    },
    async ask(verb, args, asking) {
      return taskReplySchema.parse(await tests.askRaw(verb, args, asking))
    },
    async askAs(role, verb, args, id = randomUUID()) {
      const bus = seats.get(role) ?? nats.as({ kind: 'role', role }).bus
      seats.set(role, bus)
      const data = { id, trace: traceOf(id), by: null, place: null, args }
      return taskReplySchema.parse(await request(bus, subjects.taskService(verb, role), data))
    },
    async assign(draft = {}, asking) {
      const whole = taskDraftSchema.parse({
        role: 'cto',
        title: 'Add rate limiting to the gateway',
        acceptance_criteria: ['429 after 100 requests a minute'],
        verification: [{ kind: 'check', check: 'npm test' }],
        ...draft,
      })
      const { task } = await tests.ask('assign', { draft: whole }, asking)
      if (task === null) throw new Error('no task came of it')
      return task
    },
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
    async commits() {
      const ledger = nats.as({ kind: 'tasks' }).ledger(fleet.org)
      const [last, found, stop] = [await ledger.lastSeq(), [] as TaskCommit[], new AbortController()]
      if (last === 0) return found
      for await (const { seq, commit } of ledger.read({ after: 0, signal: stop.signal })) {
        if (!(commit instanceof Error)) found.push(commit)
        if (seq >= last) stop.abort()
      }
      return found
    },
  }
  await tests.start()
  const all = begun.move()
  return { ...tests, [Symbol.asyncDispose]: () => all.disposeAsync() }
}
