import { nextOccurrence } from '../recurring/occurrences.ts'
import { founder } from '../role.ts'
import { timeZone } from '../time-zone.ts'
import type { TaskEvent } from './commit.ts'
import { stepUp } from './escalation.ts'
import { type Deadline, isOver, isSeen, type Task } from './task.ts'
import type { TaskTimer } from './task-timer.ts'
import { spanWords } from './wording.ts'
import type { TaskWorld } from './world.ts'

/** How long the founder has before a task is parked. Minutes. */
const founderPatienceMinutes = 60

/**
 * What is to happen to a task by the clock, from how it stands: its deadlines, the next step up while nobody answers, the reminder of the
 * day once nobody is left to be told. Nothing for a task that is over. An id stands for one occasion: the same moment of the same trouble.
 */
export function timersOf(task: Task, world: TaskWorld): TaskTimer[] {
  if (isOver(task)) return []
  const { key, escalation, breached } = task
  const [seen, done] = [acknowledgeBy(task), completeBy(task)]
  return [
    ...(seen === null || breached.includes('acknowledge')
      ? []
      : [{ id: `${key}.acknowledge.${seen.getTime()}`, key, kind: 'acknowledge', due: seen }]),
    ...(done === null || breached.includes('complete')
      ? []
      : [{ id: `${key}.complete`, key, kind: 'complete', due: done }]),
    ...(escalation === null
      ? []
      : [escalation.parked ? reminder(task, escalation, world) : nextStep(task, escalation, world)]),
  ]
}

/**
 * What the clock does to a task when one of its timers has come: a deadline is breached and one step up is told, the next step up is
 * told, the task is parked, or its people are reminded. Nothing when that timer is not one of its own any more.
 */
export function timeCame(task: Task, timer: string, world: TaskWorld): TaskEvent[] {
  const found = timersOf(task, world).find(({ id }) => id === timer)
  switch (found?.kind) {
    case 'acknowledge':
    case 'complete': {
      const deadline: Deadline = found.kind
      const told = task.escalation === null ? stepUp(task, lateWords(task, deadline), world) : []
      return [{ type: 'breached', deadline, due: found.due.toISOString() }, ...told]
    }
    case 'escalate':
      return stepUp(task, task.escalation?.reason ?? 'it stands still', world)
    case 'remind':
      return [{ type: 'reminded', to: task.escalation?.to ?? founder, due: found.due.toISOString() }]
    default:
      return []
  }
}

/** When it has to be seen: while it is open at a seat that has not said so. */
function acknowledgeBy(task: Task): Date | null {
  const { status, sla, opened_at, created_at } = task
  const seconds = sla.ack_within_seconds
  if (seconds === undefined || status !== 'open' || isSeen(task)) return null
  return new Date(Date.parse(opened_at || created_at) + seconds * 1_000)
}

/** When it has to be done, or null. */
export function completeBy({ sla, created_at }: Pick<Task, 'sla' | 'created_at'>): Date | null {
  const minutes = sla.complete_within_minutes
  return minutes === undefined ? null : new Date(Date.parse(created_at) + minutes * 60_000)
}

type Escalation = NonNullable<Task['escalation']>

function nextStep({ key }: Task, { to, at, rung }: Escalation, { roles }: TaskWorld): TaskTimer {
  const minutes = roles.get(to)?.patienceMinutes ?? founderPatienceMinutes
  const due = new Date(Date.parse(at) + minutes * 60_000)
  return { id: `${key}.escalate.${rung}.${Date.parse(at)}`, key, kind: 'escalate', due }
}

/** Every morning at nine, for all that waits for the same people at the same moment. */
function reminder({ key }: Task, { at, reminded_at }: Escalation, world: TaskWorld): TaskTimer {
  const everyMorning = { kind: 'days', days: 1, zone: timeZone(world.timeZone) } as const
  const due = nextOccurrence(everyMorning, new Date(reminded_at ?? at))
  return { id: `${key}.remind.${due.getTime()}`, key, kind: 'remind', due }
}

function lateWords({ sla, role }: Task, deadline: Deadline): string {
  if (deadline === 'complete') return 'it was to be done by now'
  return `${role} did not acknowledge it within ${spanWords((sla.ack_within_seconds ?? 0) * 1_000)}`
}
