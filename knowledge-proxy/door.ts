import type { z } from 'zod'
import type { Action, Limit } from '../core/authority.ts'
import { isBreakroomError } from '../core/errors.ts'
import {
  type KnowledgeArguments,
  type KnowledgeRequest,
  type KnowledgeVerb,
  knowledgeArguments,
  knowledgeRequestSchema,
} from '../core/knowledge/request.ts'
import { readRequest, refuseDeep, withoutSecrets } from '../core/service-request.ts'
import type { OrgSubjects } from '../core/subject.ts'
import type { Endpoint, Services } from '../ports/bus.ts'
import type { Metrics } from '../ports/metrics.ts'
import { type Asker, type Askers, askerOf, mayOrThrow, ownRequest } from './asker.ts'

/** What a verb answers with, from whoever asks. */
export type Handlers = {
  [V in KnowledgeVerb]: (args: KnowledgeArguments<V>, asker: Asker, request: KnowledgeRequest) => Promise<object>
}

/** The right that each verb needs. */
const actions: Record<KnowledgeVerb, Action> = {
  ask: 'knowledge.ask',
  vote: 'knowledge.vote',
  human: 'knowledge.human',
  teach: 'knowledge.teach',
  remember: 'knowledge.teach',
  forget: 'knowledge.teach',
  corpus: 'knowledge.corpus',
  reindex: 'knowledge.corpus',
}

const depthLimit = 20

export interface DoorParts extends Askers {
  bus: Services
  subjects: OrgSubjects
  handlers: Handlers
  limits: ReadonlyMap<string, Limit>
  /** Endpoints beside the verbs: name, subject, handler. */
  more: Record<string, Endpoint>
  metrics: Metrics
  signal: AbortSignal
}

/**
 * The one entrance to the knowledge proxy: who asks is what the bus proved, what is asked is read strictly, secrets are taken out of every text, and
 * the right is checked before anything is looked at.
 */
export async function serveKnowledge(parts: DoorParts): Promise<void> {
  const { bus, subjects, handlers, limits, metrics, more, signal } = parts
  const verbs = Object.keys(knowledgeArguments) as KnowledgeVerb[]
  const endpoints = verbs.map((verb) => {
    const handler = (data: unknown, subject: string) => answer(verb, data, subject.split('.').at(-1) ?? '')
    return [verb, { subject: subjects.anyKnowledgeService(verb), handler }] as const
  })
  await bus.serve('knowledge', { ...Object.fromEntries(endpoints), ...more }, signal)

  async function answer<V extends KnowledgeVerb>(verb: V, data: unknown, caller: string): Promise<object> {
    refuseDeep(data, depthLimit, verb)
    const request = readRequest(knowledgeRequestSchema, data, verb)
    try {
      const asker = askerOf(caller, request, parts)
      mayOrThrow(actions[verb], asker, limits)
      const shape = knowledgeArguments[verb] as unknown as z.ZodType<KnowledgeArguments<V>>
      // Read first, so that no time is spent on what is far too long; and again, because what stands for a secret can be longer.
      const args = readRequest(shape, withoutSecrets(readRequest(shape, request.args, verb)), verb)
      return await (handlers[verb] as Handlers[V])(args, asker, { ...ownRequest(request, asker, parts), args })
    } catch (error) {
      if (isBreakroomError(error, 'denied')) {
        metrics.count('breakroom_denied_total', { rule: String(error.detail.rule ?? 'knowledge') })
      }
      throw error
    }
  }
}
