/** A file of a corpus. */
export interface CorpusFile {
  /** Seen from the root of the corpus, with `/`: `guides/release.md`. */
  path: string
  /** Where it can be read now. */
  file: string
  /** Changes whenever the file may have: size and time of change. */
  stamp: string
  /** ISO date of its last change, as far as the source knows better than the file: from git. */
  date: string | null
  author: string | null
}

/** A folder or a repository that documents are taken from. */
export interface CorpusSource {
  /**
   * All files now, in the order of their paths; files that lead out of the corpus, and circles, are left out and named in `refused`. Rejects with
   * `unavailable` when the corpus itself cannot be read; then nothing is known about its files.
   */
  list(): Promise<{ files: CorpusFile[]; refused: { path: string; why: string }[] }>
  /** Calls `changed` soon after something may have changed, until `signal` aborts; many changes at once are one call. */
  watch(changed: () => void, signal: AbortSignal): void
}
