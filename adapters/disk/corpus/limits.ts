/** How much of a corpus is looked at. */
export interface CorpusLimits {
  files: number
  /** Of all kinds, folders too. */
  entries: number
  /** Folders that are watched. */
  folders: number
  /** Folders in folders. */
  depth: number
  /** Of one file, bytes. */
  bytes: number
}

/** No parser takes a larger file. */
const bytes = 50_000_000

export const corpusLimits: CorpusLimits = { files: 50_000, entries: 250_000, folders: 20_000, depth: 32, bytes }

/** What is said of a corpus of which only a part is looked at. */
export function tooMany(files: number): string {
  return `it has more files than are looked at (${files.toLocaleString('en')}); the others are left out: say with "only" which ones are meant`
}

/** Ends a sentence that begins with the file; `bytes` is null when all that is known is that it has too many. */
export function tooLarge(bytes: number | null, limit: number): string {
  const size = bytes === null ? `more than ${megabytes(limit)}` : megabytes(bytes)
  return `it has ${size} MB, and at most ${megabytes(limit)} MB are read; split it into smaller files`
}

function megabytes(bytes: number): string {
  return Math.ceil(bytes / 1_000_000).toLocaleString('en')
}
