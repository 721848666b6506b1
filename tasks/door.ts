import type { z } from 'zod'
import type { Action, Limit } from '../core/authority.ts'
import { readRequest, refuseDeep, withoutSecrets } from '../core/service-request.ts'
import type { OrgSubjects } from '../core/subject.ts'
import {
  type LetterVerb,
  type TaskArguments,
  type TaskReply,
  type TaskRequest,
  type TaskVerb,
  taskArguments,
  taskRequestSchema,
} from '../core/task/request.ts'
import type { Services } from '../ports/bus.ts'
import type { Metrics } from '../ports/metrics.ts'
import { type Asker, askerOf, mayOrThrow } from './asker.ts'

/** What a verb answers with, from whoever asks. */
type Handler<V extends TaskVerb> = (
  args: TaskArguments<V>,
  asker: Asker,
  request: Pick<TaskRequest, 'id' | 'trace'>,
) => Promise<V extends 'list' | 'why' | 'watch' | 'evidence' | LetterVerb ? object : TaskReply>

export type Handlers = { [V in TaskVerb]: Handler<V> }

/** The right that each verb needs. */
const actions: Record<TaskVerb, Action> = {
  assign: 'task.assign',
  list: 'task.see',
  show: 'task.see',
  why: 'task.see',
  next: 'task.see',
  claim: 'task.work',
  acknowledge: 'task.work',
  start: 'task.work',
  note: 'task.work',
  block: 'task.work',
  submit: 'task.work',
  hand_back: 'task.work',
  give_up: 'task.work',
  approve: 'task.approve',
  reject: 'task.approve',
  reassign: 'task.change',
  cancel: 'task.change',
  evidence: 'evidence.record',
  ping: 'task.ping',
  take_back: 'task.take-back',
  reassign_fit: 'task.hand-on',
  escalate: 'task.escalate',
  answer: 'task.answer',
  ask: 'task.ping',
  watch: 'task.watch',
  letters: 'letter.see',
  letter: 'letter.see',
  retry_letter: 'letter.change',
  edit_letter: 'letter.change',
  drop_letter: 'letter.change',
}

/** More than the longest chain of follow-ups needs. */
const depthLimit = 100

export interface DoorParts {
  bus: Services
  subjects: OrgSubjects
  handlers: Handlers
  /** Throws while another may be the active service. */
  mustLead: () => void
  /** Roles by their subject tokens, and what each may do. */
  roleOfToken: ReadonlyMap<string, string>
  limits: ReadonlyMap<string, Limit>
  metrics: Metrics
  /** Endpoints beside the verbs: name, subject, handler. */
  more: Parameters<Services['serve']>[1]
  signal: AbortSignal
}

/**
 * The one entrance to the task service: who asks is what the bus proved, what is asked is read strictly, secrets are taken out of
 * every text, and the right is checked before anything is looked at.
 */
export async function serveTasks(parts: DoorParts): Promise<void> {
  const { bus, subjects, handlers, roleOfToken, limits, metrics, signal } = parts
  const verbs = Object.keys(taskArguments) as TaskVerb[]
  const endpoints = verbs.map((verb) => {
    const handler = (data: unknown, subject: string) => answer(verb, data, subject.split('.').at(-1) ?? '')
    return [verb, { subject: subjects.anyTaskService(verb), handler }] as const
  })
  // Only the leader serves, and a former one that hangs has its subscriptions still.
  await bus.serve('tasks', { ...Object.fromEntries(endpoints), ...parts.more }, signal, { shared: false })

  async function answer<V extends TaskVerb>(verb: V, data: unknown, caller: string): Promise<unknown> {
    // A process that was suspended answers what waited for it before it hears of anything, from what was true then.
    parts.mustLead()
    refuseDeep(data, depthLimit, verb)
    const request = readRequest(taskRequestSchema, data, verb)
    const asker = askerOf(caller, request, roleOfToken)
    const shape = taskArguments[verb] as unknown as z.ZodType<TaskArguments<V>>
    // Read first, so that no time is spent on what is far too long; and again, because what stands for a secret can be longer.
    const args = readRequest(shape, withoutSecrets(readRequest(shape, request.args, verb)), verb)
    // What an agent asks on behalf of another task is judged by that task's requester, where the task is known.
    const onBehalf = verb === 'assign' && asker.role !== null
    if (!onBehalf) mayOrThrow(actions[verb], asker, limits, metrics)
    try {
      return await (handlers[verb] as Handler<V>)(args, asker, { id: request.id, trace: request.trace })
    } catch (error) {
      // What fails because the store was closed under it is no answer; the next leader has one.
      parts.mustLead()
      throw error
    }
  }
}
