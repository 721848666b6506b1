import type { DocumentFacts, SectionText } from '../../../core/knowledge/document.ts'
import { sentencesOf } from '../../../core/knowledge/sentences.ts'
import { windowsOf } from '../../../core/knowledge/windows.ts'
import { parseKept } from '../database-file.ts'
import type { DocumentStatements } from './document-tables.ts'
import { packTerms, type SectionTerms, type Term, termsIn } from './section-terms.ts'
import type { Shelves } from './shelves.ts'
import { type Counted, countWords, type WordCounts } from './word-counts.ts'

/** Changes to documents; each is called in a transaction. */
export interface Shelving {
  /** Keeps a document; tells how many sections it has. */
  keep(facts: DocumentFacts, stamp: string, sections: readonly SectionText[]): number
  /** Describes a document that is kept. Tells how many of its sections have to be shelved again, null when there is none. */
  describe(facts: DocumentFacts, stamp: string): number | null
  /** False when there was none. */
  remove(id: string): boolean
  /** Puts on their shelves all documents that are not. */
  shelve(): void
  counts: WordCounts
}

/** A document, as its row says. */
interface Kept {
  number: number
  shelf: number
  title: string
}

export function createShelving(statements: DocumentStatements, shelves: Shelves): Shelving {
  const counts = countWords(statements, (document) => {
    const { title } = parseKept<DocumentFacts>(`${statements.facts.get(document)?.facts}`)
    return termsOfDocument(document, title).words
  })

  function keep(facts: DocumentFacts, stamp: string, sections: readonly SectionText[]): number {
    const told = sections
      .map(({ heading, text }) => ({ heading, sentences: sentencesOf(text) }))
      .filter(({ heading, sentences }) => heading.length > 0 || sentences.length > 0)
    const { id, source } = facts
    const shelf = shelves.numberFor(facts)
    const added = statements.addDocument.run(id, source, shelf, stamp, JSON.stringify(facts), told.length)
    for (const { heading, sentences } of told) {
      statements.addSection.run(added.lastInsertRowid, JSON.stringify(heading), JSON.stringify(sentences))
    }
    return told.length
  }

  function describe(facts: DocumentFacts, stamp: string): number | null {
    const row = statements.document.get(facts.id)
    if (row === undefined) return null
    const before = keptIn(row)
    const shelf = shelves.numberFor(facts)
    const stays = row.shelved === 1 && shelf === before.shelf && facts.title === before.title
    if (row.shelved === 1 && !stays) takeDown(before)
    statements.describeDocument.run(facts.source, shelf, stays ? 1 : 0, stamp, JSON.stringify(facts), before.number)
    return stays ? 0 : Number(row.sections)
  }

  function remove(id: string): boolean {
    const row = statements.document.get(id)
    if (row === undefined) return false
    const kept = keptIn(row)
    if (row.shelved === 1) takeDown(kept)
    statements.removeSections.run(kept.number)
    statements.removeDocument.run(kept.number)
    return true
  }

  function shelve(): void {
    for (const row of statements.toShelve.all()) {
      const kept = keptIn(row)
      putUp(kept)
      statements.shelved.run(kept.number)
    }
  }

  function putUp({ number, shelf, title }: Kept): void {
    const { add } = shelves.statements(shelf)
    const { sections, words } = termsOfDocument(number, title)
    for (const { section, terms } of sections) {
      const text = terms.windows.map(spaced).join(' ')
      add.run(section, spaced(terms.title), spaced(terms.heading), text)
      statements.addTerms.run(section, packTerms(terms))
    }
    statements.countShelf.run(sections.length, lengthOf(sections), shelf)
    counts.add(number, shelf, words)
  }

  function takeDown({ number, shelf, title }: Kept): void {
    const { remove: removeFrom } = shelves.statements(shelf)
    const { sections, words } = termsOfDocument(number, title)
    for (const { section } of sections) {
      removeFrom.run(section)
      statements.removeTerms.run(section)
    }
    statements.countShelf.run(-sections.length, -lengthOf(sections), shelf)
    counts.take(number, shelf, words)
  }

  /** The terms of all sections of a document, and how often each of its words stands in it. */
  function termsOfDocument(document: number, title: string) {
    const words: Counted = new Map()
    const count = (text: string): Term[] => {
      const terms = termsIn(text)
      for (const term of terms) if (!term.stop) words.set(term, (words.get(term) ?? 0) + 1)
      return terms
    }
    const sections = statements.sectionsOf.all(document).map((row) => {
      const sentences = parseKept<string[]>(`${row.sentences}`)
      const terms: SectionTerms = {
        title: count(title),
        heading: count(parseKept<string[]>(`${row.heading}`).join(' ')),
        windows: windowsOf(sentences).map(({ from, to }) =>
          count(sentences.slice(from, to).join(' ')).filter(({ stop }) => !stop),
        ),
      }
      return { section: Number(row.number), terms }
    })
    return { sections, words }
  }

  return { keep, describe, remove, shelve, counts }
}

function keptIn(row: Record<string, unknown>): Kept {
  const { title } = parseKept<DocumentFacts>(`${row.facts}`)
  return { number: Number(row.number), shelf: Number(row.shelf), title }
}

/** Words of the texts of all sections. */
function lengthOf(sections: readonly { terms: SectionTerms }[]): number {
  return sections.reduce((sum, { terms }) => terms.windows.reduce((words, window) => words + window.length, sum), 0)
}

function spaced(terms: readonly Term[]): string {
  return terms.map(({ stem }) => stem).join(' ')
}
