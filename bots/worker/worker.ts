import { BreakroomError, isBreakroomError } from '../../core/errors.ts'
import type { OrgSubjects } from '../../core/subject.ts'
import { asDoorbell, type Doorbell } from '../../core/task/doorbell.ts'
import { pendingStep } from '../../core/task/steps.ts'
import type { BrainSession } from '../../ports/brain-session.ts'
import type { BusHealth, Inbox, Publisher, WorkItem } from '../../ports/bus.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Log } from '../../ports/log.ts'
import type { Metrics } from '../../ports/metrics.ts'
import type { StopSwitch } from '../../ports/stop-switch.ts'
import { deadLetter } from '../dead-letter.ts'
import type { Restarts } from '../restarts.ts'
import { type GivenUp, type Outcome, type Turn, takeItems } from '../take-items.ts'
import { cannotReviewLine } from './program-words.ts'
import { sayOfTask } from './say-of-task.ts'
import type { TaskService } from './task-service.ts'

/** What thinks when a doorbell rings. Whatever it does can be done twice. */
export interface TaskBrain extends BrainSession {
  /** There is work for the role. */
  work(doorbell: Doorbell, turn: Turn): Promise<Outcome>
  /** There is something for the role to look at. */
  review(doorbell: Doorbell, turn: Turn): Promise<Outcome>
}

export interface WorkerParts {
  name: string
  bus: Inbox & Publisher & BusHealth
  subjects: OrgSubjects
  stops: StopSwitch
  service: TaskService
  brain: TaskBrain
  /** Left out: nobody tells the seat anything. */
  restarts?: Restarts
  /** How long the bus waits for a sign of work. */
  leaseMs: number
  clock: Clock
  log: Log
  metrics: Metrics
  signal: AbortSignal
}

/**
 * A seat at its doorbell: hears one at a time and does what its brain can. The unacknowledged doorbell is the only lease, kept
 * by a sign of work whatever the brain does. Resolves after `signal` aborts and what was in hand is finished or handed back.
 */
export async function takeTasks(parts: WorkerParts): Promise<void> {
  const { name, brain, service, log } = parts
  await takeItems({ ...parts, queue: 'tasks', serve, giveUp })

  async function serve(turn: Turn): Promise<Outcome> {
    const doorbell = asDoorbell(turn.envelope)
    if (doorbell === null)
      return { giveUp: `It is a ${turn.envelope.type}, which is no doorbell that this seat knows.` }
    return doorbell.type === 'doorbell.work' ? brain.work(doorbell, turn) : brain.review(doorbell, turn)
  }

  /** The letter comes first: reading the doorbell may be what kills us. */
  async function giveUp(item: WorkItem, why: GivenUp, shift: AbortSignal): Promise<void> {
    const letter = { ...parts, from: parts.subjects.tasks(name) }
    await deadLetter(letter, item, why)
    const doorbell = item.envelope instanceof BreakroomError ? null : asDoorbell(item.envelope)
    // The desk for dead letters says it.
    if (doorbell === null) return
    try {
      if (doorbell.type === 'doorbell.work') await giveWorkUp(doorbell, why.reason, shift)
      else await giveReviewUp(doorbell, shift)
    } catch (error) {
      // A role that may do nothing with tasks any more cannot tell the service either.
      if (!isBreakroomError(error, 'refused') && !isBreakroomError(error, 'denied')) throw error
      log.warn({ seat: name, doorbell: doorbell.id, cause: error.message }, 'nobody waited for what was given up')
    }
  }

  /** The service fails the task and says so. */
  async function giveWorkUp({ id, trace, data }: Doorbell, reason: string, shift: AbortSignal): Promise<void> {
    await service.ask('give_up', { doorbell: id, task: data.label, reason }, { id: `give_up:${id}`, trace }, shift)
  }

  /** The submission goes on waiting, for somebody else. */
  async function giveReviewUp(doorbell: Doorbell, shift: AbortSignal): Promise<void> {
    const { id, trace, data } = doorbell
    const { task } = await service.ask('show', { task: data.label }, { id: `show:${id}`, trace }, shift)
    if (task === null || pendingStep(task)?.kind !== 'review') return
    await sayOfTask(parts, task, doorbell, cannotReviewLine(task), shift)
  }
}
