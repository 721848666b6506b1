import type { AgentCapture, FleetCapture, ProcessCapture, TaskCapture } from '../../core/sweep/capture.ts'
import { classifyFleet } from '../../core/sweep/classify.ts'
import type { AgentFinding } from '../../core/sweep/finding.ts'
import type { SessionCapture } from '../../core/sweep/session.ts'
import { type Thresholds, thresholdsSchema } from '../../core/sweep/settings.ts'

/** The moment of every sweep of these tests. */
export const now = Date.parse('2026-11-22T12:00:00Z')
export const minutesAgo = (minutes: number) => now - minutes * 60_000
const isoAgo = (minutes: number) => new Date(minutesAgo(minutes)).toISOString()

export const thresholds = thresholdsSchema.parse({})

/** A session that printed just now; the rest in minutes ago. */
export function session(
  ago: Partial<Record<'started' | 'output' | 'files' | 'cpu' | 'repeating', number | null>> = {},
  more: Partial<SessionCapture> = {},
): SessionCapture {
  const moment = (minutes: number | null | undefined, otherwise: string | null) =>
    minutes === undefined ? otherwise : minutes === null ? null : isoAgo(minutes)
  return {
    started_at: moment(ago.started, isoAgo(200)) ?? isoAgo(200),
    output_at: moment(ago.output, isoAgo(0)),
    files_at: moment(ago.files, null),
    cpu_at: moment(ago.cpu, null),
    repeats: ago.repeating === undefined ? 1 : 3,
    repeats_since: moment(ago.repeating, null),
    asks: null,
    ...more,
  }
}

/** A process that was heard just now. */
export function processAt(more: Partial<ProcessCapture> = {}): ProcessCapture {
  return {
    epoch: 7,
    state: 'ready',
    heardAt: now - 1_000,
    since: minutesAgo(500),
    task: null,
    taskEpoch: null,
    session: null,
    ...more,
  }
}

/** t-1 under epoch 1, held at a doorbell for ten minutes. */
export function task(more: Partial<TaskCapture> = {}): TaskCapture {
  return {
    label: 't-1',
    epoch: 1,
    status: 'working',
    held: { at: minutesAgo(10), lease: true },
    judging: false,
    openedAt: minutesAgo(20),
    aliveAt: minutesAgo(10),
    question: null,
    watched: null,
    escalated: false,
    ...more,
  }
}

export function openTask(minutes: number, more: Partial<TaskCapture> = {}): TaskCapture {
  return task({
    status: 'open',
    epoch: 0,
    held: null,
    openedAt: minutesAgo(minutes),
    aliveAt: minutesAgo(minutes),
    ...more,
  })
}

/** A program that works on t-1 in `process`, when that is named. */
export function agent(more: Partial<AgentCapture> = {}): AgentCapture {
  return {
    role: 'backend',
    seat: 'program',
    stopped: false,
    wip: 10,
    processes: [processAt()],
    inbox: { waiting: 0, inHand: 0, pulled: true },
    tasks: { waiting: 0, inHand: 0, pulled: true },
    work: [],
    ...more,
  }
}

/** At work on the task, with what can be seen of its brain. */
export function worker(its: SessionCapture | null, held: TaskCapture = task()): AgentCapture {
  const process = processAt({ state: 'working', task: held.label, taskEpoch: held.epoch, session: its })
  return agent({ processes: [process], work: [held] })
}

export function fleetOf(agents: readonly AgentCapture[], more: Partial<FleetCapture> = {}): FleetCapture {
  const epochs = new Map(agents.flatMap(({ work }) => work.map(({ label, epoch }) => [label, epoch] as const)))
  return { at: now, listeningSince: minutesAgo(10_000), agents, epochs, ...more }
}

/** What is found of one agent; `seen` is since when, in minutes, conditions were seen before. */
export function found(
  one: AgentCapture,
  seen: Record<string, number> = {},
  more: Partial<FleetCapture> = {},
  patience: Thresholds = thresholds,
): AgentFinding {
  const observed = new Map(Object.entries(seen).map(([key, minutes]) => [key, minutesAgo(minutes)]))
  const [finding] = classifyFleet(fleetOf([one], more), () => patience, observed).agents
  if (finding === undefined) throw new Error('nothing was found')
  return finding
}
