import type { DocumentStatements } from './document-tables.ts'
import type { Term } from './section-terms.ts'

/** How often which word stands in something. */
export type Counted = Map<Term, number>

/** So many different words are remembered before they are written. */
const rememberedLimit = 16_384

/**
 * How often each word stands on each shelf. Words of new documents are remembered and written together, because a text has most of its
 * words in common with the one before; `uncounted` has the documents for which that is still to be done.
 */
export interface WordCounts {
  /** Counts the words of a document that was put on a shelf. */
  add(document: number, shelf: number, words: Counted): void
  /** Takes the words of a document off its shelf. */
  take(document: number, shelf: number, words: Counted): void
  /** Writes what is remembered: when it is much, or all of it before anything is looked up. */
  write(which: 'when much' | 'all'): void
  /** Has to be called when a change was not made after all: what is remembered may not be true. */
  forget(): void
}

/** Each function is called in a change. `wordsIn` reads the words of a document anew. */
export function countWords(statements: DocumentStatements, wordsIn: (document: number) => Counted): WordCounts {
  /** By shelf; null when it has to be read anew. */
  let remembered: Map<number, Counted> | null = null

  function addTo(counts: Map<number, Counted>, shelf: number, words: Counted, by: 1 | -1): void {
    const ofShelf = counts.get(shelf) ?? new Map<Term, number>()
    counts.set(shelf, ofShelf)
    for (const [word, count] of words) ofShelf.set(word, (ofShelf.get(word) ?? 0) + by * count)
  }

  function readAnew(): Map<number, Counted> {
    const counts = new Map<number, Counted>()
    for (const { number, shelf } of statements.uncounted.all()) {
      addTo(counts, Number(shelf), wordsIn(Number(number)), 1)
    }
    return counts
  }

  function writeAll(counts: ReadonlyMap<number, Counted>): void {
    for (const [shelf, words] of counts) {
      for (const [{ word }, count] of words) if (count !== 0) statements.addWord.run(shelf, word, count)
    }
  }

  return {
    add(document, shelf, words) {
      if (statements.isUncounted.get() === undefined) remembered = new Map()
      statements.addUncounted.run(document)
      if (remembered !== null) addTo(remembered, shelf, words, 1)
    },
    take(document, shelf, words) {
      if (statements.removeUncounted.run(document).changes > 0) {
        if (remembered !== null) addTo(remembered, shelf, words, -1)
        return
      }
      for (const [{ word }, count] of words) {
        statements.addWord.run(shelf, word, -count)
        statements.removeWord.run(shelf, word)
      }
    },
    write(which) {
      if (which === 'when much' && remembered !== null && sizeOf(remembered) < rememberedLimit) return
      writeAll(remembered ?? readAnew())
      statements.removeAllUncounted.run()
      remembered = new Map()
    },
    forget() {
      remembered = null
    },
  }
}

function sizeOf(counts: ReadonlyMap<number, Counted>): number {
  return [...counts.values()].reduce((sum, words) => sum + words.size, 0)
}
