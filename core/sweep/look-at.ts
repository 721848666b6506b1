import type { AgentCapture, FleetCapture } from './capture.ts'
import type { Stall } from './finding.ts'
import type { Thresholds } from './settings.ts'
import type { AgentState } from './states.ts'

/** With what one agent is looked at. */
export interface Look {
  fleet: FleetCapture
  thresholds: Thresholds
  /** Since when a condition has held that is seen to hold now: `first` when it was not seen before. */
  since(key: string, first: number): number
  /** Nothing is done about it yet, and nobody can know it from before: it is worth a look at this moment. */
  again(at: number): void
  /** It cannot be told whether the condition holds: what was known of it goes on. */
  keep(key: string): void
}

/** Something that was seen of an agent, and what is to be treated, if anything is. */
export interface Note {
  state: AgentState
  /** The task that it is about, or null for the seat itself. */
  task: string | null
  since: number
  why: string
  stall: Stall | null
}

export const minuteMs = 60_000

export const nothingCan: Stall['can'] = {
  ask: false,
  ping: false,
  restart: false,
  take_back: false,
  reassign: false,
  escalate: false,
}

/** A note with its stall. `about` is the task, or null for the seat itself. */
export function stalled(
  { role }: Pick<AgentCapture, 'role'>,
  about: { label: string; epoch: number; watched: { epoch: number; rung: number } | null } | null,
  what: Pick<Stall, 'state' | 'since' | 'why'> & Partial<Pick<Stall, 'epoch' | 'question' | 'queue'>>,
  can: Partial<Stall['can']>,
): Note {
  const epoch = what.epoch ?? about?.epoch ?? 0
  const rungTaken = about?.watched?.epoch === epoch ? about.watched.rung : 0
  const stall: Stall = {
    role,
    task: about?.label ?? null,
    epoch,
    state: what.state,
    since: what.since,
    why: what.why,
    question: what.question ?? null,
    queue: what.queue ?? null,
    can: { ...nothingCan, ...can },
    rungTaken,
  }
  return { state: what.state, task: stall.task, since: what.since, why: what.why, stall }
}
