import type { TaskEventType } from './commit.ts'
import type { TaskStatus } from './task.ts'

/** `null`: never in this status. `waits`: stays while it waits for other tasks, else goes to `open`. */
type Next = TaskStatus | 'waits' | null
type Row = Record<Exclude<TaskEventType, 'created'>, Next>

const never = {
  released: null,
  acknowledged: null,
  claimed: null,
  started: null,
  noted: null,
  blocked: null,
  submitted: null,
  step_passed: null,
  step_failed: null,
  returned: null,
  completed: null,
  failed: null,
  reassigned: null,
  cancelled: null,
  followed: null,
} satisfies Row

/**
 * Every legal move there is: where an event leads from each status. A new status or event does not compile until it has its row
 * or column here.
 */
export const moves: Record<TaskStatus, Row> = {
  waiting: {
    ...never,
    released: 'waits',
    acknowledged: 'waiting',
    noted: 'waiting',
    reassigned: 'waiting',
    cancelled: 'cancelled',
  },
  open: {
    ...never,
    acknowledged: 'open',
    claimed: 'claimed',
    noted: 'open',
    failed: 'failed',
    reassigned: 'open',
    cancelled: 'cancelled',
  },
  claimed: {
    ...never,
    acknowledged: 'claimed',
    // Again, by whoever the lease went to.
    claimed: 'claimed',
    started: 'working',
    noted: 'claimed',
    blocked: 'blocked',
    submitted: 'verifying',
    returned: 'open',
    failed: 'failed',
    reassigned: 'open',
    cancelled: 'cancelled',
  },
  working: {
    ...never,
    acknowledged: 'working',
    claimed: 'claimed',
    noted: 'working',
    blocked: 'blocked',
    submitted: 'verifying',
    returned: 'open',
    failed: 'failed',
    reassigned: 'open',
    cancelled: 'cancelled',
  },
  blocked: {
    ...never,
    acknowledged: 'blocked',
    claimed: 'claimed',
    started: 'working',
    noted: 'blocked',
    blocked: 'blocked',
    submitted: 'verifying',
    returned: 'open',
    failed: 'failed',
    reassigned: 'open',
    cancelled: 'cancelled',
  },
  verifying: {
    ...never,
    noted: 'verifying',
    step_passed: 'verifying',
    step_failed: 'verifying',
    returned: 'open',
    completed: 'done',
    failed: 'failed',
    reassigned: 'open',
    cancelled: 'cancelled',
  },
  done: { ...never, noted: 'done', followed: 'done' },
  failed: { ...never, noted: 'failed', reassigned: 'open', cancelled: 'cancelled', followed: 'failed' },
  cancelled: { ...never, noted: 'cancelled', followed: 'cancelled' },
}
