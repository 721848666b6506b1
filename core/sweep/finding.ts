import type { AgentState, RungKind, StallState } from './states.ts'

/** What a sweep makes of one agent. */
export interface AgentFinding {
  role: string
  /** The worst of what was found. */
  state: AgentState
  /** The task that it is about, or null for the seat itself. */
  task: string | null
  /** Since when, ms since 1970. */
  since: number
  /** For people: what shows it. */
  why: string
  /** What stands still, each to be treated by itself. */
  stalls: readonly Stall[]
}

/** Something that stands still: one agent, one task, one epoch. */
export interface Stall {
  role: string
  /** Null when it is the seat itself. */
  task: string | null
  /** Of the task; of the seat's newest process where there is no task; 0 where there is neither, as of a seat that is dead. */
  epoch: number
  state: StallState
  /** Since when, ms since 1970: what was done about it before that was about another. */
  since: number
  why: string
  /** What it waits to be told, when that may be looked up; then it may be answered. */
  question: string | null
  /** What may be done about it as it stands. */
  can: Readonly<Record<Exclude<RungKind, 'answer'>, boolean>>
  /** The queue that nobody asks for, of a deaf seat. */
  queue: 'inbox' | 'tasks' | null
  /** The highest rung that the task's own record knows of. */
  rungTaken: number
}
