import { createHash } from 'node:crypto'
import { isBreakroomError } from '../../core/errors.ts'
import { shelfOf } from '../../core/knowledge/access.ts'
import { documentId } from '../../core/knowledge/describe.ts'
import type { DocumentFacts, SectionText } from '../../core/knowledge/document.ts'
import type { CorpusSettings } from '../../core/knowledge/settings.ts'
import type { Library, LibraryEntry } from '../../ports/knowledge-index.ts'

/** One more whenever documents are read in another way, so that all are read again. */
const readingVersion = 1

/** What one source has in the library. */
export interface SourceShelf {
  readonly documents: number
  readonly sections: number
  paths(): string[]
  facts(): Iterable<DocumentFacts>
  entry(path: string): LibraryEntry | null
  /**
   * The stamp that the library keeps for a file with this one. Another one when the configuration has changed who may read the source:
   * who may read a document is then to be worked out anew.
   */
  stamp(fileStamp: string): string
  /** Whether the entry was made with the configuration as it is now. */
  isCurrent(entry: LibraryEntry): boolean
  put(path: string, facts: DocumentFacts, fileStamp: string, sections: readonly SectionText[]): void
  describe(path: string, facts: DocumentFacts, fileStamp: string): void
  remove(path: string): void
  /** Takes it out, and keeps that a file with this stamp cannot be read. */
  giveUp(path: string, fileStamp: string, why: string): void
  /** Why files cannot be read that were given up, by their paths. */
  givenUp: ReadonlyMap<string, { stamp: string; why: string }>
  /** Until a document is read again, only who may read it before and after counts. */
  narrow(path: string): void
}

/** `changed` is told of each document whose text, or whose readers, are not what they were. It may not throw. */
export function createSourceShelf(
  { name, access }: Pick<CorpusSettings, 'name' | 'access'>,
  library: Library,
  changed: (document: string) => void,
): SourceShelf {
  const entries = new Map(library.entries(name).map((entry) => [entry.facts.id.slice(name.length + 1), entry]))
  let sections = [...entries.values()].reduce((sum, entry) => sum + entry.sections, 0)
  const source = createHash('sha256')
    .update(JSON.stringify([readingVersion, access === undefined ? null : shelfOf([access])]))
    .digest('base64url')
    .slice(0, 8)
  const givenUp = new Map(
    library.unreadable(name).map(({ id, stamp, why }) => [id.slice(name.length + 1), { stamp, why }]),
  )
  const stampFor = (fileStamp: string) => `${source} ${fileStamp}`

  function keep(path: string, facts: DocumentFacts, stamp: string, count: number): void {
    const before = entries.get(path)
    sections += count - (before?.sections ?? 0)
    entries.set(path, { facts, stamp, sections: count })
    if (before?.facts.hash !== facts.hash || shelfOf(before.facts.access) !== shelfOf(facts.access)) changed(facts.id)
  }

  function drop(path: string): void {
    const entry = entries.get(path)
    if (entry === undefined) return
    sections -= entry.sections
    entries.delete(path)
    changed(documentId(name, path))
  }

  return {
    get documents() {
      return entries.size
    },
    get sections() {
      return sections
    },
    paths: () => [...entries.keys()],
    *facts() {
      for (const entry of entries.values()) yield entry.facts
    },
    entry: (path) => entries.get(path) ?? null,
    stamp: stampFor,
    isCurrent: ({ stamp }) => stamp.startsWith(`${source} `),
    put(path, facts, fileStamp, read) {
      library.put(facts, stampFor(fileStamp), read)
      givenUp.delete(path)
      keep(path, facts, stampFor(fileStamp), library.entry(facts.id)?.sections ?? 0)
    },
    describe(path, facts, fileStamp) {
      if (library.describe(facts, stampFor(fileStamp))) {
        keep(path, facts, stampFor(fileStamp), entries.get(path)?.sections ?? 0)
      }
    },
    remove(path) {
      if (!entries.has(path) && !givenUp.has(path)) return
      library.remove(documentId(name, path))
      givenUp.delete(path)
      drop(path)
    },
    giveUp(path, fileStamp, why) {
      const stamp = stampFor(fileStamp)
      library.giveUp({ id: documentId(name, path), source: name, stamp, why })
      givenUp.set(path, { stamp, why })
      drop(path)
    },
    givenUp,
    narrow(path) {
      const entry = entries.get(path)
      if (entry === undefined || access === undefined) return
      const facts = { ...entry.facts, access: [...entry.facts.access, access] }
      if (shelfOf(facts.access) === shelfOf(entry.facts.access)) return
      // Under a stamp that no file has: with its old one it would pass for what was read, if the configuration changed back.
      try {
        if (library.describe(facts, '')) keep(path, facts, '', entry.sections)
      } catch (error) {
        if (!isBreakroomError(error, 'refused')) throw error
        this.remove(path)
      }
    },
  }
}
