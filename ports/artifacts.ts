/** A file that was found where a task said that it would be, or why it counts as not there, after "it". */
export type ArtifactFinding = { bytes: number; sha256: string } | { missing: string }

/** Looks at what somebody says that they made. */
export interface Artifacts {
  /**
   * Looks at one file by its path from `folder`: a regular file inside of it, also after every link was followed, not empty, of at most
   * 1 GiB. Never throws for what it finds.
   */
  look(folder: string, path: string, signal: AbortSignal): Promise<ArtifactFinding>
}
