import type { Confidence } from './answer.ts'
import type { DocumentFacts } from './document.ts'

/** A section that was found. */
export interface FoundSection {
  /** Number of the section; the same as long as its document is not changed. */
  section: number
  document: DocumentFacts
  heading: readonly string[]
  sentences: readonly string[]
  /** BM25 of title, headings and text, larger is better. The same whatever else there is that the reader may not read. */
  score: number
  /** Which of its windows (50-100 words, whole sentences, never overlapping) fits best: sentences `from` to before `to`. */
  window: { from: number; to: number; score: number }
}

/** How common words are in what a reader may read. */
export interface TermStatistics {
  sections: number
  /** Sections with the stem, in text, title or headings. */
  frequency(stem: string): number
}

/** A sentence that may answer. */
export interface RankedSentence {
  section: FoundSection
  /** Its place in `section.sentences`. */
  index: number
  text: string
  score: number
}

/** What was found for a question. */
export interface Finding {
  /** The question as it was looked up, when that is not how it was written; else null. */
  understood: string | null
  /** Best first, at most ten. */
  sections: readonly FoundSection[]
  /** Best first, at most ten. */
  sentences: readonly RankedSentence[]
  /** What would be answered: at most three of them, best first; empty when nothing was found. */
  block: readonly RankedSentence[]
  confidence: Confidence
}
