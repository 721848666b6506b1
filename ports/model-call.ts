/** How long one request to a model may take, whatever is tried in it, and what ends it before. */
export interface ModelCallLimits {
  timeoutMs: number
  signal?: AbortSignal
}

/** A model that is asked over the network; it may be away, slow, or wrong at any time. */
export interface Model {
  /** Provider and model, `cohere/embed-v4.0`: the same name gives the same kind of result. */
  readonly model: string
  /** What is wrong with it, in a sentence, as far as the last requests have shown; null when nothing. */
  trouble(): string | null
}
