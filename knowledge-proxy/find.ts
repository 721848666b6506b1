import type { Reader } from '../core/knowledge/access.ts'
import { confidenceIn, missingIn, nothingFound } from '../core/knowledge/confidence.ts'
import type { Fitted } from '../core/knowledge/fitted.ts'
import { withEarlier } from '../core/knowledge/follow-up.ts'
import type { Finding, FoundSection } from '../core/knowledge/found.ts'
import { longestQuestion, type Question } from '../core/knowledge/question.ts'
import { type Ranked, rankSentences, sentenceOf } from '../core/knowledge/rank/ranker.ts'
import type { ReadSection } from '../core/knowledge/rank/reading.ts'
import { createJudging } from '../core/knowledge/rank/signs.ts'
import { mendTypos } from '../core/knowledge/typos.ts'
import type { KnowledgeIndex } from '../ports/knowledge-index.ts'
import { createGatherer } from './gather.ts'

/** So many sentences are told of, and so many of them would be answered. */
const most = { sentences: 10, block: 3 }

/** Finds what answers a question. */
export interface Finder {
  /**
   * `earlier`: what the same person asked before in the thread, oldest first. Nothing that the reader may not read has any influence on
   * what is found or on how sure it is.
   */
  find(question: string, earlier: readonly string[], reader: Reader): Finding
}

/** A finder in an index; everything that it weighs by was fitted. */
export function createFinder({ index, fitted }: { index: KnowledgeIndex; fitted: Fitted }): Finder {
  const gathered = createGatherer(index)
  const judged = createJudging()
  return {
    find(text, earlier, reader) {
      const read = text.slice(0, longestQuestion)
      const { text: mended, mended: repairs } = mendTypos(read, (word) => index.occurrences(word, reader))
      const question = withEarlier(mended, earlier)
      const understood = understoodAs(mended, repairs.length > 0, question)
      // "and?" would fit wherever such words stand.
      if (earlier.length === 0 && question.words.every(({ stop }) => stop))
        return nothingFor({ ...question, terms: [] }, understood)
      const { weighing, sections, candidates } = gathered(question, reader)
      const ranked = rankSentences(candidates, fitted.ranker)
      const judgement = judged({ question, weighing, sections, ranked })
      const best = ranked[0]?.candidate
      if (!judgement || !best) return nothingFor(question, understood)
      const sentences = ranked.slice(0, most.sentences).map(sentenceOf)
      return {
        understood,
        sections: byBestSentence(sections, ranked),
        sentences,
        block: sentences.slice(0, most.block),
        confidence: confidenceIn(judgement.signs, missingIn(weighing, judgement.inSection, best.hits), fitted),
      }
    },
  }
}

/** What is found where there is nothing to look for, or nothing there. */
function nothingFor(question: Question, understood: string | null): Finding {
  return { understood, sections: [], sentences: [], block: [], confidence: nothingFound(question) }
}

/** The sections in the order of the best sentence of each; those without one stay behind, as they were. */
function byBestSentence(sections: readonly ReadSection[], ranked: readonly Ranked[]): FoundSection[] {
  return [...new Set([...ranked.map(({ candidate }) => candidate.section), ...sections.map(({ found }) => found)])]
}

/** How a question was looked up, for people; null when just as it was written. */
function understoodAs(mended: string, repaired: boolean, { terms }: Question): string | null {
  const before = terms.filter(({ weight }) => weight < 1).map(({ plain }) => plain)
  if (before.length === 0) return repaired ? mended : null
  return `${mended.slice(0, 500)} (asked after: ${before.slice(0, 8).join(', ')})`
}
