import type { ModelSettings } from '../../core/knowledge/settings.ts'
import type { Reranker } from '../../ports/reranker.ts'
import { createCalls, type ModelContext } from './calls.ts'
import { carefulFetch } from './careful-fetch.ts'
import { Nonsense } from './failure.ts'
import { accessOf } from './provider.ts'
import { loadCohere } from './sdk.ts'

/**
 * A reranker over the AI SDK: cohere, or a server of one's own with the same /rerank (`provider: cohere` with a base_url). Throws
 * `config_invalid` when the settings name something else, or something that cannot be reached.
 */
export function createReranker(settings: ModelSettings, key: string | undefined, context: ModelContext): Reranker {
  const access = accessOf('reranker', settings, key, carefulFetch(context.fetch ?? fetch))
  const model = `${settings.provider}/${settings.model}`
  const calls = createCalls('reranker', model, context)
  return {
    model,
    trouble: calls.trouble,
    async rerank(question, passages, limits) {
      if (passages.length === 0) return []
      return calls.run(limits, async (sdk, abortSignal) => {
        const { ranking } = await sdk.rerank({
          model: (await loadCohere(access)).rerankingModel(settings.model),
          documents: [...passages],
          query: question,
          topN: passages.length,
          maxRetries: 0,
          abortSignal,
        })
        const places = ranking
          .toSorted((one, other) => other.score - one.score)
          .map(({ originalIndex }) => originalIndex)
        if (places.some((place) => !(place in passages)) || new Set(places).size < places.length) {
          throw new Nonsense('places of no passage, or the same one twice')
        }
        return places
      })
    },
  }
}
