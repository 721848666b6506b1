import type { Reader } from '../core/knowledge/access.ts'
import type { Question } from '../core/knowledge/question.ts'
import { type Candidate, gather } from '../core/knowledge/rank/evidence.ts'
import { createSectionReading, type ReadSection } from '../core/knowledge/rank/reading.ts'
import { type Weighing, weigh } from '../core/knowledge/rank/weighing.ts'
import type { KnowledgeIndex } from '../ports/knowledge-index.ts'

/** So many sections are read sentence by sentence. */
const mostSections = 10

/** A question, everything that was found for it, and how each sentence compares with it. */
export interface Gathered {
  question: Question
  weighing: Weighing
  /** As the index found them. */
  sections: readonly ReadSection[]
  candidates: readonly Candidate[]
}

/** Looks questions up and compares every sentence that was found with them: what fitting and finding have in common. */
export function createGatherer(index: KnowledgeIndex): (question: Question, reader: Reader) => Gathered {
  const read = createSectionReading()
  return (question, reader) => {
    const stems = question.terms.map(({ stem }) => stem)
    const sections = index.search(stems, reader, mostSections).map(read)
    const weighing = weigh(question, index.statistics(stems, reader), sections)
    return { question, weighing, sections, candidates: gather(question, weighing, sections) }
  }
}
