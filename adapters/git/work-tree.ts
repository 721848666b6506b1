import { BreakroomError } from '../../core/errors.ts'
import type { WorkTree } from '../../ports/work-tree.ts'

export interface WorkTreeOptions {
  /** Our own environment: where git is and what it may know. */
  hostEnvironment: Readonly<Record<string, string | undefined>>
}

/** Work trees of git on this machine. */
export function createWorkTree(_options: WorkTreeOptions): WorkTree {
  const missing = async (): Promise<never> => {
    throw new BreakroomError('unavailable', 'The files of a folder cannot be read yet.')
  }
  return { snapshot: missing, head: missing, testFilesAt: missing, stagedTree: missing }
}
