import { type Dirent, lstat } from 'node:fs'
import { opendir } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

/** A third of what that of `node:fs/promises` costs. */
const statusOf = promisify(lstat)

/** Of one look: so much is seen of a folder at most, and so long it takes. The next one goes on from there. */
const mostEntries = 2_000
const mostMs = 50
/** A look that was made so long ago, in ms, is as good as another. */
const freshForMs = 1_000
/** Looked at side by side. */
const atOnce = 64
/** More folders than these are not remembered until their turn. */
const mostFolders = 10_000
/** What tools keep for themselves: much, and changed by mere looking. */
const passedOver = new Set([
  ...['.git', '.hg', '.svn', '.jj', 'node_modules', '__pycache__'],
  ...['.venv', 'venv', '.cache', '.tox', '.gradle', '.npm', '.pnpm-store'],
])

/** A folder that is to be looked at, and how much of it has been. */
interface Place {
  path: string
  from: number
}

/**
 * Tells the newest change below a folder, as `RunningProgram.changedAt` says it: of files and folders, never through a link. What claims to
 * come from the future does not count. Each look is short; a large tree takes several.
 */
export function createFolderWatch(root: string): () => Promise<Date | null> {
  const places: Place[] = []
  let newest: number | null = null
  let lookedAt = Number.NEGATIVE_INFINITY
  let looking: Promise<void> | null = null

  return async function changedAt() {
    if (looking === null && performance.now() - lookedAt >= freshForMs) {
      looking = look().finally(() => {
        looking = null
        lookedAt = performance.now()
      })
    }
    await looking
    return newest === null ? null : new Date(newest)
  }

  async function look(): Promise<void> {
    const until = performance.now() + mostMs
    let left = mostEntries
    if (places.length === 0) {
      if (!(await note(root))) return
      places.push({ path: root, from: 0 })
    }
    for (let place = places.pop(); place !== undefined; place = places.pop()) {
      const seen = await lookInto(place, left, until)
      left -= seen
      if (left <= 0 || performance.now() > until) return
    }
  }

  /** How many entries it came to. What is left over of the folder waits for the next look. */
  async function lookInto({ path, from }: Place, most: number, until: number): Promise<number> {
    // One that is gone, or closed to us, shows nothing.
    const folder = await opendir(path, { bufferSize: atOnce }).catch(() => null)
    if (folder === null) return 1
    let seen = 0
    let some: Dirent[] = []
    try {
      for await (const entry of folder) {
        seen += 1
        if (seen <= from) {
          // Of one so large that this alone takes so long the rest is not looked at.
          if (performance.now() > until) break
          continue
        }
        if ((entry.isFile() || entry.isDirectory()) && !passedOver.has(entry.name)) some.push(entry)
        if (some.length === atOnce) {
          await noteAll(path, some)
          some = []
        }
        if (seen - from >= most || performance.now() > until) {
          places.push({ path, from: seen })
          break
        }
      }
    } catch {
      // It went away while we looked.
    }
    await noteAll(path, some)
    return Math.max(1, seen - from)
  }

  async function noteAll(folder: string, entries: readonly Dirent[]): Promise<void> {
    await Promise.all(entries.map((entry) => note(join(folder, entry.name))))
    for (const entry of entries) {
      if (entry.isDirectory() && places.length < mostFolders) places.push({ path: join(folder, entry.name), from: 0 })
    }
  }

  /** False for what is not there. */
  async function note(path: string): Promise<boolean> {
    const found = await statusOf(path).catch(() => null)
    if (found === null || found.isSymbolicLink()) return false
    if (found.mtimeMs <= Date.now() && (newest === null || found.mtimeMs > newest)) newest = found.mtimeMs
    return true
  }
}
