import { basename } from 'node:path'
import { watch } from 'chokidar'
import { isLeftOut } from '../../../core/knowledge/corpus-path.ts'
import type { CorpusLimits } from './limits.ts'

export interface FolderWatch {
  /** Called soon after something may have changed. */
  changed(): void
  /** Called when the system cannot watch it any more, with why; from then on `changed` is called at an interval. */
  lost(why: string): void
  limits: CorpusLimits
  /** How often the folder is looked at without a sign: while it is watched, because not every file system gives signs; and when it cannot be. */
  lookEveryMs: { watched: number; unwatched: number }
  signal: AbortSignal
}

/** Changes that come together are told once: after the first one, this long. A tenth of what is promised for a document that is deleted. */
const gatherMs = 50

/** Watches a folder and all below it, without following links, until `signal` aborts. */
export function watchFolder(root: string, { changed, lost, limits, lookEveryMs, signal }: FolderWatch): void {
  if (signal.aborted) return
  let gathering: NodeJS.Timeout | null = null
  let seen = 0
  const watcher = watch(root, {
    ignoreInitial: true,
    followSymlinks: false,
    // It would hold a deletion back, to see whether it is an editor's way of writing.
    atomic: false,
    ignorePermissionErrors: true,
    persistent: true,
    depth: limits.depth,
    ignored: (path, stats) => {
      if (path === root) return false
      // Asked twice for each, the second time with what is known of it.
      if (stats !== undefined && ++seen > limits.entries) {
        queueMicrotask(() => fail('it has too many files'))
        return true
      }
      return isLeftOut(basename(path))
    },
  })
  watcher.on('all', tell)
  // What changed between the last look and now gave no sign.
  watcher.on('ready', tell)
  watcher.on('error', (error) => fail(error instanceof Error ? error.message : String(error)))
  let looking = setInterval(tell, lookEveryMs.watched)
  signal.addEventListener('abort', end, { once: true })

  function tell(): void {
    gathering ??= setTimeout(() => {
      gathering = null
      changed()
    }, gatherMs)
  }

  function fail(why: string): void {
    if (watcher.closed || signal.aborted) return
    void watcher.close()
    clearInterval(looking)
    looking = setInterval(tell, lookEveryMs.unwatched)
    lost(why)
    tell()
  }

  function end(): void {
    void watcher.close()
    clearInterval(looking)
    if (gathering !== null) clearTimeout(gathering)
  }
}
