import { lstat, realpath, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { BreakroomError, sentenceOf } from '../../core/errors.ts'
import type { CorpusSource } from '../../ports/corpus-source.ts'
import { type CorpusLimits, corpusLimits, tooMany } from './corpus/limits.ts'
import { createPattern } from './corpus/pattern.ts'
import { createScratch } from './corpus/scratch.ts'
import { stampOf } from './corpus/stamp.ts'
import { takeFile, unreadable } from './corpus/take.ts'
import { isGone, walk } from './corpus/walk.ts'
import { type FolderWatch, watchFolders } from './corpus/watch.ts'

export interface CorpusFolderOptions {
  /** An absolute path. */
  folder: string
  /** Patterns of the paths that count, such as `docs/**`; all when left out. */
  only?: readonly string[] | undefined
  /** A folder of its own, outside of the corpus, for what is being read; whatever is in it is deleted. */
  scratch: string
  limits?: Partial<CorpusLimits>
  /** See `watchFolders`. */
  lookEveryMs?: { watched: number; unwatched: number }
}

/**
 * A folder with everything below it: regular files, without what is hidden, `node_modules` and whatever only links lead to. A folder that
 * is itself named by a link may be exchanged for another one by changing that.
 */
export function createCorpusFolder(options: CorpusFolderOptions): CorpusSource {
  const { folder, only, lookEveryMs = { watched: 600_000, unwatched: 60_000 } } = options
  const limits = { ...corpusLimits, ...options.limits }
  const wanted = createPattern(only)
  const scratch = createScratch(options.scratch)
  let watching: FolderWatch | null = null
  let cut: string | null = null
  let unwatched: string | null = null

  return {
    async list() {
      try {
        const entered = new Set<string>()
        const enter = (path: string) => {
          entered.add(path)
          watching?.enter(path)
        }
        const walked = await walk(await realpath(folder), { wanted, limits, enter })
        watching?.keep(entered)
        cut = walked.cut ? tooMany(limits.files) : null
        return { files: walked.files, refused: walked.refused }
      } catch (error) {
        throw await unavailable(folder, error)
      }
    },
    async stamp(path) {
      if (!wanted(path)) return null
      try {
        const file = join(await realpath(folder), path)
        const stats = await lstat(file)
        return stats.isFile() && (await realpath(file)) === file ? stampOf(stats) : null
      } catch {
        return null
      }
    },
    async take(path) {
      if (!wanted(path)) throw unreadable(path, 'it is no file of this corpus')
      const root = await realpath(folder).catch(async (error) => {
        throw await unavailable(folder, error)
      })
      return takeFile(root, path, { scratch, limit: limits.bytes })
    },
    watch(changed, signal) {
      const lost = (why: string) => {
        const seconds = Math.round(lookEveryMs.unwatched / 1_000)
        unwatched = `${folder} cannot be watched (${why}); it is looked at every ${seconds} s`
      }
      watching = watchFolders({ folder, changed, lost, limit: limits.folders, lookEveryMs, signal })
    },
    troubles: () => [cut, unwatched].filter((trouble) => trouble !== null),
  }
}

async function unavailable(folder: string, error: unknown): Promise<BreakroomError> {
  const { code } = error as NodeJS.ErrnoException
  const gone = isGone(code)
  const stats = gone ? await stat(folder).catch(() => null) : null
  const message = stats?.isFile()
    ? `${folder} is a file; name the folder that it lies in, in breakroom.yaml.`
    : gone
      ? `The folder ${folder} is not there; make it, or take it out of breakroom.yaml.`
      : `The folder ${folder} cannot be read: ${sentenceOf(error)}.`
  return new BreakroomError('unavailable', message, { cause: error, detail: { folder, gone } })
}
