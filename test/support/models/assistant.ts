import { createEmbedder } from '../../../adapters/models/embedder.ts'
import { createReranker } from '../../../adapters/models/reranker.ts'
import { createWriter } from '../../../adapters/models/writer.ts'
import { type Assistant, createAssistant } from '../../../knowledge-proxy/models/assistant.ts'
import type { SectionVectors } from '../../../ports/section-vectors.ts'
import type { SeenModels } from './model-context.ts'
import type { ModelServer } from './server.ts'

/** The name of the double's embedding model. */
export const embeddingModel = 'openai-compatible/e'

/** An assistant whose models are at the double, asked through the real SDK. */
export function assistantAt(
  server: ModelServer,
  { context, metrics }: SeenModels,
  vectors: SectionVectors,
  has: readonly ('writer' | 'embedder' | 'reranker')[] = ['writer', 'embedder', 'reranker'],
): Assistant {
  const at = { model: 'm', base_url: server.url, key_env: 'KEY' }
  const { key } = server
  return createAssistant({
    writer: has.includes('writer') ? createWriter({ ...at, provider: 'openai-compatible' }, key, context) : null,
    embedding: has.includes('embedder')
      ? { vectors, embedder: createEmbedder({ ...at, provider: 'openai-compatible', model: 'e' }, key, context) }
      : null,
    reranker: has.includes('reranker')
      ? createReranker({ ...at, provider: 'cohere', base_url: server.cohereUrl }, key, context)
      : null,
    sleep: context.sleep,
    random: context.random,
    log: context.log,
    metrics,
  })
}
