import { accessOfShelf, mayRead, type Reader, shelfOf } from '../../../core/knowledge/access.ts'
import type { DocumentFacts, SectionText } from '../../../core/knowledge/document.ts'
import type { FoundSection, TermStatistics } from '../../../core/knowledge/found.ts'
import { sentencesOf } from '../../../core/knowledge/sentences.ts'
import { windowsOf } from '../../../core/knowledge/windows.ts'
import type { Clock } from '../../../ports/clock.ts'
import type { Library, LibraryEntry } from '../../../ports/knowledge-index.ts'
import type { Log } from '../../../ports/log.ts'
import { parseKept } from '../database-file.ts'
import { documentStatements } from './document-tables.ts'
import { type KnowledgeFile, openKnowledgeFile } from './file.ts'
import {
  eachPlace,
  foldedWords,
  hashOf,
  packTerms,
  type SectionTerms,
  stemOf,
  unpackTerms,
  windowAt,
} from './section-terms.ts'
import { addShelfTables, type ShelfStatements, shelfStatements } from './shelf-tables.ts'

/** How much more a stem says in a title, or in a heading, than in the text. */
const titleWeight = 2
const headingWeight = 1
/** BM25's constants: how fast a repeated stem stops counting, and how much long sections are held back. */
const k1 = 1.2
const b = 0.75
/** Sections of each shelf that are scored. */
const candidateCount = 60
/** Stems that are looked at, and those that sections are looked up by: a question of a whole page asks for its rarest words. */
const stemLimit = 200
const lookupLimit = 16
/** A stem in more than this share of the sections finds nothing that rarer ones do not. */
const commonShare = 0.1

/** A library of its own file; see `openKnowledgeFile` for what happens to a damaged one. */
export function createSqliteLibrary(options: { file: string; clock: Clock; log: Log }): Library {
  return libraryIn(openKnowledgeFile(options))
}

interface Shelf {
  number: number
  sections: number
  length: number
}

interface Stem {
  stem: string
  hash: number
  frequency: number
  idf: number
}

/** The library in a file that is already open, and may hold more. */
export function libraryIn({ db, use, change, close }: KnowledgeFile): Library {
  const statements = documentStatements(db)
  const prepared = new Map<number, ShelfStatements>()

  function ofShelf(shelf: number): ShelfStatements {
    const known = prepared.get(shelf) ?? shelfStatements(db, shelf)
    prepared.set(shelf, known)
    return known
  }

  function shelfNumber(facts: DocumentFacts): number {
    const access = shelfOf(facts.access)
    const known = statements.shelf.get(access)
    if (known !== undefined) return Number(known.number)
    const shelf = Number(statements.addShelf.run(access).lastInsertRowid)
    addShelfTables(db, shelf)
    return shelf
  }

  function allowed(reader: Reader): Shelf[] {
    return (statements.shelves.all() as unknown as (Shelf & { access: string })[])
      .filter(({ access, sections }) => sections > 0 && mayRead(accessOfShelf(access), reader))
      .map(({ number, sections, length }) => ({ number, sections, length }))
  }

  function frequency(stem: string, shelves: readonly Shelf[]): number {
    return shelves.reduce((sum, { number }) => sum + Number(ofShelf(number).frequency.get(stem)?.sections ?? 0), 0)
  }

  /** Puts terms of sections where they are found, or takes them away again (`by` is -1). */
  function count(shelf: number, words: ReadonlyMap<string, number>, by: 1 | -1): void {
    for (const [word, times] of words) {
      statements.addWord.run(shelf, word, by * times)
      if (by < 0) statements.dropWord.run(shelf, word)
    }
  }

  function insert(facts: DocumentFacts, stamp: string, sections: readonly SectionText[]): void {
    const shelf = shelfNumber(facts)
    const kept = sections
      .map(({ heading, text }) => ({ heading, sentences: sentencesOf(text) }))
      .filter(({ heading, sentences }) => heading.length > 0 || sentences.length > 0)
    const document = Number(
      statements.addDocument.run(facts.id, facts.source, shelf, stamp, JSON.stringify(facts), kept.length)
        .lastInsertRowid,
    )
    const words = new Map<string, number>()
    let total = 0
    for (const { heading, sentences } of kept) {
      const { terms, length } = termsOf(facts.title, heading, sentences, words)
      const section = Number(
        statements.addSection.run(
          document,
          length,
          packTerms(terms),
          JSON.stringify(heading),
          JSON.stringify(sentences),
        ).lastInsertRowid,
      )
      addToShelf(shelf, section, terms)
      total += length
    }
    statements.countShelf.run(kept.length, total, shelf)
    count(shelf, words, 1)
  }

  function addToShelf(shelf: number, section: number, { title, heading, windows }: SectionTerms): void {
    ofShelf(shelf).add.run(
      section,
      title.join(' '),
      heading.join(' '),
      windows.map((stems) => stems.join(' ')).join(' '),
    )
  }

  function remove(id: string): boolean {
    const document = statements.document.get(id)
    if (document === undefined) return false
    takeFromShelf(Number(document.number), Number(document.shelf), parseKept<DocumentFacts>(`${document.facts}`).title)
    statements.removeSections.run(document.number as number)
    statements.removeDocument.run(document.number as number)
    return true
  }

  function takeFromShelf(document: number, shelf: number, title: string): void {
    const words = new Map<string, number>()
    let total = 0
    const sections = statements.sectionsOf.all(document)
    for (const { number, heading, sentences } of sections) {
      total += termsOf(title, parseKept<string[]>(`${heading}`), parseKept<string[]>(`${sentences}`), words).length
      ofShelf(shelf).remove.run(number as number)
    }
    statements.countShelf.run(-sections.length, -total, shelf)
    count(shelf, words, -1)
  }

  function describe(facts: DocumentFacts, stamp: string): boolean {
    const row = statements.document.get(facts.id)
    if (row === undefined) return false
    const [document, before] = [Number(row.number), Number(row.shelf)]
    const { title } = parseKept<DocumentFacts>(`${row.facts}`)
    const shelf = shelfNumber(facts)
    if (shelf !== before || title !== facts.title) {
      takeFromShelf(document, before, title)
      const words = new Map<string, number>()
      let total = 0
      const sections = statements.sectionsOf.all(document)
      for (const { number, heading, sentences } of sections) {
        const { terms, length } = termsOf(
          facts.title,
          parseKept<string[]>(`${heading}`),
          parseKept<string[]>(`${sentences}`),
          words,
        )
        statements.changeTerms.run(length, packTerms(terms), number as number)
        addToShelf(shelf, Number(number), terms)
        total += length
      }
      statements.countShelf.run(sections.length, total, shelf)
      count(shelf, words, 1)
    }
    statements.describeDocument.run(facts.source, shelf, stamp, JSON.stringify(facts), document)
    return true
  }

  function search(stems: readonly string[], reader: Reader, limit: number): FoundSection[] {
    const shelves = allowed(reader)
    const sections = shelves.reduce((sum, shelf) => sum + shelf.sections, 0)
    const length = shelves.reduce((sum, shelf) => sum + shelf.length, 0)
    const known = [...new Set(stems)]
      .filter((stem) => /^[\p{L}\p{N}]{1,100}$/u.test(stem))
      .slice(0, stemLimit)
      .map((stem): Stem => {
        const times = frequency(stem, shelves)
        return {
          stem,
          hash: hashOf(stem),
          frequency: times,
          idf: Math.log(1 + (sections - times + 0.5) / (times + 0.5)),
        }
      })
      .filter((stem) => stem.frequency > 0)
      .toSorted((one, other) => one.frequency - other.frequency)
    if (known.length === 0) return []
    const rare = known.filter((stem) => stem.frequency <= commonShare * sections)
    const query = (rare.length >= 2 ? rare : known)
      .slice(0, lookupLimit)
      .map(({ stem }) => `"${stem}"`)
      .join(' OR ')
    const average = length / sections
    const scored = shelves
      .flatMap((shelf) => ofShelf(shelf.number).search.all(query, candidateCount))
      .map(({ number }) => scoreOf(Number(number), known, average))
      .toSorted((one, other) => other.score - one.score || one.section - other.section)
    return scored.slice(0, limit).map((hit) => foundSection(hit, known))
  }

  function scoreOf(section: number, stems: readonly Stem[], average: number): Hit {
    const row = statements.terms.get(section)
    const terms = unpackTerms(row?.terms as Uint8Array)
    const norm = k1 * (1 - b + (b * Number(row?.length)) / average)
    let score = 0
    for (const { hash, idf } of stems) {
      let weight = 0
      eachPlace(terms, hash, (place, times) => {
        weight += times * (place === 0 ? titleWeight : place === 1 ? headingWeight : 1)
      })
      score += (idf * weight * (k1 + 1)) / (weight + norm)
    }
    return { section, score, terms }
  }

  function foundSection({ section, score, terms }: Hit, stems: readonly Stem[]): FoundSection {
    const row = statements.found.get(section)
    const sentences = parseKept<string[]>(`${row?.sentences}`)
    const windows = windowsOf(sentences)
    const scores = windows.map(() => 0)
    for (const { hash, idf } of stems) {
      eachPlace(terms, hash, (place, times) => {
        const window = windowAt(place)
        if (window !== null) scores[window] = (scores[window] ?? 0) + (idf * times * (k1 + 1)) / (times + k1)
      })
    }
    const best = scores.indexOf(Math.max(...scores))
    return {
      section,
      document: parseKept<DocumentFacts>(`${row?.facts}`),
      heading: parseKept<string[]>(`${row?.heading}`),
      sentences,
      score,
      window: { from: 0, to: 0, ...windows[best], score: scores[best] ?? 0 },
    }
  }

  return {
    search: (stems, reader, limit) => use(() => search(stems, reader, limit)),
    statistics(stems, reader): TermStatistics {
      return use(() => {
        const shelves = allowed(reader)
        const frequencies = new Map(stems.map((stem) => [stem, frequency(stem, shelves)]))
        return {
          sections: shelves.reduce((sum, shelf) => sum + shelf.sections, 0),
          frequency: (stem) => frequencies.get(stem) ?? 0,
        }
      })
    },
    occurrences: (word, reader) =>
      use(() =>
        allowed(reader).reduce((sum, { number }) => sum + Number(statements.word.get(number, word)?.count ?? 0), 0),
      ),
    put: (facts, stamp, sections) =>
      change(() => {
        remove(facts.id)
        insert(facts, stamp, sections)
      }),
    describe: (facts, stamp) => change(() => describe(facts, stamp)),
    remove: (id) => change(() => remove(id)),
    entry: (id) => use(() => entryOf(statements.document.get(id))),
    entries: (source) =>
      use(() =>
        (source === undefined ? statements.documents.all() : statements.documentsOf.all(source)).flatMap(
          (row) => entryOf(row) ?? [],
        ),
      ),
    close,
  }
}

interface Hit {
  section: number
  score: number
  terms: Uint32Array
}

function entryOf(row: Record<string, unknown> | undefined): LibraryEntry | null {
  if (row === undefined) return null
  return { facts: parseKept<DocumentFacts>(`${row.facts}`), stamp: `${row.stamp}`, sections: Number(row.sections) }
}

/** The terms of a section; adds its words to `words`. */
function termsOf(
  title: string,
  heading: readonly string[],
  sentences: readonly string[],
  words: Map<string, number>,
): { terms: SectionTerms; length: number } {
  let length = 0
  const stems = (text: string) =>
    foldedWords(text).map((word) => {
      length += 1
      words.set(word, (words.get(word) ?? 0) + 1)
      return stemOf(word)
    })
  const terms = {
    title: stems(title),
    heading: stems(heading.join(' ')),
    windows: windowsOf(sentences).map(({ from, to }) => stems(sentences.slice(from, to).join(' '))),
  }
  return { terms, length }
}
