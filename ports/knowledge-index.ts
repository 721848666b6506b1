import type { Reader } from '../core/knowledge/access.ts'
import type { DocumentFacts, SectionText } from '../core/knowledge/document.ts'
import type { FoundSection, TermStatistics } from '../core/knowledge/found.ts'

/**
 * What can be searched. Everything is asked for a reader, and nothing that they may not read has any influence on what they
 * get: not on what is found, not on scores, not on which words are known.
 */
export interface KnowledgeIndex {
  /** The sections that fit best, best first. `stems` as `stemsOf` makes them; with none, nothing is found. */
  search(stems: readonly string[], reader: Reader, limit: number): FoundSection[]
  statistics(stems: readonly string[], reader: Reader): TermStatistics
  /** How often a word (`plain`, not its stem) stands in what the reader may read; 0 for a word that is not known. */
  occurrences(word: string, reader: Reader): number
}

/** A document as the library knows it. */
export interface LibraryEntry {
  facts: DocumentFacts
  /** What its source said of the file when it was read (size and time): while that is the same it is not read again. */
  stamp: string
  sections: number
}

/** A file that cannot be read, so that nobody tries again while it is the same. */
interface UnreadableFile {
  /** As its document would have. */
  id: string
  source: string
  stamp: string
  /** Ends a sentence that begins with the file. */
  why: string
}

/** The documents that can be searched, kept on disk. Every change is whole or not at all, and counts as soon as it returns. */
export interface Library extends KnowledgeIndex {
  /** Takes the place of the document with the same id. Throws `refused` for a file when files have too many different access lists. */
  put(facts: DocumentFacts, stamp: string, sections: readonly SectionText[]): void
  /** The same text, newly described: its file was touched, or may be read by others now. False when there is no such document. */
  describe(facts: DocumentFacts, stamp: string): boolean
  /** Takes a document out, and keeps that its file cannot be read: until it is put, or removed. */
  giveUp(file: UnreadableFile): void
  /** What was given up of one source. */
  unreadable(source: string): UnreadableFile[]
  /** False when there was none. */
  remove(id: string): boolean
  entry(id: string): LibraryEntry | null
  /** All of one source, or of all. */
  entries(source?: string): LibraryEntry[]
  close(): void
}
