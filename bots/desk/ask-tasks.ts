import { setTimeout as pause } from 'node:timers/promises'
import { isBreakroomError } from '../../core/errors.ts'
import type { InboxEnvelope } from '../../core/handover.ts'
import { backTo } from '../../core/house-line.ts'
import { desk } from '../../core/route.ts'
import type { OrgSubjects } from '../../core/subject.ts'
import type { TaskRequest, TaskVerb } from '../../core/task/request.ts'
import type { BusHealth, Services } from '../../ports/bus.ts'

/**
 * Asks the task service for whoever wrote an item. Resolves with the answer, or with null when the service could not be reached: then
 * it may have done it all the same. Rejects with what the service refuses, and with `unavailable` while the bus itself is away.
 */
export type AskTasks = (verb: TaskVerb, args: unknown, item: InboxEnvelope) => Promise<unknown>

/** Another service takes over within five seconds. */
const patienceMs = 8_000
/** Once it was away for so long, everybody behind in the queue is told soon. */
const shortPatienceMs = 1_000
const answerWithinMs = 2_500
const againAfterMs = 200

export function createAskTasks(parts: {
  bus: Services & BusHealth
  subjects: OrgSubjects
  monotonic: () => number
  patience?: { first: number; further: number }
}): AskTasks {
  const { bus, subjects, monotonic, patience = { first: patienceMs, further: shortPatienceMs } } = parts
  let away = false

  return async function ask(verb, args, item) {
    const end = monotonic() + (away ? patience.further : patience.first)
    const request = requestOf(item, args)
    while (true) {
      try {
        const answerMs = Math.max(100, Math.min(answerWithinMs, Math.ceil(end - monotonic())))
        const reply = await bus.request(subjects.taskService(verb, desk), request, answerMs)
        away = false
        return reply
      } catch (error) {
        if (!isBreakroomError(error, 'unavailable')) away = false
        if (!isBreakroomError(error, 'unavailable') || !bus.connected) throw error
      }
      if (monotonic() + againAfterMs >= end) break
      await pause(againAfterMs)
    }
    away = true
    return null
  }
}

/** The request of one item, the same however often it is made. */
function requestOf(item: InboxEnvelope, args: unknown): TaskRequest {
  const { line, tier } = item.data
  const { name, visibility } = item.room
  return {
    id: item.id,
    trace: item.trace,
    by: { actor: item.authority.requester, tier, name: line.data.speaker },
    place: { room: { name, visibility }, ...placeOf(backTo(line)) },
    args,
  }
}

function placeOf({ voice, to }: ReturnType<typeof backTo>): Pick<NonNullable<TaskRequest['place']>, 'voice' | 'to'> {
  if (voice === undefined || to === undefined) return {}
  const { network, nick, account } = to
  return { voice, to: { network, nick, account } }
}
