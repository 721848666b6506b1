import type { Reader } from '../core/knowledge/access.ts'
import type { FoundSection } from '../core/knowledge/found.ts'

/** A text that has no vector yet. */
export interface MissingVector {
  /** By which `put` knows it. */
  key: string
  /** Title, headings and the beginning of a section. */
  text: string
}

/**
 * Where sections point, as one embedding model sees them. A vector belongs to the text: a section that is read again unchanged keeps
 * it, one that is changed, or another model, needs a new one.
 */
export interface SectionVectors {
  /** Texts without a vector, each once. */
  missing(limit: number): MissingVector[]
  /** How many sections have none. */
  missingCount(): number
  /** A vector of length 1 for each text; null for one that cannot have any, and is not asked for again. */
  put(vectors: readonly { key: string; vector: Float32Array | null }[]): void
  /** Forgets the vectors of texts that stand nowhere any more, and those of other models. */
  sweep(): void
  /**
   * The sections that point the same way, best first, scored for `stems` as the index does. Never one that the reader may not read, and
   * what they may not read has no influence on what they get.
   */
  nearest(vector: Float32Array, stems: readonly string[], reader: Reader, limit: number): FoundSection[]
}
