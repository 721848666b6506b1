import { constants } from 'node:fs'
import { lstat, open, realpath } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { BreakroomError } from '../../core/errors.ts'
import { shownPath } from '../../core/knowledge/corpus-path.ts'

/** A repository with its files. */
export interface Repository {
  /** Where its files begin: an absolute path without links. */
  top: string
  /** What git calls its directory: `.git` there, a folder, or a file that names one. */
  folder: string
  /** The folder that was asked for, from `top`; empty when it is that. */
  inside: string
}

/**
 * The repository that a folder lies in, as git would find it; null when it lies in none. We look ourselves: git would let the repository's
 * own settings move its files to another place. Rejects with `unavailable` when the folder cannot be looked at.
 */
export async function findRepository(folder: string): Promise<Repository | null> {
  const from = await realpath(folder).catch((error) => {
    throw new BreakroomError('unavailable', `The folder ${shownPath(folder)} cannot be looked at.`, { cause: error })
  })
  for (let top = from; ; top = dirname(top)) {
    if (await isRepository(join(top, '.git'))) return { top, folder: join(top, '.git'), inside: relative(top, from) }
    if (top === dirname(top)) return null
  }
}

/** A folder that is none is passed over, as git does it. */
async function isRepository(path: string): Promise<boolean> {
  try {
    const stats = await lstat(path)
    if (stats.isFile()) return (await beginningOf(path)) === 'gitdir: '
    await Promise.all(['HEAD', 'objects', 'refs'].map((name) => lstat(join(path, name))))
    return true
  } catch {
    return false
  }
}

async function beginningOf(path: string): Promise<string> {
  // What it became meanwhile is not waited for.
  const handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
  try {
    const { buffer, bytesRead } = await handle.read({ buffer: Buffer.alloc(8), position: 0 })
    return buffer.toString('latin1', 0, bytesRead)
  } finally {
    await handle.close()
  }
}
