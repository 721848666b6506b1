import { setTimeout as pause } from 'node:timers/promises'
import { isBreakroomError, sentenceOf } from '../../core/errors.ts'
import { aloneWith, houseLine, subjectOfLine } from '../../core/house-line.ts'
import { eventSubject, type OrgSubjects } from '../../core/subject.ts'
import { doorbellEnvelope } from '../../core/task/doorbell.ts'
import { announcement, type Effect, effectsOf } from '../../core/task/effects.ts'
import { roomLine } from '../../core/task/room-lines.ts'
import type { Task } from '../../core/task/task.ts'
import type { TaskWorld } from '../../core/task/world.ts'
import type { Publisher } from '../../ports/bus.ts'
import type { Log } from '../../ports/log.ts'
import type { Metrics } from '../../ports/metrics.ts'
import type { Applied } from '../../ports/task-store.ts'
import type { Book } from '../book.ts'
import type { TaskService } from '../service.ts'
import { cancelDependents, lookAtDependencies, releaseDependents } from './dependents.ts'
import { dropFollowUp, followUp } from './follow-up.ts'
import type { Reminder } from './remind.ts'
import { ringForFreePlace } from './ring-again.ts'

export interface EffectParts {
  bus: Publisher
  subjects: OrgSubjects
  world: TaskWorld
  book: Book
  service: TaskService
  /** What a task came to counts from now on as what is usual. Safe to repeat. */
  accept: (task: Task) => Promise<void>
  remind: Reminder
  log: Log
  metrics: Metrics
  signal: AbortSignal
}

const againAfterMs = 200

/**
 * Does what a commit asks of the house. What fails is tried again until it is done or `signal` aborts; what was done before a
 * crash and is done again shows once, because every id is made from the commit.
 */
export async function carryOut(parts: EffectParts, applied: Applied): Promise<void> {
  const { commit, task } = applied
  // Begun in order; what is published without waiting is stored in that order.
  const isDone = commit.events.some(({ type }) => type === 'completed')
  await Promise.all([
    ...effectsOf(commit, task, parts.world).map((effect) => insist(parts, () => perform(parts, applied, effect))),
    ...(isDone ? [insist(parts, () => parts.accept(task))] : []),
  ])
}

async function perform(parts: EffectParts, applied: Applied, effect: Effect): Promise<void> {
  const { bus, subjects } = parts
  const { commit, task } = applied
  switch (effect.kind) {
    case 'announce': {
      const { event, index } = effect
      await bus.publish(eventSubject(task.role, 'task', event.type), announcement(commit, task, event, index))
      return
    }
    case 'ring':
      await bus.publish(subjects.tasks(effect.role), doorbellEnvelope(task, effect.bell, commit.at))
      return
    case 'say':
      return say(parts, applied)
    case 'remind':
      return parts.remind(applied)
    case 'free-place':
      return ringForFreePlace(parts, applied, effect.role)
    case 'release-dependents':
      return releaseDependents(parts, applied)
    case 'cancel-dependents':
      return cancelDependents(parts, applied)
    case 'look-at-dependencies':
      return lookAtDependencies(parts, applied)
    case 'follow-up':
      return followUp(parts, applied, effect)
    case 'drop-follow-up':
      return dropFollowUp(parts, applied, effect)
    default:
      return effect satisfies never
  }
}

/** At most one line for all that a commit did. */
async function say({ bus, subjects, world }: EffectParts, { commit, task }: Applied): Promise<void> {
  const text = commit.events
    .map((event) => roomLine(task, event.type, world, commit.by))
    .findLast((line) => line !== null)
  if (text === undefined || text === null) return
  await publishLine({ bus, subjects }, task, `task-line:${task.key}:${commit.version}`, commit.at, text)
}

/** The house says something where a task was asked for. */
export async function publishLine(
  { bus, subjects }: Pick<EffectParts, 'bus' | 'subjects'>,
  task: Task,
  id: string,
  at: string,
  text: string,
): Promise<void> {
  const { room } = task.place
  const more = { ...aloneWith(task.place), task: task.label }
  const line = houseLine({ id, source: 'tasks', at: new Date(at), room, text, more })
  // Found under the code of the line that asked for it.
  await bus.publish(subjectOfLine(subjects, line), { ...line, trace: task.trace })
}

async function insist({ log, metrics, signal }: EffectParts, effect: () => Promise<void>): Promise<void> {
  while (!signal.aborted) {
    try {
      return await effect()
    } catch (error) {
      if (!isBreakroomError(error, 'unavailable') && !isBreakroomError(error, 'conflict')) {
        // It will never go; what comes after it must not wait for that.
        metrics.count('breakroom_undeliverable_total', {})
        log.error({ cause: sentenceOf(error) }, 'an effect of a task cannot be carried out')
        return
      }
      metrics.count('breakroom_retries_total', { what: 'effect' })
      log.warn({ cause: sentenceOf(error) }, 'an effect of a task is tried again')
      await pause(againAfterMs, undefined, { signal }).catch(() => {})
    }
  }
}
