import { answersQuestions, founder, type Role, sweeps } from '../../core/role.ts'
import { desk } from '../../core/route.ts'
import type { AgentCapture, FleetCapture, QueueCapture, TaskCapture } from '../../core/sweep/capture.ts'
import type { WatchedTask } from '../../core/task/watched-task.ts'
import type { TaskWorld } from '../../core/task/world.ts'
import type { WorkQueue } from '../../ports/bus.ts'
import type { Clock } from '../../ports/clock.ts'
import type { QueueState, QueueStates } from '../../ports/queue-states.ts'
import type { StopSwitch } from '../../ports/stop-switch.ts'
import type { HeardSeats, Heartbeats } from './heartbeats.ts'
import type { SteadyPast } from './steady-past.ts'
import { within } from './within.ts'

export interface LookParts {
  roles: readonly Role[]
  world: Pick<TaskWorld, 'roles'>
  stops: Pick<StopSwitch, 'stopOf'>
  heartbeats: Heartbeats
  queueStates: QueueStates
  /** All live tasks. */
  watched(): Promise<WatchedTask[]>
  past: SteadyPast
  clock: Clock
}

/** What was seen, and what did not let itself be looked at. */
export interface Seen {
  fleet: FleetCapture
  /** The errors because of which the queues, or the tasks, are not known; null when they are. */
  unknown: { queues: unknown; tasks: unknown }
  /** Queues of seats that ought to be there and are not: `tasks of cto`. */
  missing: string[]
}

/** What does not answer in this time is unknown. */
const answerWithinMs = 2_000

/** Looks at every role and the founder. Never rejects: what cannot be looked at is left unknown, and is no evidence against anybody. */
export async function look(parts: LookParts): Promise<Seen> {
  const { roles, heartbeats, clock } = parts
  const [queues, tasks] = await Promise.all([
    known(within(parts.queueStates.look(), answerWithinMs)),
    known(within(parts.watched(), answerWithinMs)),
  ])
  parts.past.look()
  const heard = heartbeats.capture()
  const at = clock.now().getTime()
  const queue = byQueue(queues.value ?? [])
  const work = byTurn(tasks.value ?? [], parts.past)
  const agents = roles.map((role) => agentOf(parts, role, heard, queue, work))
  return {
    fleet: {
      at,
      listeningSince: heard.listeningSince,
      agents: [...agents, founderOf(work)],
      epochs: tasks.value === null ? null : new Map(tasks.value.map(({ label, epoch }) => [label, epoch])),
    },
    unknown: { queues: queues.error, tasks: tasks.error },
    missing: queues.value === null ? [] : missingQueues(roles, queue),
  }
}

function agentOf(
  { world, stops, past }: LookParts,
  role: Role,
  heard: HeardSeats,
  queues: ReadonlyMap<string, QueueCapture>,
  work: ReadonlyMap<string, readonly TaskCapture[]>,
): AgentCapture {
  const { name } = role
  return {
    role: name,
    seat: seatOf(role, world),
    stopped: stops.stopOf(name) !== null,
    wip: world.roles.get(name)?.wip ?? 1,
    processes: (heard.processes.get(name) ?? []).map((process) =>
      process.session === null ? process : { ...process, session: past.sessionAsOfNow(process.session) },
    ),
    inbox: queues.get(queueKey(name, 'inbox')) ?? null,
    tasks: queues.get(queueKey(name, 'tasks')) ?? null,
    work: work.get(name) ?? [],
  }
}

/** The person at the top has no seat, and is stopped by nobody. */
function founderOf(work: ReadonlyMap<string, readonly TaskCapture[]>): AgentCapture {
  return {
    role: founder,
    seat: 'person',
    stopped: false,
    wip: Number.POSITIVE_INFINITY,
    processes: [],
    inbox: null,
    tasks: null,
    work: work.get(founder) ?? [],
  }
}

function seatOf(role: Role, { roles }: Pick<TaskWorld, 'roles'>): AgentCapture['seat'] {
  const known = roles.get(role.name)
  if (known?.takesTasks !== true || sweeps(role) || answersQuestions(role)) return 'house'
  return known.people ? 'people' : 'program'
}

/** As its watcher may see it, with times as numbers. */
function taskOf(task: WatchedTask, { asOfNow }: SteadyPast): TaskCapture | null {
  const { status, held, watched } = task
  if (status === 'waiting' || status === 'done' || status === 'failed' || status === 'cancelled') return null
  const moment = (time: string) => asOfNow(Date.parse(time))
  return {
    label: task.label,
    epoch: task.epoch,
    status,
    held: held === null ? null : { at: moment(held.at), lease: held.lease },
    judging: task.judging,
    openedAt: moment(task.opened_at),
    aliveAt: moment(task.alive_at),
    question: task.question,
    watched: watched === null ? null : { ...watched, at: moment(watched.at) },
    escalated: task.escalated,
  }
}

function byTurn(tasks: readonly WatchedTask[], past: SteadyPast): Map<string, TaskCapture[]> {
  const work = new Map<string, TaskCapture[]>()
  for (const task of tasks) {
    const captured = taskOf(task, past)
    if (captured === null) continue
    const others = work.get(task.turn)
    if (others === undefined) work.set(task.turn, [captured])
    else others.push(captured)
  }
  return work
}

function byQueue(states: readonly QueueState[]): Map<string, QueueCapture> {
  return new Map(
    states.map(({ role, queue, waiting, inHand, pulled }) => [queueKey(role, queue), { waiting, inHand, pulled }]),
  )
}

function missingQueues(roles: readonly Role[], queues: ReadonlyMap<string, QueueCapture>): string[] {
  const expected = [
    { role: desk, queue: 'inbox' as const },
    ...roles.flatMap(({ name }) => [
      { role: name, queue: 'inbox' as const },
      { role: name, queue: 'tasks' as const },
    ]),
  ]
  return expected.flatMap(({ role, queue }) => (queues.has(queueKey(role, queue)) ? [] : [`${queue} of ${role}`]))
}

function queueKey(role: string, queue: WorkQueue): string {
  return `${queue} ${role}`
}

/** What a promise comes to, or null and why not. */
async function known<T>(asked: Promise<T>): Promise<{ value: T | null; error: unknown }> {
  try {
    return { value: await asked, error: null }
  } catch (error) {
    return { value: null, error }
  }
}
