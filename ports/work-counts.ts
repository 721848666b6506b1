import type { WorkQueue } from './bus.ts'

/** Items of one queue that are not done: those that wait and those in hand. */
export interface QueueCount {
  role: string
  queue: WorkQueue
  items: number
}

/** How much waits for whom; not what it is. Both reject with `unavailable` while the bus is away. */
export interface WorkCounts {
  /** Every queue, also the empty ones; and under which sequence, since when the oldest item of all has been there, null when there is none. */
  count(): Promise<{ queues: QueueCount[]; oldest: { seq: number; since: Date } | null }>
  /** The queues that the item under this sequence may be in: what it was is not looked at. */
  whose(seq: number): Promise<Omit<QueueCount, 'items'>[]>
}
