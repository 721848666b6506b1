import type { Stats } from 'node:fs'
import { lstat, opendir, readlink, realpath } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'
import { isLeftOut, readPath, shownPath } from '../../../core/knowledge/corpus-path.ts'
import type { CorpusFile } from '../../../ports/corpus-source.ts'
import type { CorpusLimits } from './limits.ts'
import { stampOf } from './stamp.ts'

/** What was found in a folder and below it. */
export interface Walked {
  /** In the order of their paths. */
  files: CorpusFile[]
  refused: { path: string; why: string }[]
  /** There is more than is looked at. */
  cut: boolean
}

/** Files whose state is asked for at once. */
const together = 32

/**
 * Looks through a folder (a real path, without links). No link is followed: where it leads to is either in the folder and found there,
 * or not of this corpus, and then named. So nothing outside is ever reached, no circle is walked, and a link makes nothing readable that
 * was left out. `enter` is told of each folder right before it is read. Rejects with what the system says when the folder, or one below it, cannot be read for want of anything but rights.
 */
export async function walk(
  root: string,
  {
    wanted,
    limits,
    enter,
  }: { wanted: (path: string) => boolean; limits: CorpusLimits; enter: (folder: string) => void },
): Promise<Walked> {
  const found: Walked = { files: [], refused: [], cut: false }
  const folders: { path: string; depth: number }[] = [{ path: '', depth: 0 }]
  let entries = 0
  for (let folder = folders.shift(); folder !== undefined && !found.cut; folder = folders.shift()) {
    const names = await namesIn(folder.path)
    const below: typeof folders = []
    for (let from = 0; from < names.length && !found.cut; from += together) {
      const looked = await Promise.all(names.slice(from, from + together).map(look))
      for (const entry of looked) if (entry !== null) await take(entry, folder.depth, below)
    }
    folders.unshift(...below)
  }
  found.files.sort((a, b) => (a.path < b.path ? -1 : 1))
  return found

  /** The paths of what is in a folder, in order. */
  async function namesIn(folder: string): Promise<string[]> {
    const paths: string[] = []
    enter(join(root, folder))
    try {
      // Only so does it come in pieces: a folder can have millions of files. Names may be anything but a slash.
      const directory = await opendir(join(root, folder), { encoding: 'buffer' as BufferEncoding, bufferSize: 256 })
      for await (const { name } of directory) {
        if (++entries > limits.entries) {
          found.cut = true
          break
        }
        const read = readPath(
          Buffer.concat([Buffer.from(folder === '' ? '' : `${folder}/`), name as unknown as Buffer]),
        )
        if (read.path !== null) paths.push(read.path)
        else found.refused.push({ path: read.shown, why: read.why })
      }
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      const isRoot = folder === ''
      if (!isRoot && (code === 'EACCES' || code === 'EPERM')) {
        found.refused.push({ path: folder, why: 'its permissions forbid it; let this user read it' })
      } else if (isRoot || !isGone(code)) throw error
    }
    return paths.sort()
  }

  async function look(path: string): Promise<{ path: string; stats: Stats } | null> {
    const name = path.slice(path.lastIndexOf('/') + 1)
    if (isLeftOut(name)) return null
    try {
      return { path, stats: await lstat(join(root, path)) }
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      if (isGone(code)) return null
      if (code !== 'EACCES' && code !== 'EPERM') throw error
      found.refused.push({ path, why: 'its permissions forbid it; let this user read it' })
      return null
    }
  }

  async function take({ path, stats }: { path: string; stats: Stats }, depth: number, below: typeof folders) {
    if (stats.isDirectory()) {
      if (depth + 1 < limits.depth) below.push({ path, depth: depth + 1 })
      else found.refused.push({ path, why: `it lies more than ${limits.depth} folders deep; move it up` })
    } else if (stats.isSymbolicLink()) {
      const why = await whyRefused(path)
      if (why !== null) found.refused.push({ path, why })
    } else if (!wanted(path)) {
      return
    } else if (!stats.isFile()) {
      found.refused.push({ path, why: 'it is not a regular file but a device or a pipe' })
    } else if (found.files.length === limits.files) {
      found.cut = true
    } else {
      found.files.push({ path, stamp: stampOf(stats), date: null, author: null })
    }
  }

  /** Why a link is not followed; null when what it leads to is found by itself. */
  async function whyRefused(path: string): Promise<string | null> {
    const link = join(root, path)
    let target: string
    try {
      target = await realpath(link)
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      if (code === 'ELOOP') return 'it is a link that leads in a circle'
      const to = await readlink(link).catch(() => '')
      return isGone(code) ? `it is a link to ${shownPath(to)}, which is not there` : 'it is a link that leads nowhere'
    }
    if (target === root || `${link}${sep}`.startsWith(`${target}${sep}`)) return 'it is a link to a folder it lies in'
    if (!target.startsWith(root === sep ? sep : `${root}${sep}`)) return 'it is a link that leads out of the corpus'
    const inside = relative(root, target).split(sep).join('/')
    const stats = await lstat(target).catch(() => null)
    const isFound = stats?.isDirectory() ? !inside.split('/').some(isLeftOut) : wanted(inside)
    return isFound ? null : 'it is a link to what this corpus leaves out'
  }
}

/** Taken away while we looked, with a folder above it perhaps. */
export function isGone(code: string | undefined): boolean {
  return code === 'ENOENT' || code === 'ENOTDIR'
}
