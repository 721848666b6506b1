import { setTimeout as pause } from 'node:timers/promises'
import type { ChatLine } from '../../core/envelope.ts'
import { BreakroomError, isBreakroomError } from '../../core/errors.ts'
import type { InboxEnvelope } from '../../core/handover.ts'
import { backTo } from '../../core/house-line.ts'
import { desk } from '../../core/route.ts'
import type { OrgSubjects } from '../../core/subject.ts'
import type { TaskRequest, TaskVerb } from '../../core/task/request.ts'
import type { TaskPlace } from '../../core/task/task.ts'
import type { BusHealth, Services } from '../../ports/bus.ts'

/**
 * Asks the task service for whoever wrote an item. Resolves with the answer. Rejects with what the service refuses, as `tasksAway`
 * says when it could not be reached (then it may have done it all the same), and with `unavailable` while the bus itself is away.
 */
export type AskTasks = (verb: TaskVerb, args: unknown, item: InboxEnvelope) => Promise<unknown>

/** The task service, asked with much patience or little. */
export interface TaskAsking {
  /** For what everybody behind it in the queue of the desk waits for. */
  soon: AskTasks
  /** One try, for what nobody waits for. */
  once: AskTasks
  /** Whether it did not answer when it was last asked, a moment ago. */
  isAway(): boolean
}

/** Verbs that change nothing. */
const reading: readonly TaskVerb[] = ['list', 'show', 'letters', 'letter']

/** For how long it is asked soon, in ms. */
export interface Patience {
  first: number
  /** Once it is known to be away. */
  further: number
}

/** Whoever stops a role meanwhile has two seconds at most to wait. */
const soonMs: Patience = { first: 800, further: 100 }
const answerWithinMs = 2_500
const againAfterMs = 200
/** While something waits it is asked far more often; later it may well be back. */
const knownForMs = 5_000

export function createTaskAsking(parts: {
  bus: Services & BusHealth
  subjects: OrgSubjects
  monotonic: () => number
  patience?: Patience
}): TaskAsking {
  const { bus, subjects, monotonic, patience = soonMs } = parts
  let missedAt: number | null = null
  const isAway = () => missedAt !== null && monotonic() - missedAt < knownForMs

  return {
    soon: (verb, args, item) => ask(verb, args, item, isAway() ? patience.further : patience.first),
    once: (verb, args, item) => askOnce(verb, requestOf(item, args), answerWithinMs),
    isAway,
  }

  async function ask(verb: TaskVerb, args: unknown, item: InboxEnvelope, patienceMs: number): Promise<unknown> {
    const end = monotonic() + patienceMs
    const request = requestOf(item, args)
    while (true) {
      try {
        return await askOnce(verb, request, Math.max(100, Math.min(answerWithinMs, Math.ceil(end - monotonic()))))
      } catch (error) {
        if (!isTasksAway(error) || monotonic() + againAfterMs >= end) throw error
      }
      await pause(againAfterMs)
    }
  }

  async function askOnce(verb: TaskVerb, request: TaskRequest, timeoutMs: number): Promise<unknown> {
    try {
      const reply = await bus.request(subjects.taskService(verb, desk), request, timeoutMs)
      missedAt = null
      return reply
    } catch (error) {
      const unanswered = isBreakroomError(error, 'unavailable')
      if (unanswered && !bus.connected) throw error
      missedAt = unanswered ? monotonic() : null
      throw unanswered ? tasksAway(!reading.includes(verb), error) : error
    }
  }
}

/** The task service does not answer, or does not yet; `changes` when it may have done what it was asked for. */
export function tasksAway(changes: boolean, cause?: unknown): BreakroomError {
  return new BreakroomError('unavailable', 'The task service does not answer.', {
    cause,
    detail: { part: 'tasks', changes },
  })
}

/** Whether it is what `tasksAway` made. */
export function isTasksAway(error: unknown): error is BreakroomError {
  return isBreakroomError(error, 'unavailable') && error.detail.part === 'tasks'
}

/** The request of one item, the same however often it is made. */
function requestOf(item: InboxEnvelope, args: unknown): TaskRequest {
  const { line, tier } = item.data
  // What is said aside concerns the room that its speaker stands in, and is spoken of there.
  const { aside } = line.data
  return {
    id: item.id,
    trace: item.trace,
    by: { actor: item.authority.requester, tier, name: line.data.speaker },
    place: aside === undefined ? { room: roomOf(item), ...placeOf(backTo(line)) } : { room: asideRoom(aside) },
    args,
  }
}

function roomOf({ room: { name, visibility } }: InboxEnvelope): TaskPlace['room'] {
  return { name, visibility }
}

function asideRoom({ room: name, visibility }: NonNullable<ChatLine['aside']>): TaskPlace['room'] {
  return { name, visibility }
}

function placeOf({ voice, to }: ReturnType<typeof backTo>): Pick<NonNullable<TaskRequest['place']>, 'voice' | 'to'> {
  if (voice === undefined || to === undefined) return {}
  const { network, nick, account } = to
  return { voice, to: { network, nick, account } }
}
