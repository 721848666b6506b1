import { type FSWatcher, watch } from 'node:fs'
import { basename, dirname } from 'node:path'
import { isGone } from './walk.ts'

export interface FolderWatchOptions {
  /** As it is configured; it need not be there. */
  folder: string
  /** Called soon after something may have changed. */
  changed(): void
  /** Called once when the system cannot watch any more, with why; from then on `changed` is called at an interval. */
  lost(why: string): void
  /** Folders; more are not watched. */
  limit: number
  /** How often the folder is looked at without a sign: while it is watched, because not every file system gives signs; and when it cannot be. */
  lookEveryMs: { watched: number; unwatched: number }
  signal: AbortSignal
}

/** What watches folders, each by itself: it goes through none of them, that is the walk's work. */
export interface FolderWatch {
  /** Watches this folder too; to be called before it is read, so that nothing is added in between without a sign. An absolute path. */
  enter(folder: string): void
  /** No other folders are watched any more. */
  keep(folders: ReadonlySet<string>): void
}

/** Changes that come together are told once: after the first one, this long. Well below what a deletion may take to count. */
const gatherMs = 50

/** Tells at once, and then of every change in the folders that were entered, until `signal` aborts. */
export function watchFolders({ folder, changed, lost, limit, lookEveryMs, signal }: FolderWatchOptions): FolderWatch {
  const watchers = new Map<string, FSWatcher>()
  let gathering: NodeJS.Timeout | null = null
  let isLost = false
  let looking = setInterval(tell, lookEveryMs.watched)
  signal.addEventListener('abort', end, { once: true })
  if (signal.aborted) end()
  else {
    // A folder that comes, or comes back, shows only in the one above it.
    begin(dirname(folder), (name) => name === basename(folder))
    tell()
  }

  return {
    enter(path) {
      if (isLost || signal.aborted || watchers.has(path)) return
      if (watchers.size > limit) fail('it has too many folders')
      else begin(path, () => true)
    },
    keep(folders) {
      for (const path of watchers.keys()) if (path !== dirname(folder) && !folders.has(path)) leave(path)
    },
  }

  function begin(path: string, concerns: (name: string | null) => boolean): void {
    try {
      const watcher = watch(path, (event, name) => {
        // It was moved or deleted itself; whatever has its name now is another folder.
        if (event === 'rename' && name === basename(path)) leave(path)
        if (concerns(name)) tell()
      })
      watcher.on('error', (error) => {
        leave(path)
        refused(error)
      })
      watchers.set(path, watcher)
    } catch (error) {
      refused(error as NodeJS.ErrnoException)
    }
  }

  /** What is gone is told of by the folder above it; what we may not look at is no reason to watch nothing. */
  function refused(error: NodeJS.ErrnoException): void {
    const { code } = error
    if (isGone(code) || code === 'EACCES' || code === 'EPERM') return
    fail(code === 'ENOSPC' || code === 'EMFILE' ? 'the system watches no more folders' : error.message)
  }

  function leave(path: string): void {
    watchers.get(path)?.close()
    watchers.delete(path)
  }

  function tell(): void {
    if (signal.aborted) return
    gathering ??= setTimeout(() => {
      gathering = null
      changed()
    }, gatherMs)
  }

  function fail(why: string): void {
    if (isLost || signal.aborted) return
    isLost = true
    leaveAll()
    clearInterval(looking)
    looking = setInterval(tell, lookEveryMs.unwatched)
    lost(why)
    tell()
  }

  function leaveAll(): void {
    for (const path of watchers.keys()) leave(path)
  }

  function end(): void {
    leaveAll()
    clearInterval(looking)
    if (gathering !== null) clearTimeout(gathering)
  }
}
