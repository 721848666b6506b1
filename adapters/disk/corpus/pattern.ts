import { matchesGlob } from 'node:path'
import { isLeftOut } from '../../../core/knowledge/corpus-path.ts'

/** Whether a file is one of a corpus, by its path: not hidden, and one of its patterns fits, if it has any. */
export function createPattern(only: readonly string[] | undefined): (path: string) => boolean {
  return (path) =>
    !path.split('/').some(isLeftOut) && (only === undefined || only.some((pattern) => matchesGlob(path, pattern)))
}
