import type { WorkQueue } from './bus.ts'

/** How one queue of a role stands with whoever serves it. */
export interface QueueState {
  role: string
  queue: WorkQueue
  /** Not handed out yet, or handed out to somebody whose lease has ended since. */
  waiting: number
  /** Handed out and not acknowledged, within the lease. */
  inHand: number
  /** Whether somebody asks for more. */
  pulled: boolean
}

/** How the work queues stand. */
export interface QueueStates {
  /** Every queue that is there. One that is missing has lost its consumer. Rejects with `unavailable` while the bus is away. */
  look(): Promise<QueueState[]>
}
