import type { Model, ModelCallLimits } from './model-call.ts'

/** What a text is to the search: some models tell a question from what may answer it. */
export type EmbeddedAs = 'question' | 'passage'

/**
 * A model that turns texts into directions: those that mean the same point the same way.
 *
 * `embed` resolves with one vector of length 1 for each text, in their order, all of the same number of dimensions; or rejects with
 * `unavailable`, as a `Writer` does. At most `batch` texts at a time.
 */
export interface Embedder extends Model {
  readonly batch: number
  embed(texts: readonly string[], as: EmbeddedAs, limits: ModelCallLimits): Promise<Float32Array[]>
}
