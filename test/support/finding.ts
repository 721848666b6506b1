import type { Confidence } from '../../core/knowledge/answer.ts'
import type { DocumentFacts } from '../../core/knowledge/document.ts'
import type { Finding, FoundSection, RankedSentence } from '../../core/knowledge/found.ts'

/** A sentence of a document of that name, as it was found. */
export function ranked(document: string, text: string, facts: Partial<DocumentFacts> = {}, score = 1): RankedSentence {
  return { section: section(document, [text], facts), index: 0, text, score }
}

/** The one section of a document of that name. */
function section(document: string, sentences: string[], facts: Partial<DocumentFacts> = {}): FoundSection {
  const known: DocumentFacts = {
    id: document,
    kind: 'file',
    source: 'docs',
    title: document,
    date: null,
    author: null,
    status: 'current',
    access: [],
    topics: [],
    hash: `hash of ${document}`,
    ...facts,
  }
  const window = { from: 0, to: sentences.length, score: 1 }
  return { section: numberOf(document), document: known, heading: [], sentences, score: 1, window }
}

/** What was found, best first. */
export function finding(sentences: readonly RankedSentence[], confidence: Partial<Confidence> = {}): Finding {
  return {
    understood: null,
    sections: sentences.map((sentence) => sentence.section),
    sentences,
    block: sentences.slice(0, 3),
    confidence: { probability: 0.9, band: 'high', why: 'says so in nearly your words', ...confidence },
  }
}

function numberOf(document: string): number {
  return [...document].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 1_000_003, 7)
}
