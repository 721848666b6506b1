import { BreakroomError } from '../../core/errors.ts'
import type { OrgSubjects } from '../../core/subject.ts'
import {
  type TaskArguments,
  type TaskReply,
  type TaskRequest,
  type TaskVerb,
  taskReplySchema,
} from '../../core/task/request.ts'
import type { Task } from '../../core/task/task.ts'
import type { Services } from '../../ports/bus.ts'
import type { Metrics } from '../../ports/metrics.ts'
import { insist } from '../insist.ts'

/** What is answered with one task, or with why there is none. */
type AskedVerb = Exclude<TaskVerb, 'list' | 'why'>

/** What makes a seat ask. */
interface Cause {
  /** Made from the doorbell: the same id is the same command, however often it is asked. */
  id: string
  trace: string
}

/** The task service, as one role asks it. */
export interface TaskService {
  /**
   * Asks until there is an answer: another service takes over within five seconds. Rejects with `unavailable` when there is none by
   * the time `shift` aborts, and with what the service refuses.
   */
  ask<V extends AskedVerb>(verb: V, args: TaskArguments<V>, cause: Cause, shift: AbortSignal): Promise<TaskReply>
}

/** It answers in milliseconds; a service that has just died does not answer at all. */
const answerWithinMs = 2_000

/** Asks over the bus, as the role that the connection belongs to. */
export function createTaskService(bus: Services, subjects: OrgSubjects, role: string, metrics: Metrics): TaskService {
  return {
    async ask(verb, args, { id, trace }, shift) {
      const request: TaskRequest = { id, trace, by: null, place: null, args }
      const onRetry = () => metrics.count('breakroom_retries_total', { what: 'tasks' })
      const once = () => bus.request(subjects.taskService(verb, role), request, answerWithinMs)
      return readReply(verb, await insist(once, shift, onRetry))
    },
  }
}

/** The task of a reply to something that only a task can answer. Throws `unreadable` when there is none. */
export function taskOf({ task }: TaskReply): Task {
  if (task !== null) return task
  throw unreadable('without the task')
}

function readReply(verb: TaskVerb, answer: unknown): TaskReply {
  const reply = taskReplySchema.safeParse(answer)
  if (reply.success) return reply.data
  throw unreadable(`${verb} with something else than a reply`, reply.error)
}

function unreadable(what: string, cause?: unknown): BreakroomError {
  return new BreakroomError('unreadable', `The task service answered ${what}.`, { cause, detail: { reason: 'schema' } })
}
