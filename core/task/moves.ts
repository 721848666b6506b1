import type { TaskEvent, TaskEventType } from './commit.ts'
import { isQa } from './steps.ts'
import type { Task, TaskStatus } from './task.ts'

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
  prepared: null,
  sent_back: null,
  doubted: null,
  rechecked: null,
  breached: null,
  escalated: null,
  parked: null,
  reminded: null,
  pinged: null,
  taken_back: null,
  resumed: null,
  answered: null,
  asked: null,
} satisfies Row

/** What the clock and whoever watches may do to a task that is not over: it stays what it is. */
const watched = <S extends TaskStatus>(status: S) => ({
  breached: status,
  escalated: status,
  parked: status,
  reminded: status,
  pinged: status,
  answered: status,
  asked: status,
})

/**
 * Every legal move there is: where an event leads from each status. A new status or event does not compile until it has its row
 * or column here.
 */
export const moves: Record<TaskStatus, Row> = {
  waiting: {
    ...never,
    ...watched('waiting'),
    released: 'waits',
    acknowledged: 'waiting',
    noted: 'waiting',
    reassigned: 'waiting',
    cancelled: 'cancelled',
  },
  open: {
    ...never,
    ...watched('open'),
    resumed: 'working',
    sent_back: 'open',
    acknowledged: 'open',
    claimed: 'claimed',
    noted: 'open',
    failed: 'failed',
    reassigned: 'open',
    cancelled: 'cancelled',
  },
  claimed: {
    ...never,
    ...watched('claimed'),
    prepared: 'open',
    sent_back: 'open',
    taken_back: 'open',
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
    ...watched('working'),
    prepared: 'open',
    sent_back: 'open',
    taken_back: 'open',
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
    ...watched('blocked'),
    prepared: 'open',
    sent_back: 'open',
    taken_back: 'open',
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
    ...watched('verifying'),
    sent_back: 'verifying',
    doubted: 'verifying',
    rechecked: 'verifying',
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

/** Whether an event that its status allows cannot be all the same, for what else a task is: there has to be a way back to go back. */
export function isOutOfPlace(task: Task, event: TaskEvent): boolean {
  switch (event.type) {
    case 'prepared':
      return task.stage !== 'ready-for-prep'
    case 'submitted':
      return task.stage === 'ready-for-prep'
    case 'sent_back': {
      if (event.to === 'ready-for-prep') return task.prep === null || task.status === 'verifying'
      const tester = task.verification.findIndex(isQa)
      return task.status !== 'verifying' || tester === -1 || tester >= task.passed
    }
    case 'resumed':
      return task.suspended === null || task.suspended.epoch !== event.epoch
    case 'reminded':
      return task.escalation?.parked !== true
    default:
      return false
  }
}
