import type { z } from 'zod'
import type { Model, ModelCallLimits } from './model-call.ts'

/** Something to be written. */
export interface WritingTask<T> {
  /** What is to be done, in our words alone. */
  instructions: string
  /** What it is done with: other people's words, marked as such. */
  data: string
  /** What the answer has to look like; a short name of it is told to the model too. */
  shape: z.ZodType<T>
  name: string
}

/**
 * A model that writes. What it says is somebody else's word: whoever asks checks it.
 *
 * `write` resolves with an answer of the right shape, or rejects with `unavailable`, for whatever reason: the provider is away, refuses,
 * is too slow, cuts the answer off, or answers with something else. `detail.retry_after_ms` is there when it is known how long to
 * leave it alone. Never longer than `timeoutMs`; at once when `signal` aborts. What was used is counted.
 */
export interface Writer extends Model {
  write<T>(task: WritingTask<T>, limits: ModelCallLimits): Promise<T>
}
