import type { Reader } from '../../../core/knowledge/access.ts'
import { fit, rarity } from '../../../core/knowledge/bm25.ts'
import type { DocumentFacts } from '../../../core/knowledge/document.ts'
import type { FoundSection } from '../../../core/knowledge/found.ts'
import { windowsOf } from '../../../core/knowledge/windows.ts'
import { parseKept } from '../database-file.ts'
import type { DocumentStatements } from './document-tables.ts'
import { hashOf, type Matches, matchesIn } from './section-terms.ts'
import type { Shelf, Shelves } from './shelves.ts'

/** How many times as much a stem counts that stands in a title, or in a heading, as one in the text. */
const titleWeight = 2
const headingWeight = 1
/** How much long sections, and long windows, are held back. */
const sectionSlope = 0.75
const windowSlope = 0.5
/** A window with so many words, without stop words, is neither held back nor helped. */
const windowLength = 75
/** How many sections are scored, about, as shares of all shelves; never less from each than twice what is asked for. */
const candidateCount = 60
/** How many stems of a question are looked at, and how many sections are looked up by: the rarest. */
const stemLimit = 200
const lookupLimit = 16
/** A stem in a larger share of the sections finds nothing that rarer ones do not, and takes long. It counts nevertheless. */
const commonShare = 0.1

interface Stem {
  stem: string
  frequency: number
  rarity: number
}

interface Hit {
  section: number
  score: number
  matches: Matches
}

/**
 * Looks for sections on the shelves that a reader may look into, and nowhere else. When `among` is given, these are scored instead of
 * what has the stems; they have to stand on such a shelf.
 */
export function createSearch(statements: DocumentStatements, shelves: Shelves) {
  return function search(
    stems: readonly string[],
    reader: Reader,
    limit: number,
    among?: readonly number[],
  ): FoundSection[] {
    const open = shelves.readBy(reader)
    const sections = open.reduce((sum, shelf) => sum + shelf.sections, 0)
    const average = open.reduce((sum, shelf) => sum + shelf.length, 0) / sections
    const known = knownStems(stems, open, sections)
    const places = new Map(known.map(({ stem }, place) => [hashOf(stem), place]))
    return (among ?? lookUp(known, open, sections, limit))
      .map((section) => hit(section, places, known, average))
      .toSorted((one, other) => other.score - one.score || one.section - other.section)
      .slice(0, Math.max(0, limit))
      .map((found) => foundSection(found, known))
  }

  function lookUp(stems: readonly Stem[], open: readonly Shelf[], sections: number, limit: number): number[] {
    if (stems.length === 0) return []
    const query = queryFor(stems, sections)
    const most = Math.max(Math.ceil(candidateCount / open.length), 2 * limit, 0)
    return open.flatMap(({ number }) =>
      shelves
        .statements(number)
        .search.all(query, most)
        .map(({ section }) => Number(section)),
    )
  }

  /** The stems that stand anywhere, rarest first. */
  function knownStems(stems: readonly string[], open: readonly Shelf[], sections: number): Stem[] {
    return [...new Set(stems)]
      .filter((stem) => /^[\p{L}\p{N}]{1,100}$/u.test(stem))
      .slice(0, stemLimit)
      .map((stem) => ({ stem, frequency: shelves.frequency(stem, open) }))
      .filter(({ frequency }) => frequency > 0)
      .map(({ stem, frequency }) => ({ stem, frequency, rarity: rarity(frequency, sections) }))
      .toSorted((one, other) => one.frequency - other.frequency)
  }

  function hit(section: number, places: ReadonlyMap<number, number>, stems: readonly Stem[], average: number): Hit {
    const matches = matchesIn(statements.terms.get(section)?.packed as Uint8Array, places)
    const length = { of: matches.lengths.reduce((sum, words) => sum + words, 0), average, slope: sectionSlope }
    let score = 0
    for (const [place, stem] of stems.entries()) {
      let times = titleWeight * (matches.title[place] ?? 0) + headingWeight * (matches.heading[place] ?? 0)
      for (const window of matches.windows) times += window[place] ?? 0
      score += fit(stem.rarity, times, length)
    }
    return { section, score, matches }
  }

  function foundSection({ section, score, matches }: Hit, stems: readonly Stem[]): FoundSection {
    const row = statements.found.get(section)
    const sentences = parseKept<string[]>(`${row?.sentences}`)
    const scores = matches.windows.map((window, number) => {
      const length = { of: matches.lengths[number] ?? 0, average: windowLength, slope: windowSlope }
      return stems.reduce((sum, stem, place) => sum + fit(stem.rarity, window[place] ?? 0, length), 0)
    })
    const best = Math.max(0, ...scores)
    return {
      section,
      document: parseKept<DocumentFacts>(`${row?.facts}`),
      heading: parseKept<string[]>(`${row?.heading}`),
      sentences,
      score,
      window: { from: 0, to: 0, ...windowsOf(sentences)[scores.indexOf(best)], score: best },
    }
  }
}

/** What full-text search is asked: any of the stems that tell sections apart. */
function queryFor(stems: readonly Stem[], sections: number): string {
  const rare = stems.filter(({ frequency }) => frequency <= commonShare * sections)
  return (rare.length >= 2 ? rare : stems)
    .slice(0, lookupLimit)
    .map(({ stem }) => `"${stem}"`)
    .join(' OR ')
}
