import { randomUUID } from 'node:crypto'
import type { KnowledgeRequest, KnowledgeVerb } from '../core/knowledge/request.ts'
import { founderOf, loadFleetAlone } from './configuration.ts'
import { inHouse } from './house-bus.ts'
import type { Settings } from './settings.ts'

/** A model may be asked on the way, more than once. */
const answerWithinMs = 30_000

/** Asks the knowledge proxy, as whoever has this home. */
export type AskKnowledge = (verb: KnowledgeVerb, args: unknown) => Promise<unknown>

/** Works with the knowledge proxy of the fleet that runs in this home. Rejects as `inHouse` does, and with what the proxy answers. */
export async function withKnowledge<T>(settings: Settings, work: (ask: AskKnowledge) => Promise<T>): Promise<T> {
  const founder = founderOf(loadFleetAlone(settings.folder))
  const by =
    founder === null
      ? { actor: 'human-owner-at-cli', tier: 'member' as const, name: 'whoever has this home' }
      : { actor: `human-${founder.id}`, tier: 'founder' as const, name: founder.name }
  return inHouse(settings, 'knowledge proxy', (bus, subjects) =>
    work((verb, args) => {
      const id = `cli:${randomUUID()}`
      const request: KnowledgeRequest = { id, trace: id, by, chain: [], place: null, conversation: id, args }
      return bus.request(subjects.knowledgeService(verb, 'cli'), request, answerWithinMs)
    }),
  )
}
