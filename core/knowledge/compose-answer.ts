import { oneLine } from '../clean-text.ts'
import type { Answer, Band, Cited, Confidence } from './answer.ts'
import { citations, cite } from './cite.ts'
import { conflictIn } from './conflict.ts'
import type { Finding, FoundSection, RankedSentence } from './found.ts'
import { asksTheSame } from './same-question.ts'
import { stemsOf } from './words.ts'

/** A text that somebody else worded from passages, and the sentences it rests on. */
export interface Worded {
  text: string
  rests_on: readonly RankedSentence[]
}

export interface Composing {
  label: string
  question: string
  finding: Finding
  /** Instead of the sentences themselves. */
  worded: Worded | null
  note: string | null
  now: Date
  staleAfterDays: number
}

/** A longer question is the title of its answer up to here. */
const longestTitle = 200
const lower: Record<Band, Band> = { high: 'medium', medium: 'low', low: 'low', none: 'none' }

/**
 * The answer to a question, from what was found. It only ever says what stands somewhere: below a certain confidence it is "I don't know" without
 * sources. What a person confirmed for the same question is sure; what rests on nothing but superseded sources is a band less so; of two sources
 * that contradict each other neither is picked.
 */
export function composeAnswer({ label, question, finding, worded, note, now, staleAfterDays }: Composing): Answer {
  const told = { id: label, understood: finding.understood, note, asked: null }
  const asked = stemsOf(finding.understood ?? question)
  const confirmed = confirmedIn(question, finding)
  if (confirmed !== null) {
    const source = cite(wholeOf(confirmed), now, staleAfterDays)
    const why = `${source.verified_by ?? 'somebody'} answered this${source.date === null ? '' : ` on ${source.date}`}`
    const confidence: Confidence = { ...finding.confidence, band: 'high', why }
    return { ...told, text: source.quote, confidence, sources: [source], conflict: null }
  }
  if (finding.block.length === 0 || finding.confidence.band === 'none') {
    const confidence: Confidence = { ...finding.confidence, band: 'none' }
    return { ...told, text: '', confidence, sources: [], conflict: null }
  }
  const pair = conflictIn(asked, finding.sentences)
  if (pair !== null) {
    const conflict: [Cited, Cited] = [cite([pair[0]], now, staleAfterDays), cite([pair[1]], now, staleAfterDays)]
    const probability = Math.min(finding.confidence.probability, 0.5)
    const confidence: Confidence = { probability, band: 'low', why: 'two sources say different things' }
    return { ...told, text: 'Two sources say different things.', confidence, sources: conflict, conflict }
  }
  const sources = citations(worded?.rests_on ?? finding.block, now, staleAfterDays).slice(0, 3)
  // What the others say stands with them.
  const text = worded?.text ?? sources[0]?.quote ?? ''
  return { ...told, text, confidence: lessSure(finding.confidence, sources), sources, conflict: null }
}

/** The documents that an answer rests on, as they are now. */
export function basisOf(answer: Answer, sections: readonly FoundSection[]): { document: string; hash: string }[] {
  const hashes = new Map(sections.map(({ document }) => [document.id, document.hash]))
  const documents = new Set(answer.sources.map(({ document }) => document))
  return [...documents].flatMap((document) => {
    const hash = hashes.get(document)
    return hash === undefined ? [] : [{ document, hash }]
  })
}

function lessSure(confidence: Confidence, sources: readonly Cited[]): Confidence {
  if (!sources.every(({ stale }) => stale === 'superseded' || stale === 'a draft')) return confidence
  const [first] = sources
  return { ...confidence, band: lower[confidence.band], why: `its only source is ${first?.stale}` }
}

/** What a person said in answer to the same question, or null. Its title is that question. */
function confirmedIn(question: string, { sections, understood }: Finding): FoundSection | null {
  // As it was understood it has its typos mended, and may have words of earlier turns, which ask for something else.
  const asked = [question, understood ?? question].map((text) => oneLine(text, longestTitle))
  return (
    sections.find(
      ({ document: { kind, status, title } }) =>
        kind === 'learned' && status === 'current' && asked.some((text) => asksTheSame(text, title)),
    ) ?? null
  )
}

function wholeOf(section: FoundSection): RankedSentence[] {
  return section.sentences.map((text, index) => ({ section, index, text, score: 0 }))
}
