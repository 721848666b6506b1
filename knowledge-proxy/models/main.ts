import { createEmbedder } from '../../adapters/models/embedder.ts'
import { createReranker } from '../../adapters/models/reranker.ts'
import { createWriter } from '../../adapters/models/writer.ts'
import type { PartContext } from '../../adapters/process/part-context.ts'
import type { KnowledgeFile } from '../../adapters/sqlite/knowledge/file.ts'
import { vectorsIn } from '../../adapters/sqlite/knowledge/vectors.ts'
import type { ModelSettings } from '../../core/knowledge/settings.ts'
import type { Library } from '../../ports/knowledge-index.ts'
import { type Assistant, createAssistant } from './assistant.ts'
import type { UsageTold } from './usage.ts'

/**
 * What the models in breakroom.yaml add to answering; null when there are none. `used` is told what each request used. Throws
 * `config_invalid` for one that cannot do its job.
 */
export function startAssistant(
  context: PartContext,
  file: KnowledgeFile,
  library: Library,
  used: UsageTold['used'],
): Assistant | null {
  const { clock, sleep, random, log, metrics, fleet } = context
  const { writer, embedder, reranker } = fleet.knowledge
  if (writer === undefined && embedder === undefined && reranker === undefined) return null
  const around = { clock, sleep, random, log, metrics, used }
  const keyOf = ({ key_env }: ModelSettings) => (key_env === undefined ? undefined : context.secret(key_env))
  return createAssistant({
    writer: writer === undefined ? null : createWriter(writer, keyOf(writer), around),
    embedding: embedder === undefined ? null : embeddingWith(embedder),
    reranker: reranker === undefined ? null : createReranker(reranker, keyOf(reranker), around),
    sleep,
    random,
    log,
    metrics,
  })

  function embeddingWith(settings: ModelSettings) {
    const made = createEmbedder(settings, keyOf(settings), around)
    return { embedder: made, vectors: vectorsIn(file, library, made.model) }
  }
}
