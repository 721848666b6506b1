import type { Cited } from './answer.ts'
import type { DocumentFacts } from './document.ts'
import type { RankedSentence } from './found.ts'

/** The longest quotation, characters; more is cut between words. */
const quoteLimit = 600
const dayMs = 86_400_000

/** Why a document should be read with care, in a few words, or null. `now` and dates are days in UTC. */
function staleness(
  { status, date }: Pick<DocumentFacts, 'status' | 'date'>,
  now: Date,
  staleAfterDays: number,
): string | null {
  if (status === 'superseded') return 'superseded'
  if (status === 'draft') return 'a draft'
  if (date === null) return null
  const days = (now.getTime() - Date.parse(date)) / dayMs
  return days > staleAfterDays ? `last changed in ${date.slice(0, 4)}` : null
}

/** Sentences of one section, in their order, as they are cited. */
export function cite(sentences: readonly RankedSentence[], now: Date, staleAfterDays: number): Cited {
  const inOrder = sentences.toSorted((a, b) => a.index - b.index)
  const [first] = inOrder
  if (first === undefined) throw new RangeError('nothing to cite')
  const { document, heading } = first.section
  return {
    document: document.id,
    title: document.title,
    heading: [...heading],
    date: document.date,
    author: document.author,
    quote: quoted(inOrder.map(({ text }) => text).join(' ')),
    stale: staleness(document, now, staleAfterDays),
    verified_by: document.kind === 'learned' ? document.author : null,
  }
}

/** The block of a finding by the sections it is from, the best one first. */
export function citations(block: readonly RankedSentence[], now: Date, staleAfterDays: number): Cited[] {
  const bySection = Map.groupBy(block, ({ section }) => section.section)
  return [...bySection.values()].map((sentences) => cite(sentences, now, staleAfterDays))
}

function quoted(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim()
  if (line.length <= quoteLimit) return line
  const cut = line.slice(0, quoteLimit - 1)
  return `${cut.slice(0, Math.max(cut.lastIndexOf(' '), quoteLimit / 2)).trimEnd()}…`
}
