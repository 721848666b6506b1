import type { z } from 'zod'
import type { Action, Limit } from '../core/authority.ts'
import { isDeeperThan } from '../core/envelope.ts'
import { BreakroomError, isBreakroomError } from '../core/errors.ts'
import {
  type KnowledgeArguments,
  type KnowledgeRequest,
  type KnowledgeVerb,
  knowledgeArguments,
  knowledgeRequestSchema,
} from '../core/knowledge/request.ts'
import { redact } from '../core/redact.ts'
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
    if (isDeeperThan(data, depthLimit)) throw new BreakroomError('usage', `${verb}: it nests too deep.`)
    const request = read(knowledgeRequestSchema, data, verb)
    try {
      const asker = askerOf(caller, request, parts)
      mayOrThrow(actions[verb], asker, limits)
      const shape = knowledgeArguments[verb] as unknown as z.ZodType<KnowledgeArguments<V>>
      const args = withoutSecrets(read(shape, request.args, verb))
      return await (handlers[verb] as Handlers[V])(args, asker, { ...ownRequest(request, asker, parts), args })
    } catch (error) {
      if (isBreakroomError(error, 'denied')) {
        metrics.count('breakroom_denied_total', { rule: String(error.detail.rule ?? 'knowledge') })
      }
      throw error
    }
  }
}

function read<T>(schema: z.ZodType<T>, data: unknown, verb: KnowledgeVerb): T {
  const parsed = schema.safeParse(data)
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  const path = issue?.path.join('.') ?? ''
  const sentence = `${verb}: ${path === '' ? '' : `${path}: `}${issue?.message ?? 'it cannot be read'}.`
  throw new BreakroomError('usage', sentence, { detail: { path } })
}

/** Chat was redacted when it was heard; what agents and the command line write comes here first. */
function withoutSecrets<T>(args: T): T {
  const texts = Object.entries(args as object).map(([key, value]) => [
    key,
    typeof value === 'string' ? redact(value).text : value,
  ])
  return Object.fromEntries(texts) as T
}
