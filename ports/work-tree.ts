import type { DiskState } from '../core/evidence/touched.ts'

/** The files of a folder at one moment. */
export interface Snapshot {
  /** As git would name a tree of these files: tracked and untracked ones, without those that are ignored. Hex. */
  tree: string
  /** The commit that is checked out, hex; null before the first. */
  commit: string | null
  /** Files that test, by path from the root of the repository: the name of their content. At most 50,000. */
  testFiles: ReadonlyMap<string, string>
  /** How each file and folder lies on the disk, by path: shows that one was another meanwhile. */
  states: ReadonlyMap<string, DiskState>
}

/** What is staged, as it lies in the folder. */
export interface StagedHere {
  /** A file that git keeps with other line ends, or in Git LFS, counts as it lies there. */
  tree: string
  /** Files that `.gitattributes` has git keep otherwise, so that nobody can say whether they are what is staged; by what, for people. */
  unclear: readonly { path: string; by: string }[]
}

/** What is in a folder where somebody works. Nothing of the folder is run: no hook, no filter, no helper that its settings name. */
export interface WorkTree {
  /** The files as they are now; null when the folder is in no git repository. Rejects with `unavailable` when they cannot be read. */
  snapshot(folder: string, signal: AbortSignal): Promise<Snapshot | null>
  /**
   * Which commit is checked out, without reading the files; null when there is none. With `before`, in ISO 8601, the newest of its history
   * that says of itself that it was made before that second.
   */
  head(folder: string, signal: AbortSignal, before?: string): Promise<string | null>
  /**
   * The files that test as they were in a commit; null when that is not there. One that git keeps with other line ends, or in Git LFS, has the
   * name that it has in `now` when it lies there as it was.
   */
  testFilesAt(
    folder: string,
    commit: string,
    signal: AbortSignal,
    now?: Snapshot['testFiles'],
  ): Promise<ReadonlyMap<string, string> | null>
  /**
   * Files of a commit that still lie there and are not among the files any more, because they are ignored now: a few paths. Null when the
   * commit is not there.
   */
  ignoredSince(folder: string, commit: string, signal: AbortSignal): Promise<string[] | null>
  /**
   * The tree of what a commit made now would have in it: what is staged, without the other files. Null when the folder is in no git
   * repository.
   */
  stagedTree(folder: string, signal: AbortSignal): Promise<string | null>
  /** What is staged as a snapshot would name it. Null when the folder is in no git repository. */
  stagedHere(folder: string, signal: AbortSignal): Promise<StagedHere | null>
}
