import type { EmbeddingModel } from 'ai'
import type { ModelSettings } from '../../core/knowledge/settings.ts'
import type { EmbeddedAs, Embedder } from '../../ports/embedder.ts'
import { createCalls, type ModelContext } from './calls.ts'
import { carefulFetch } from './careful-fetch.ts'
import { Nonsense } from './failure.ts'
import { accessOf } from './provider.ts'
import { loadCohere, loadCompatible } from './sdk.ts'

/** Texts in one request: cohere takes 96. */
const batch = 64
const mostDimensions = 8_192

/**
 * An embedder over the AI SDK: cohere, or any server with OpenAI's embeddings API. Throws `config_invalid` when the settings name
 * something that has no embeddings or cannot be reached.
 */
export function createEmbedder(settings: ModelSettings, key: string | undefined, context: ModelContext): Embedder {
  const access = accessOf('embedder', settings, key, carefulFetch(context.fetch ?? fetch))
  const model = `${settings.provider}/${settings.model}`
  const calls = createCalls('embedder', model, context)
  const load = async (): Promise<EmbeddingModel> =>
    settings.provider === 'cohere'
      ? (await loadCohere(access)).embeddingModel(settings.model)
      : (await loadCompatible(access)).embeddingModel(settings.model)
  return {
    model,
    batch,
    trouble: calls.trouble,
    async embed(texts, as, limits) {
      if (texts.length > batch) throw new RangeError(`at most ${batch} texts at a time`)
      if (texts.length === 0) return []
      return calls.run(limits, async (sdk, abortSignal, used) => {
        const { embeddings, usage } = await sdk.embedMany({
          model: await load(),
          values: [...texts],
          maxRetries: 0,
          abortSignal,
          providerOptions: { cohere: { inputType: inputType[as], truncate: 'END' } },
        })
        used({ inputTokens: usage.tokens, outputTokens: undefined })
        return unitVectors(embeddings, texts.length)
      })
    },
  }
}

const inputType: Record<EmbeddedAs, string> = { question: 'search_query', passage: 'search_document' }

function unitVectors(embeddings: readonly (readonly number[])[], expected: number): Float32Array[] {
  const dimensions = embeddings[0]?.length ?? 0
  if (embeddings.length !== expected) throw new Nonsense('not one vector for each text')
  if (dimensions === 0 || dimensions > mostDimensions) throw new Nonsense(`vectors of ${dimensions} dimensions`)
  return embeddings.map((embedding) => {
    const length = Math.sqrt(embedding.reduce((sum, value) => sum + value * value, 0))
    if (embedding.length !== dimensions || !Number.isFinite(length) || length === 0) throw new Nonsense('no direction')
    return Float32Array.from(embedding, (value) => value / length)
  })
}
