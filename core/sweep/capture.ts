import type { Heartbeat } from '../heartbeat.ts'
import type { TaskStatus } from '../task/task.ts'
import type { SessionCapture } from './session.ts'

/*
 * What a sweep sees of the fleet at one moment. All moments are milliseconds since 1970, null where nothing is known. What is not known
 * is no evidence against anybody.
 */

/** Everything that is judged together. */
export interface FleetCapture {
  at: number
  /** Since when no heartbeat can have been missed: before that, silence says nothing. */
  listeningSince: number
  agents: readonly AgentCapture[]
  /** The epoch of every task that is not over, by label; null while the task service does not say. */
  epochs: ReadonlyMap<string, number> | null
}

/** One role, or `founder`. */
export interface AgentCapture {
  role: string
  /**
   * Who works there: `program` a brain of the house; `people` people or agents from outside, while a bot keeps the seat; `person` somebody
   * without a seat; `house` a bot that takes no tasks.
   */
  seat: 'program' | 'people' | 'person' | 'house'
  /** Stopped by somebody. */
  stopped: boolean
  /** Tasks that it may have in hand at the same time. */
  wip: number
  /** The processes at its seat that were heard of, the newest first. */
  processes: readonly ProcessCapture[]
  inbox: QueueCapture | null
  tasks: QueueCapture | null
  /** What is its turn, or in its hand, and not over. Empty while nobody says. */
  work: readonly TaskCapture[]
}

/** One process at a seat, as its heartbeats tell. */
export interface ProcessCapture {
  /** Grows with each start. */
  epoch: number
  state: Heartbeat['state']
  heardAt: number
  /** Since when it has been in this state with this task, as far as we heard. */
  since: number
  /** Label and epoch of the task that it says it works on. */
  task: string | null
  taskEpoch: number | null
  session: SessionCapture | null
}

/** One of a role's queues, as its consumer stands. */
export interface QueueCapture {
  /** Not handed out yet. */
  waiting: number
  /** Handed out and not acknowledged. */
  inHand: number
  /** Whether somebody asks for more. */
  pulled: boolean
}

/** A task that is not over, as whoever watches may see it: of a private one nothing of what it says. */
export interface TaskCapture {
  label: string
  epoch: number
  status: Exclude<TaskStatus, 'waiting' | 'done' | 'failed' | 'cancelled'>
  /** Who holds it. `lease`: the seat, at a doorbell; else a person or an agent from outside. */
  held: { at: number; lease: boolean } | null
  /** Whether somebody has to judge it, rather than do it. */
  judging: boolean
  /** Since when it waits for whose turn it is. */
  openedAt: number
  /** The last sign of life of whoever has it. */
  aliveAt: number
  /** What it is stuck on, as its worker said; null when it is not, and when it is private. */
  question: string | null
  /** The last thing whoever watches did about it; `answered` when there was a sign of life since. */
  watched: { epoch: number; rung: number; answered: boolean; at: number } | null
  /** Whether somebody above was told, and decides; then nobody else has to do anything. */
  escalated: boolean
}
