/** A file of a corpus. */
export interface CorpusFile {
  /** Seen from the root of the corpus, with `/`: `guides/release.md`. */
  path: string
  /** Changes whenever the file, or what is known of it, may have: size and times, or the version of a repository. */
  stamp: string
  /** ISO date of the day of its last change, as far as the source knows better than the file: from git. */
  date: string | null
  author: string | null
}

/** One version of a file, held still: nothing changes it until it is released. */
export interface TakenFile {
  /** Where to read it; it ends as its path does. */
  file: string
  /** Of exactly this version. */
  stamp: string
  /** SHA-256 of its bytes, hex. */
  hash: string
  /** Takes it away again; never rejects. */
  release(): Promise<void>
}

/** A folder or a repository that documents are taken from. */
export interface CorpusSource {
  /**
   * All files now, in the order of their paths; files that lead out of the corpus, and circles, are left out and named in `refused` (names
   * are shown with escapes there). `fresh`: asks first where the corpus comes from, as far as that is elsewhere. Rejects with `unavailable`
   * when the corpus itself cannot be read, then nothing is known about its files; with `detail.gone` when it is not there any more.
   */
  list(options?: { fresh: boolean }): Promise<{ files: CorpusFile[]; refused: { path: string; why: string }[] }>
  /**
   * The stamp of one file as it is now, or null when it is not there, is no file of this corpus any more, or nobody can tell. Quick: asked
   * before a document answers. Never rejects.
   */
  stamp(path: string): Promise<string | null>
  /**
   * Takes a file of the list to be read. Rejects with `unreadable` (`detail.why` ends a sentence that begins with the file) when that is not
   * a file of this corpus or too large, `conflict` when it is being changed right now, `unavailable` when it may be possible later.
   */
  take(path: string): Promise<TakenFile>
  /**
   * Calls `changed` at the beginning, and then soon after something may have changed since the last `list`, until `signal` aborts; many
   * changes at once are one call. Whoever is called lists again: what is new is watched from then on.
   */
  watch(changed: () => void, signal: AbortSignal): void
  /** What is off with the corpus as a whole, though its files can be read: sentences for people. */
  troubles(): string[]
}
