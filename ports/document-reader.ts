import type { ParsedDocument } from '../core/knowledge/document.ts'

/** Reads files that nobody vouches for. */
export interface DocumentReader {
  /** Whether files with such a name can be read at all. */
  reads(path: string): boolean
  /**
   * What stands in a file. Bounded in time and memory whatever the file holds, and nothing in it is run, followed or fetched. Rejects with
   * `unreadable` and a sentence that says what is wrong with it and what to do; the process stays as it is.
   */
  read(file: string): Promise<ParsedDocument>
  close(): Promise<void>
}
