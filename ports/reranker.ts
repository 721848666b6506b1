import type { Model, ModelCallLimits } from './model-call.ts'

/**
 * A model that puts passages in order by how well they answer a question.
 *
 * `rerank` resolves with the places in `passages`, best first, each once at most; the model may leave some out. It rejects with
 * `unavailable`, as a `Writer` does.
 */
export interface Reranker extends Model {
  rerank(question: string, passages: readonly string[], limits: ModelCallLimits): Promise<number[]>
}
